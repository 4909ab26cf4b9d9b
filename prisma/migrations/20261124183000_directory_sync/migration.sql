-- The directory as the phone system itself tells it, and people found in Slack by their address.

-- Where a company's directory is read from, and how that went.
CREATE TABLE directory_source (
  company_id     bigint PRIMARY KEY,
  url            text NOT NULL CHECK (url ~ '^https?://'),
  key_encrypted  text NOT NULL,
  -- When it is read next.
  due_at         timestamptz NOT NULL,
  tried_at       timestamptz,
  done_at        timestamptz,
  outcome        text CHECK (outcome IN ('done', 'refused', 'failed')),
  -- What to tell the operator of the last time.
  words          text,
  CHECK ((outcome IS NULL) = (tried_at IS NULL)),
  CHECK ((outcome IS NULL) = (words IS NULL))
);
CREATE INDEX directory_source_due ON directory_source (due_at);

-- The phone system lists it: once it no longer does, it is another company's.
ALTER TABLE phone_number ADD COLUMN is_from_phone_system boolean NOT NULL DEFAULT false;

ALTER TABLE member
  -- When Slack is asked next who has this address; absent: it was not asked yet.
  ADD COLUMN slack_look_at  timestamptz,
  -- What it answered the last time, where it knew nobody.
  ADD COLUMN slack_answer   text;
CREATE INDEX member_slack_look ON member (slack_look_at)
  WHERE slack_user_id IS NULL AND active AND kind = 'person' AND email IS NOT NULL;
