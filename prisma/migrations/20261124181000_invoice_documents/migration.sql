-- An invoice as a document: the days it is about, and its lines as a file, handed over once wherever it is asked for.

ALTER TABLE invoice ADD COLUMN starts_at timestamptz;
UPDATE invoice SET starts_at = closes_at - interval '1 month';
ALTER TABLE invoice ALTER COLUMN starts_at SET NOT NULL;
ALTER TABLE invoice ADD CHECK (starts_at < closes_at);

CREATE TABLE invoice_file (
  company_id       bigint NOT NULL,
  id               bigint GENERATED ALWAYS AS IDENTITY,
  invoice_id       bigint NOT NULL,
  -- One file for each place that it goes to.
  dedupe_key       text NOT NULL,
  -- The person who asked for it; nobody: it goes with the invoice's notice.
  team_id          text,
  user_id          text,
  -- uploaded: the other side has it, nobody sees it yet.
  state            text NOT NULL CHECK (state IN ('pending', 'uploaded', 'sent', 'failed')),
  -- Where a person was told that it comes.
  channel_id       text,
  message_ts       text,
  file_id          text,
  attempts         integer NOT NULL DEFAULT 0,
  next_attempt_at  timestamptz,
  last_error       text,
  asked_at         timestamptz NOT NULL,
  sent_at          timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, dedupe_key),
  CHECK ((team_id IS NULL) = (user_id IS NULL)),
  CHECK (state NOT IN ('uploaded', 'sent') OR file_id IS NOT NULL),
  CHECK ((state IN ('pending', 'uploaded')) = (next_attempt_at IS NOT NULL)),
  CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX invoice_file_due ON invoice_file (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
