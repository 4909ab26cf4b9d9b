-- Whether one recharge adds its amount as often as it takes to reach the threshold. Settings that exist add it once until an
-- admin saves the form.
ALTER TABLE recharge_setting ADD COLUMN fills boolean NOT NULL DEFAULT false;
