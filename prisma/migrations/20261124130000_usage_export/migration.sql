-- Usage that somebody asked for as a file (R26). The row is what is left of an export: the file itself lives on a disk
-- only while it is made.
CREATE TABLE usage_export (
  company_id       bigint NOT NULL,
  id               bigint GENERATED ALWAYS AS IDENTITY,
  -- What windows and buttons carry instead of the key.
  token            text NOT NULL UNIQUE,
  state            text NOT NULL CHECK (state IN ('draft', 'queued', 'running', 'uploading', 'sharing', 'done', 'empty', 'failed', 'cancelled')),
  team_id          text NOT NULL,
  user_id          text NOT NULL,
  -- The conversation it was asked in; null where there was none that the file could go to.
  asked_in         text,
  -- Which usage, and where the file goes: null until the form was sent. A null channel is the asker's own.
  filter           jsonb NOT NULL,
  time_zone        text NOT NULL,
  file_name        text NOT NULL,
  to_channel       text,
  -- What came of it so far. `total` is known when the reading begins.
  done             bigint NOT NULL DEFAULT 0 CHECK (done >= 0),
  total            bigint CHECK (total >= 0),
  cost_micros      bigint,
  -- Uploaded files that nobody sees yet: sharing the same ones again makes no second file.
  file_ids         text[] NOT NULL DEFAULT '{}',
  failure          text,
  reference        text,
  cancelled_by     text,
  -- The message that tells how it goes, and the state that it was last drawn with.
  message_channel  text,
  message_ts       text,
  drawn_state      text,
  -- Each run takes a number; a run that was taken for dead finds another one and stops.
  runs             integer NOT NULL DEFAULT 0 CHECK (runs >= 0),
  next_run_at      timestamptz,
  created_at       timestamptz NOT NULL,
  asked_at         timestamptz,
  finished_at      timestamptz,
  PRIMARY KEY (company_id, id),
  CHECK ((state = 'draft') = (asked_at IS NULL)),
  CHECK ((state IN ('done', 'empty', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
  CHECK (state <> 'sharing' OR cardinality(file_ids) > 0),
  CHECK (state <> 'failed' OR (failure IS NOT NULL AND reference IS NOT NULL)),
  CHECK ((message_channel IS NULL) = (message_ts IS NULL))
);
-- What a sweeper wakes: exports under way whose job was lost, or whose waiting time is over.
CREATE INDEX usage_export_due ON usage_export (next_run_at) WHERE next_run_at IS NOT NULL;
CREATE INDEX usage_export_draft ON usage_export (created_at) WHERE state = 'draft';
