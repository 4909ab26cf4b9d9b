-- What admins set themselves in one window.

-- Notices go to channels by topic; what a topic has no channel for goes to the one of kind 'any'.
UPDATE notice_channel SET kind = 'purchases' WHERE kind = 'receipt';
ALTER TABLE notice_channel
  ADD CONSTRAINT notice_channel_kind_check CHECK (kind IN ('any', 'low_balance', 'purchases', 'billing', 'bundles'));

-- What a window shows, so that a change is judged against what was seen, and the window carries nothing but the token.
CREATE TABLE settings_draft (
  token       text PRIMARY KEY,
  company_id  bigint NOT NULL,
  team_id     text NOT NULL,
  user_id     text NOT NULL,
  shown       jsonb NOT NULL,
  created_at  timestamptz NOT NULL
);
CREATE INDEX settings_draft_company ON settings_draft (company_id, created_at);
