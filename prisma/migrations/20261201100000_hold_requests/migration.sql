-- What a key may do; keys that exist send usage and nothing else. A key that asks for holds says how they end: its captures
-- post the usage themselves ('posts'), or the usage comes another way and they free the hold only ('frees').
ALTER TABLE api_key
  ADD COLUMN scopes text[] NOT NULL DEFAULT ARRAY['usage:write'],
  ADD COLUMN capture text,
  ADD CONSTRAINT api_key_scopes CHECK (
    scopes <@ ARRAY['usage:write', 'holds:write', 'balance:read'] AND cardinality(scopes) > 0),
  ADD CONSTRAINT api_key_capture CHECK (capture IN ('posts', 'frees')),
  ADD CONSTRAINT api_key_capture_of_holds CHECK ((capture IS NOT NULL) = ('holds:write' = ANY (scopes)));

-- A hold as a phone system asked for it, by its own id. What is kept back is the ledger's hold of the key 'api:' || id, where
-- is_kept; what is free, or costs nothing, keeps nothing back. No number stands here: facts is a code of all that was asked.
CREATE TABLE hold_request (
  company_id     bigint NOT NULL REFERENCES company(id),
  id             text NOT NULL,
  facts          text NOT NULL,
  class          usage_class NOT NULL,
  -- What amount and granted units count: seconds of a call, pieces, or nothing where the sender rates itself.
  unit           text NOT NULL,
  granted        integer,
  amount_micros  bigint NOT NULL,
  -- What a call costs by its length, as of its beginning.
  terms          jsonb,
  is_kept        boolean NOT NULL,
  state          text NOT NULL,
  placed_at      timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  -- The record that a capture posted or named.
  usage_id       text,
  PRIMARY KEY (company_id, id),
  CONSTRAINT hold_request_unit CHECK (unit IN ('seconds', 'pieces', 'amount')),
  CONSTRAINT hold_request_state CHECK (state IN ('open', 'captured', 'released')),
  CONSTRAINT hold_request_granted CHECK ((granted IS NULL) = (unit = 'amount') AND granted > 0),
  CONSTRAINT hold_request_amount CHECK (amount_micros >= 0 AND (amount_micros > 0) = is_kept),
  CONSTRAINT hold_request_usage CHECK ((usage_id IS NULL) = (state <> 'captured'))
);
