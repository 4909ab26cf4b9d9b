-- A failed attempt whose creation had no answer may have an intent that nobody knows of yet: it is looked up, and canceled.
ALTER TABLE payment_attempt
  DROP CONSTRAINT payment_attempt_check1,
  ADD CONSTRAINT payment_attempt_cancel_due_check CHECK (cancel_due_at IS NULL
    OR (state = 'failed' AND (intent_id IS NOT NULL OR unknown_since IS NOT NULL)));
