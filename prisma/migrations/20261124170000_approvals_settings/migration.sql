-- A purchase above a limit waits for a second admin (R9).

ALTER TABLE company
  -- The company's own choice; null: none.
  ADD COLUMN approval_limit_micros          bigint CHECK (approval_limit_micros > 0),
  -- The operator's; the lower of both is in force.
  ADD COLUMN operator_approval_limit_micros bigint CHECK (operator_approval_limit_micros > 0);

-- What waits for an approval promises nothing: it names no way to pay and counts in no limit.
ALTER TABLE purchase_order
  DROP CONSTRAINT purchase_order_state_check,
  DROP CONSTRAINT purchase_order_check;
ALTER TABLE purchase_order
  ADD CONSTRAINT purchase_order_state_check CHECK (state IN ('draft', 'awaiting_approval', 'confirmed', 'charging', 'needs_action', 'unknown', 'declined', 'settled', 'abandoned')),
  ADD CONSTRAINT purchase_order_check CHECK (CASE state
    WHEN 'draft' THEN true
    WHEN 'abandoned' THEN true
    WHEN 'awaiting_approval' THEN amount_micros IS NOT NULL AND method IS NULL AND card_id IS NULL AND confirmed_at IS NULL
    ELSE amount_micros IS NOT NULL AND method IS NOT NULL AND confirmed_at IS NOT NULL END);

-- The question to a second admin, and its one answer. People are TEAM/USER.
CREATE TABLE approval (
  company_id    bigint NOT NULL,
  id            bigint GENERATED ALWAYS AS IDENTITY,
  token         text NOT NULL UNIQUE,
  order_id      bigint NOT NULL,
  state         text NOT NULL CHECK (state IN ('open', 'approved', 'declined', 'expired')),
  limit_micros  bigint NOT NULL CHECK (limit_micros > 0),
  asked_by      text NOT NULL,
  asked_at      timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  decided_by    text,
  decided_at    timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, order_id),
  FOREIGN KEY (company_id, order_id) REFERENCES purchase_order,
  CHECK (expires_at > asked_at),
  CHECK ((state = 'open') = (decided_at IS NULL)),
  CHECK ((state IN ('approved', 'declined')) = (decided_by IS NOT NULL)),
  -- Whatever the code does: nobody answers their own question.
  CHECK (decided_by <> asked_by)
);
-- What a sweeper ends: questions that nobody answered.
CREATE INDEX approval_open ON approval (expires_at) WHERE state = 'open';
