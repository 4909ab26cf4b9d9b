-- Whether a company's phone system stops what has no credits: the operator says so, and the phone system was heard of within a
-- day. A company without a row is reported.
CREATE TABLE enforcement (
  company_id     bigint PRIMARY KEY REFERENCES company(id),
  -- The operator says that it is enforced.
  is_set         boolean NOT NULL DEFAULT false,
  -- When its phone system last asked for a hold, to the minute.
  hold_asked_at  timestamptz,
  -- As it was last judged, and since when it was lost and nobody set it back.
  is_enforced    boolean NOT NULL DEFAULT false,
  lost_at        timestamptz,
  CONSTRAINT enforcement_lost CHECK (lost_at IS NULL OR NOT is_enforced)
);
