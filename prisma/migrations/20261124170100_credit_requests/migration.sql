-- Who may not buy asks in the channel for somebody who may. People are TEAM/USER.
CREATE TABLE credit_request (
  company_id     bigint NOT NULL,
  id             bigint GENERATED ALWAYS AS IDENTITY,
  token          text NOT NULL UNIQUE,
  asked_by       text NOT NULL,
  -- Null: the company's pool.
  office_id      bigint,
  -- Null: whoever answers chooses.
  amount_micros  bigint CHECK (amount_micros > 0),
  -- In the asker's own words; '' for none.
  reason         text NOT NULL CHECK (length(reason) <= 200),
  state          text NOT NULL CHECK (state IN ('open', 'bought', 'dismissed', 'expired')),
  asked_at       timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  answered_by    text,
  answered_at    timestamptz,
  -- The purchase that answered it.
  order_id       bigint,
  PRIMARY KEY (company_id, id),
  CHECK (expires_at > asked_at),
  CHECK ((state = 'open') = (answered_at IS NULL)),
  CHECK ((state IN ('bought', 'dismissed')) = (answered_by IS NOT NULL)),
  CHECK ((state = 'bought') = (order_id IS NOT NULL))
);
-- Nobody fills the channel: one open request a person.
CREATE UNIQUE INDEX credit_request_one_open ON credit_request (company_id, asked_by) WHERE state = 'open';
CREATE INDEX credit_request_open ON credit_request (expires_at) WHERE state = 'open';

-- The request that a purchase was begun from.
ALTER TABLE purchase_order ADD COLUMN request_id bigint;
