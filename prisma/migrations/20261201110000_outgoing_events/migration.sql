-- Where a company's phone system is told of its credits, with the secret that what is sent there is signed with.
CREATE TABLE event_endpoint (
  id                text PRIMARY KEY,
  company_id        bigint NOT NULL REFERENCES company(id),
  url               text NOT NULL,
  secret_encrypted  text NOT NULL,
  created_at        timestamptz NOT NULL,
  next_ping_at      timestamptz NOT NULL,
  -- When a ping was last accepted: the phone system was listening.
  ping_accepted_at  timestamptz,
  -- Since when nothing was accepted; null while all is well.
  failing_since     timestamptz,
  -- Switched off after three days of failures.
  off_at            timestamptz,
  removed_at        timestamptz
);
CREATE INDEX event_endpoint_by_company ON event_endpoint (company_id);
CREATE INDEX event_endpoint_by_ping ON event_endpoint (next_ping_at) WHERE off_at IS NULL AND removed_at IS NULL;

-- The outbox of these: one row for each endpoint, sent in the order of its number.
CREATE TABLE outgoing_event (
  company_id       bigint NOT NULL REFERENCES company(id),
  number           bigserial NOT NULL,
  -- As the receiver knows it: the same for every endpoint and every try.
  id               text NOT NULL,
  endpoint_id      text NOT NULL REFERENCES event_endpoint(id),
  type             text NOT NULL,
  data             jsonb NOT NULL,
  created_at       timestamptz NOT NULL,
  state            text NOT NULL,
  attempts         integer NOT NULL DEFAULT 0,
  next_attempt_at  timestamptz NOT NULL,
  sent_at          timestamptz,
  last_error       text,
  PRIMARY KEY (company_id, number),
  CONSTRAINT outgoing_event_state CHECK (state IN ('pending', 'sent', 'dropped')),
  CONSTRAINT outgoing_event_sent CHECK ((sent_at IS NOT NULL) = (state = 'sent')),
  CONSTRAINT outgoing_event_type CHECK (type IN ('ping', 'balance.low', 'balance.exhausted', 'balance.restored',
    'limit.reached'))
);
CREATE INDEX outgoing_event_pending ON outgoing_event (endpoint_id, number) WHERE state = 'pending';
CREATE INDEX outgoing_event_due ON outgoing_event (next_attempt_at) WHERE state = 'pending';
CREATE INDEX outgoing_event_over ON outgoing_event (created_at) WHERE state <> 'pending';
