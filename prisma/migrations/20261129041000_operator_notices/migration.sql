-- What the operator has to look at. One open row a kind, company and subject; seen again, it is counted.

CREATE TABLE operator_notice (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind          text NOT NULL CHECK (kind <> ''),
  -- Absent: it concerns the whole installation.
  company_id    bigint REFERENCES company,
  -- Tells two open notices of one kind and company apart, e.g. a channel's id; empty where there is only one.
  subject       text NOT NULL DEFAULT '',
  details       jsonb NOT NULL DEFAULT '{}',
  count         integer NOT NULL DEFAULT 1 CHECK (count > 0),
  since         timestamptz NOT NULL,
  last_at       timestamptz NOT NULL,
  -- When it was logged, and posted to the operator's channel where there is one; absent: not yet.
  announced_at  timestamptz,
  resolved_at   timestamptz,
  CHECK (last_at >= since),
  CHECK (resolved_at IS NULL OR resolved_at >= since)
);
CREATE UNIQUE INDEX operator_notice_open ON operator_notice (kind, company_id, subject) NULLS NOT DISTINCT
  WHERE resolved_at IS NULL;
CREATE INDEX operator_notice_unannounced ON operator_notice (id) WHERE announced_at IS NULL;
