-- When a company's channels are to be quiet; without a row, never. Over midnight where the end is before the beginning.
CREATE TABLE quiet_hours (
  company_id   bigint NOT NULL PRIMARY KEY REFERENCES company(id),
  -- Minutes since midnight, as clocks show them in the zone.
  from_minute  integer NOT NULL CHECK (from_minute BETWEEN 0 AND 1439),
  to_minute    integer NOT NULL CHECK (to_minute BETWEEN 0 AND 1439),
  -- The days on which quiet hours begin: 1 is Monday, 7 is Sunday.
  days         integer[] NOT NULL CHECK (cardinality(days) > 0 AND days <@ ARRAY[1, 2, 3, 4, 5, 6, 7]),
  time_zone    text NOT NULL,
  CONSTRAINT quiet_hours_length CHECK (from_minute <> to_minute)
);

-- The notice in which this one is told, as a line of it.
ALTER TABLE notice ADD COLUMN part_of bigint;
ALTER TABLE notice ADD CONSTRAINT notice_part_of FOREIGN KEY (company_id, part_of) REFERENCES notice(company_id, id);
ALTER TABLE notice ADD CONSTRAINT notice_merged CHECK ((state = 'merged') = (part_of IS NOT NULL));
CREATE INDEX notice_parts ON notice (company_id, part_of) WHERE part_of IS NOT NULL;
CREATE INDEX notice_held ON notice (next_attempt_at) WHERE state = 'held';
-- What was told in a channel lately.
CREATE INDEX notice_latest ON notice (company_id, channel_id, created_at);
