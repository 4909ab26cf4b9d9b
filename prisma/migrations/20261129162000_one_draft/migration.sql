-- A change that somebody has in a form or a review: the form carries nothing but the token. Three tables for it had three
-- lifetimes, and one of them was never cleaned.
CREATE TABLE draft (
  token       text PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('recharge', 'settings', 'sharing')),
  company_id  bigint NOT NULL REFERENCES company(id),
  -- TEAM/USER, or operator: another's token is no token.
  actor       text NOT NULL,
  data        jsonb NOT NULL,
  -- Counts the reviews of it, so that what a click confirms is what was shown.
  version     integer NOT NULL DEFAULT 0 CHECK (version >= 0),
  created_at  timestamptz NOT NULL
);
-- What the sweep looks for.
CREATE INDEX draft_created ON draft (created_at);
CREATE INDEX draft_company ON draft (company_id, kind);

INSERT INTO draft (token, kind, company_id, actor, data, version, created_at)
SELECT token, 'recharge', company_id, team_id || '/' || user_id,
  jsonb_build_object('walletId', wallet_id::text, 'settingVersion', setting_version, 'choice',
    CASE WHEN amount_micros IS NOT NULL THEN jsonb_build_object('isOn', coalesce(is_on, false),
      'threshold', coalesce(threshold_micros, 0)::text, 'amount', amount_micros::text,
      'cap', coalesce(cap_micros, 0)::text) END),
  version, created_at
FROM recharge_draft;
INSERT INTO draft (token, kind, company_id, actor, data, created_at)
SELECT token, 'settings', company_id, team_id || '/' || user_id, shown, created_at FROM settings_draft;
INSERT INTO draft (token, kind, company_id, actor, data, created_at)
SELECT token, 'sharing', company_id, actor, jsonb_build_object('choice', choice, 'basis', basis), created_at
FROM sharing_draft;

DROP TABLE recharge_draft, settings_draft, sharing_draft;
