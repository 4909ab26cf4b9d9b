-- Usage on its way in: who may send it, and what could not be booked yet.

-- A company's keys for POST /v1/usage; only the hash is kept.
CREATE TABLE api_key (
  company_id  bigint NOT NULL REFERENCES company,
  id          bigint GENERATED ALWAYS AS IDENTITY,
  key_hash    text NOT NULL UNIQUE,
  -- The first characters, by which people tell their keys apart.
  prefix      text NOT NULL,
  name        text NOT NULL CHECK (name <> ''),
  created_at  timestamptz NOT NULL,
  revoked_at  timestamptz,
  PRIMARY KEY (company_id, id)
);

-- Where a company's phone system sends its events, and what it signs them with.
CREATE TABLE usage_webhook (
  token             text PRIMARY KEY,
  company_id        bigint NOT NULL REFERENCES company,
  secret_encrypted  text NOT NULL,
  created_at        timestamptz NOT NULL,
  revoked_at        timestamptz
);

-- The newest event of each leg of a call, and of each message: one real call has several legs and is billed once (R23).
CREATE TABLE usage_leg (
  company_id   bigint NOT NULL,
  source       text NOT NULL,
  external_id  text NOT NULL,
  leg          text NOT NULL,
  version      bigint NOT NULL CHECK (version > 0),
  event        jsonb NOT NULL,
  received_at  timestamptz NOT NULL,
  PRIMARY KEY (company_id, source, external_id, leg)
);

-- What is not booked yet: no rate, not its time, or the booking failed. Never dropped, never free.
CREATE TABLE usage_inbox (
  company_id       bigint NOT NULL,
  id               bigint GENERATED ALWAYS AS IDENTITY,
  source           text NOT NULL,
  external_id      text NOT NULL,
  reason           text NOT NULL CHECK (reason IN ('unrated', 'waiting', 'unbooked')),
  words            text NOT NULL,
  event            jsonb NOT NULL,
  received_at      timestamptz NOT NULL,
  -- Absent: waits for the operator.
  next_attempt_at  timestamptz,
  attempts         integer NOT NULL DEFAULT 0,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, source, external_id),
  CHECK ((reason = 'waiting') = (next_attempt_at IS NULL))
);
CREATE INDEX usage_inbox_due ON usage_inbox (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- Booked for the primary office because the directory does not know whose it is (R5).
CREATE TABLE usage_unattributed (
  company_id   bigint NOT NULL,
  source       text NOT NULL,
  external_id  text NOT NULL,
  event        jsonb NOT NULL,
  seen_at      timestamptz NOT NULL,
  PRIMARY KEY (company_id, source, external_id)
);
