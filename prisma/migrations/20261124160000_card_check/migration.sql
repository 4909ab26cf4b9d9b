-- Confirming a card by the amount of a small charge (R13).

-- Which cards of a company have to be confirmed.
ALTER TABLE company ADD COLUMN card_check text NOT NULL DEFAULT 'every'
  CHECK (card_check IN ('never', 'first', 'every'));

-- Claimed: who opened the card page said in Slack that the card is theirs. Confirmed: it may be charged.
ALTER TABLE card
  ADD COLUMN claimed_at   timestamptz,
  ADD COLUMN confirmed_at timestamptz,
  ADD COLUMN locked_at    timestamptz;
UPDATE card SET claimed_at = added_at, confirmed_at = added_at;
ALTER TABLE card
  ADD CONSTRAINT card_default_is_confirmed CHECK (NOT is_default OR (confirmed_at IS NOT NULL AND locked_at IS NULL));

-- One small charge, whose amount only the card's holder can know. The amount stands here and on the statement, nowhere else.
CREATE TABLE card_check (
  company_id     bigint NOT NULL,
  id             bigint GENERATED ALWAYS AS IDENTITY,
  token          text NOT NULL UNIQUE,
  card_id        bigint NOT NULL,
  fingerprint    text NOT NULL,
  amount_micros  bigint NOT NULL CHECK (amount_micros BETWEEN 500000 AND 1990000),
  state          text NOT NULL CHECK (state IN ('charging', 'needs_action', 'waiting', 'confirmed', 'locked', 'expired', 'failed')),
  -- Wrong answers.
  tries          integer NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 3),
  team_id        text NOT NULL,
  user_id        text NOT NULL,
  intent_id      text UNIQUE,
  confirming_at  timestamptz,
  action_url     text,
  failure_code   text,
  created_at     timestamptz NOT NULL,
  charged_at     timestamptz,
  resolved_at    timestamptz,
  refunded_at    timestamptz,
  next_look_at   timestamptz,
  looks          integer NOT NULL DEFAULT 0,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, card_id) REFERENCES card,
  CHECK ((state IN ('confirmed', 'locked', 'expired', 'failed')) = (resolved_at IS NOT NULL)),
  CHECK (refunded_at IS NULL OR (charged_at IS NOT NULL AND resolved_at IS NOT NULL))
);
CREATE UNIQUE INDEX card_check_one_open ON card_check (company_id, card_id)
  WHERE state IN ('charging', 'needs_action', 'waiting');
-- What a sweeper looks for: a charge or a refund to be made, or an answer that never came.
CREATE INDEX card_check_due ON card_check (next_look_at) WHERE next_look_at IS NOT NULL;
CREATE INDEX card_check_fingerprint ON card_check (fingerprint);
