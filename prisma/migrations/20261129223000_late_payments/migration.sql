-- A failed attempt whose intent was paid all the same, after its order had ended and too late to be credited: it is
-- refunded at the processor, whole and once. It stays failed, so it never credits anything.
ALTER TABLE payment_attempt
  -- Why it is refunded: the order was too old, or something took its place.
  ADD COLUMN refund_reason text,
  -- When the processor is asked (again) to refund it; null once it has confirmed.
  ADD COLUMN refund_due_at timestamptz,
  ADD COLUMN refunded_at timestamptz,
  ADD CONSTRAINT payment_attempt_refund_reason_check CHECK (refund_reason IN ('too_late', 'replaced')),
  ADD CONSTRAINT payment_attempt_refund_check CHECK (
    num_nonnulls(refund_due_at, refunded_at) = (refund_reason IS NOT NULL)::int),
  ADD CONSTRAINT payment_attempt_refund_failed_check CHECK (refund_reason IS NULL
    OR (state = 'failed' AND intent_id IS NOT NULL AND cancel_due_at IS NULL));
CREATE INDEX payment_attempt_to_refund ON payment_attempt (refund_due_at) WHERE refund_due_at IS NOT NULL;
