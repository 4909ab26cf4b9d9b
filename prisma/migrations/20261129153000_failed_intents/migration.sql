-- An intent whose attempt failed is cancelled at the processor (R15).

ALTER TABLE payment_attempt
  -- From when on its intent is to be cancelled; null once the processor says that it is, or where there is none.
  ADD COLUMN cancel_due_at timestamptz
    CHECK (cancel_due_at IS NULL OR (state = 'failed' AND intent_id IS NOT NULL));
UPDATE payment_attempt SET cancel_due_at = finished_at
WHERE state = 'failed' AND failure_kind <> 'given_up' AND intent_id IS NOT NULL;
UPDATE card_check SET next_look_at = resolved_at WHERE state = 'failed' AND intent_id IS NOT NULL;
-- Looked through each second.
CREATE INDEX payment_attempt_to_cancel ON payment_attempt (cancel_due_at) WHERE cancel_due_at IS NOT NULL;
