-- Columns in the field's terms: how often an outcome was polled and when it is next, and what an approval is about.
ALTER TABLE purchase_order RENAME COLUMN next_look_at TO next_poll_at;
ALTER TABLE purchase_order RENAME COLUMN looks TO poll_count;
ALTER TABLE card_check RENAME COLUMN next_look_at TO next_poll_at;
ALTER TABLE card_check RENAME COLUMN looks TO poll_count;
ALTER TABLE invoice_mirror RENAME COLUMN next_look_at TO next_poll_at;
ALTER TABLE approval RENAME COLUMN matter TO subject_key;
ALTER TABLE approval RENAME CONSTRAINT approval_change_matter TO approval_change_subject_key;

-- Whether an order counts in the purchase limit of 24 hours is its kind's to say, when the order is made (R9).
ALTER TABLE purchase_order ADD COLUMN counts_in_day boolean NOT NULL DEFAULT true;
UPDATE purchase_order AS o SET counts_in_day = false
WHERE o.kind NOT IN ('purchase', 'recharge') AND NOT (o.kind = 'bundle' AND EXISTS (
  SELECT FROM subscription_period AS p WHERE p.company_id = o.company_id AND p.order_id = o.id AND p.number = 0));
