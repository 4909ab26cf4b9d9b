-- A reviewed change of how a company shares its credits (R5): the modal, or the command line, carries the token alone.
CREATE TABLE sharing_draft (
  token       text PRIMARY KEY,
  company_id  bigint NOT NULL,
  -- TEAM/USER, or operator: another's token is no token.
  actor       text NOT NULL,
  choice      jsonb NOT NULL,
  -- What the review depended on besides balances.
  basis       text NOT NULL,
  created_at  timestamptz NOT NULL
);
CREATE INDEX sharing_draft_company ON sharing_draft (company_id, created_at);
