-- What the nightly verification found, a row a night: monitoring asks here when the books were last held against themselves.
CREATE TABLE verification (
  day          date NOT NULL PRIMARY KEY,
  finished_at  timestamptz NOT NULL,
  companies    integer NOT NULL,
  findings     integer NOT NULL,
  CONSTRAINT verification_counts CHECK (companies >= 0 AND findings >= 0)
);
