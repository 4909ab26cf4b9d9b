-- Up to where a company's days are closed: nothing is posted before it.
ALTER TABLE book ADD COLUMN closed_until timestamptz NOT NULL DEFAULT '-infinity';

CREATE TABLE book_digest (
  company_id  bigint NOT NULL,
  day         date NOT NULL,
  version     integer NOT NULL,
  row_count   bigint NOT NULL,
  digest      bytea NOT NULL,
  made_at     timestamptz NOT NULL,
  PRIMARY KEY (company_id, day),
  CONSTRAINT book_digest_length CHECK (length(digest) = 32),
  CONSTRAINT book_digest_row_count CHECK (row_count >= 0)
);

CREATE TABLE book_digest_head (
  company_id  bigint PRIMARY KEY,
  day         date NOT NULL,
  key_id      text NOT NULL,
  signature   bytea NOT NULL,
  signed_at   timestamptz NOT NULL,
  CONSTRAINT book_digest_head_length CHECK (length(signature) = 32)
);

-- Rows come in about the order of their posting time, so a few bytes for each hundred of them find those of a day.
CREATE INDEX entry_posted ON entry USING brin (posted_at);
CREATE INDEX usage_record_posted ON usage_record USING brin (posted_at);
CREATE INDEX posting_posted ON posting USING brin (posted_at);
