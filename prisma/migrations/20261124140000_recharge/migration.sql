-- Auto-recharge (R11, R12), its retries (R14), and what a dispute stops (R16).

-- One row a wallet that was ever set; kept when it is switched off, so that switching it on again finds the choice.
CREATE TABLE recharge_setting (
  company_id        bigint NOT NULL REFERENCES company,
  wallet_id         bigint NOT NULL,
  -- Null: the company's pool.
  office_id         bigint,
  is_on             boolean NOT NULL,
  threshold_micros  bigint NOT NULL CHECK (threshold_micros > 0),
  amount_micros     bigint NOT NULL,
  cap_micros        bigint NOT NULL,
  -- The month that the cap counts, fixed when it starts: another time zone changes the next one only.
  month_starts_at   timestamptz NOT NULL,
  month_ends_at     timestamptz NOT NULL,
  -- Why it stands still though it is on: its payments failed, or there is no card.
  paused_for        text CHECK (paused_for IN ('declined', 'no_card')),
  -- What holds the present recharge back and was told, so that it is told once.
  blocked_key       text,
  set_by            text NOT NULL,
  set_at            timestamptz NOT NULL,
  PRIMARY KEY (company_id, wallet_id),
  CHECK (amount_micros >= threshold_micros),
  CHECK (cap_micros >= amount_micros),
  CHECK (month_ends_at > month_starts_at)
);

-- A change that somebody has in a window: reviewed here, so that the window carries nothing but the token.
CREATE TABLE recharge_draft (
  token             text PRIMARY KEY,
  company_id        bigint NOT NULL REFERENCES company,
  wallet_id         bigint NOT NULL,
  team_id           text NOT NULL,
  user_id           text NOT NULL,
  is_on             boolean,
  threshold_micros  bigint,
  amount_micros     bigint,
  cap_micros        bigint,
  created_at        timestamptz NOT NULL
);

ALTER TABLE purchase_order
  -- Of a declined recharge: how often it was tried again, and when it is next; null: not again.
  ADD COLUMN retries   integer NOT NULL DEFAULT 0 CHECK (retries >= 0),
  ADD COLUMN retry_at  timestamptz CHECK (retry_at IS NULL OR (kind = 'recharge' AND state = 'declined'));
-- At most one open recharge a wallet (R11); a recharge that waits to be tried again is open.
CREATE UNIQUE INDEX purchase_order_one_recharge ON purchase_order (company_id, coalesce(office_id, 0))
  WHERE kind = 'recharge' AND (state IN ('confirmed', 'charging', 'needs_action', 'unknown') OR retry_at IS NOT NULL);
CREATE INDEX purchase_order_retry ON purchase_order (retry_at) WHERE retry_at IS NOT NULL;
CREATE INDEX purchase_order_recharges ON purchase_order (company_id, created_at) WHERE kind = 'recharge';

-- The card that a recharge turns to when the default one is declined.
ALTER TABLE card
  ADD COLUMN is_fallback boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT card_fallback_is_usable CHECK (NOT is_fallback OR (removed_at IS NULL AND NOT is_default));
CREATE UNIQUE INDEX card_one_fallback ON card (company_id) WHERE is_fallback;

-- A charge that its holder or bank took back, or means to. While one is open, or was lost and not cleared by the
-- operator, the company's purchases and recharges stand still.
CREATE TABLE dispute (
  company_id    bigint NOT NULL REFERENCES company,
  id            bigint GENERATED ALWAYS AS IDENTITY,
  processor_id  text NOT NULL UNIQUE,
  order_id      bigint NOT NULL,
  state         text NOT NULL CHECK (state IN ('open', 'won', 'lost')),
  opened_at     timestamptz NOT NULL,
  closed_at     timestamptz,
  cleared_at    timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, order_id) REFERENCES purchase_order,
  CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE INDEX dispute_standing ON dispute (company_id) WHERE state <> 'won' AND cleared_at IS NULL;
