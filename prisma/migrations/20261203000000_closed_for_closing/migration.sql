-- Questions and requests that are open when a company is closed end with it.
ALTER TABLE approval
  DROP CONSTRAINT approval_closed_for_check,
  ADD CONSTRAINT approval_closed_for_check CHECK (closed_for IN ('requester', 'sharing', 'move', 'closing'));
ALTER TABLE credit_request
  DROP CONSTRAINT credit_request_closed_for_check,
  ADD CONSTRAINT credit_request_closed_for_check CHECK (closed_for IN ('requester', 'sharing', 'move', 'closing'));
