-- An order whose outcome is not known after a day is stuck: polled daily, and counted in limits until it ends (R15).
ALTER TABLE purchase_order DROP CONSTRAINT purchase_order_state_check;
ALTER TABLE purchase_order ADD CONSTRAINT purchase_order_state_check CHECK (state IN ('draft', 'awaiting_approval',
  'confirmed', 'charging', 'needs_action', 'unknown', 'stuck', 'declined', 'settled', 'abandoned'));
DROP INDEX purchase_order_open;
CREATE INDEX purchase_order_open ON purchase_order (next_poll_at)
  WHERE state IN ('confirmed', 'charging', 'needs_action', 'unknown', 'stuck');
CREATE INDEX purchase_order_stuck ON purchase_order (company_id) WHERE state = 'stuck';

-- Auto-recharge pauses while a payment for its credits is stuck.
ALTER TABLE recharge_setting DROP CONSTRAINT recharge_setting_paused_for_check;
ALTER TABLE recharge_setting ADD CONSTRAINT recharge_setting_paused_for_check CHECK (paused_for IN ('declined', 'no_card',
  'unverified', 'processor', 'refunded', 'unconfirmed'));
