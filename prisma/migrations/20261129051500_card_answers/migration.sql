-- Charges that nobody is there for, cards that must not be tried again (R14), and refusals that are not a bank's (R15).

ALTER TABLE purchase_order
  -- Nobody is there: the next attempt is confirmed off session.
  ADD COLUMN off_session   boolean NOT NULL DEFAULT false,
  -- The bank wants its card's holder, and nobody was there: until when *Verify payment* may be answered.
  ADD COLUMN verify_until  timestamptz CHECK (verify_until IS NULL OR kind <> 'purchase'),
  -- Since when the processor refuses this order's requests for a reason that is not the bank's.
  ADD COLUMN refused_since timestamptz;
UPDATE purchase_order SET off_session = true WHERE kind IN ('recharge', 'recurring');
-- Looked through each second: charges that wait for the processor to take requests again.
CREATE INDEX purchase_order_refused ON purchase_order (company_id) WHERE refused_since IS NOT NULL;

ALTER TABLE payment_attempt
  -- As it was confirmed: the same key must never come with another.
  ADD COLUMN off_session  boolean NOT NULL DEFAULT false,
  -- The bank's advice with its refusal.
  ADD COLUMN advice_code  text,
  -- Why it failed. Only `declined` is a try of the card: `challenged` means that the bank wants its holder, `refused` that
  -- the processor did not take the request, `given_up` that another attempt took its place.
  ADD COLUMN failure_kind text CHECK (failure_kind IN ('declined', 'challenged', 'refused', 'given_up'));
UPDATE payment_attempt SET failure_kind = CASE failure_code WHEN 'given_up' THEN 'given_up' ELSE 'declined' END
WHERE state = 'failed';
ALTER TABLE payment_attempt
  ADD CONSTRAINT payment_attempt_failure_check CHECK ((failure_kind IS NOT NULL) = (state = 'failed'));

ALTER TABLE card
  -- Its bank said that it must not be tried again, and with which code: nothing charges it any more.
  ADD COLUMN needs_replacing_at  timestamptz,
  ADD COLUMN needs_replacing_for text,
  -- Its tries for one order were used up: no charge that makes itself uses it until a person does.
  ADD COLUMN exhausted_at        timestamptz,
  ADD CONSTRAINT card_needs_replacing_check CHECK ((needs_replacing_at IS NULL) = (needs_replacing_for IS NULL));

ALTER TABLE card_check
  -- The direct message in which it was asked for, which follows what becomes of it.
  ADD COLUMN message_channel_id text,
  ADD COLUMN message_ts         text;

ALTER TABLE recharge_setting DROP CONSTRAINT recharge_setting_paused_for_check;
ALTER TABLE recharge_setting ADD CONSTRAINT recharge_setting_paused_for_check
  CHECK (paused_for IN ('declined', 'no_card', 'unverified', 'processor'));
