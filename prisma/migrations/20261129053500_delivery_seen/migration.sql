-- When each kind of delivery from outside came last: what `refill doctor` knows about wires that only others can test.
-- A process writes a kind at most once a minute, so the row is no hot spot.
CREATE TABLE delivery_seen (
  kind TEXT PRIMARY KEY CHECK (kind IN ('slack', 'slack_refused', 'processor', 'processor_refused')),
  at TIMESTAMPTZ(6) NOT NULL
);
