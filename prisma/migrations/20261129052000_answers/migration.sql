-- Questions and requests end in three more ways: they are closed with what they were about, declined with a reason, or
-- answered by the operator (R9, R30).
ALTER TABLE approval
  ADD COLUMN closed_for text CHECK (closed_for IN ('requester', 'sharing', 'move')),
  -- The operator's reason for their answer.
  ADD COLUMN reason text,
  DROP CONSTRAINT approval_state_check,
  ADD CONSTRAINT approval_state_check CHECK (state IN ('open', 'approved', 'declined', 'expired', 'overtaken', 'closed')),
  ADD CONSTRAINT approval_closed_for CHECK ((state = 'closed') = (closed_for IS NOT NULL));

ALTER TABLE credit_request
  ADD COLUMN closed_for text CHECK (closed_for IN ('requester', 'sharing', 'move')),
  -- In the words of whoever declined it; '' for none.
  ADD COLUMN answer text NOT NULL DEFAULT '' CHECK (length(answer) <= 200),
  DROP CONSTRAINT credit_request_state_check,
  DROP CONSTRAINT credit_request_check2;
UPDATE credit_request SET state = 'declined' WHERE state = 'dismissed';
UPDATE notice SET facts = jsonb_set(facts, '{state}', '"declined"')
  WHERE kind IN ('credit_request', 'credit_request_answer') AND facts->>'state' = 'dismissed';
ALTER TABLE credit_request
  ADD CONSTRAINT credit_request_state_check CHECK (state IN ('open', 'bought', 'declined', 'expired', 'closed')),
  ADD CONSTRAINT credit_request_answered CHECK ((state IN ('bought', 'declined')) = (answered_by IS NOT NULL)),
  ADD CONSTRAINT credit_request_closed_for CHECK ((state = 'closed') = (closed_for IS NOT NULL));
