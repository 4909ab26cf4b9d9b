-- Everything but the ledger: who is who, what was bought and how it was paid, what people were told.
-- Money columns are integers of a micro-dollar. Every time is given by the caller; none defaults to the database's clock.

-- One row: what this database belongs to. A sandbox's books never meet a live Slack or a live processor.
CREATE TABLE instance (
  id          smallint PRIMARY KEY CHECK (id = 1),
  mode        text NOT NULL CHECK (mode IN ('sandbox', 'play_money', 'live')),
  created_at  timestamptz NOT NULL
);

CREATE TABLE company (
  id                        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name                      text NOT NULL CHECK (name <> ''),
  time_zone                 text NOT NULL,
  country                   text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  billing_method            text NOT NULL CHECK (billing_method IN ('card', 'invoice')),
  billing_day               smallint NOT NULL CHECK (billing_day BETWEEN 1 AND 31),
  pooled                    boolean NOT NULL,
  purchase_min_micros       bigint NOT NULL CHECK (purchase_min_micros > 0),
  purchase_max_micros       bigint NOT NULL,
  purchase_daily_max_micros bigint NOT NULL,
  exposure_limit_micros     bigint NOT NULL CHECK (exposure_limit_micros >= 0),
  last_receipt_number       bigint NOT NULL DEFAULT 0,
  created_at                timestamptz NOT NULL,
  CHECK (purchase_min_micros <= purchase_max_micros),
  CHECK (purchase_max_micros <= purchase_daily_max_micros)
);

CREATE TABLE office (
  company_id  bigint NOT NULL REFERENCES company,
  id          bigint GENERATED ALWAYS AS IDENTITY,
  name        text NOT NULL CHECK (name <> ''),
  country     text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  is_primary  boolean NOT NULL,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, name)
);
CREATE UNIQUE INDEX office_one_primary ON office (company_id) WHERE is_primary;

CREATE TABLE department (
  company_id  bigint NOT NULL,
  id          bigint GENERATED ALWAYS AS IDENTITY,
  office_id   bigint NOT NULL,
  name        text NOT NULL CHECK (name <> ''),
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, office_id, name),
  FOREIGN KEY (company_id, office_id) REFERENCES office
);

-- A person or a shared line of the phone system.
CREATE TABLE member (
  company_id     bigint NOT NULL,
  id             bigint GENERATED ALWAYS AS IDENTITY,
  office_id      bigint NOT NULL,
  department_id  bigint,
  kind           text NOT NULL CHECK (kind IN ('person', 'shared_line')),
  name           text NOT NULL CHECK (name <> ''),
  email          text,
  licence        text NOT NULL,
  active         boolean NOT NULL DEFAULT true,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, office_id) REFERENCES office,
  FOREIGN KEY (company_id, department_id) REFERENCES department
);
CREATE UNIQUE INDEX member_email ON member (company_id, lower(email)) WHERE email IS NOT NULL;

-- A Slack workspace with the app installed; bound to a company once a link code is redeemed.
CREATE TABLE workspace (
  team_id              text PRIMARY KEY,
  company_id           bigint UNIQUE REFERENCES company,
  name                 text NOT NULL,
  bot_token_encrypted  text NOT NULL,
  bot_user_id          text NOT NULL,
  bot_id               text NOT NULL,
  installed_at         timestamptz NOT NULL,
  bound_at             timestamptz
);

-- What a Slack person may do. A company admin's row names no office; the others name one row an office.
CREATE TABLE role_assignment (
  company_id  bigint NOT NULL REFERENCES company,
  id          bigint GENERATED ALWAYS AS IDENTITY,
  team_id     text NOT NULL REFERENCES workspace,
  user_id     text NOT NULL,
  role        text NOT NULL CHECK (role IN ('company_admin', 'office_admin', 'manager', 'member')),
  office_id   bigint,
  granted_by  text NOT NULL,
  granted_at  timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, office_id) REFERENCES office,
  CHECK ((role IN ('office_admin', 'manager')) = (office_id IS NOT NULL)),
  UNIQUE NULLS NOT DISTINCT (team_id, user_id, role, office_id)
);

-- The operator's one-time code that binds a workspace; only its hash is kept.
CREATE TABLE link_code (
  code_hash    text PRIMARY KEY,
  company_id   bigint NOT NULL REFERENCES company,
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  redeemed_at  timestamptz,
  redeemed_by  text
);

CREATE TABLE link_attempt (
  team_id       text NOT NULL,
  user_id       text NOT NULL,
  attempted_at  timestamptz NOT NULL,
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);
CREATE INDEX link_attempt_recent ON link_attempt (team_id, attempted_at);

-- Who changed what, when, from where and why (R28).
CREATE TABLE audit (
  company_id  bigint NOT NULL REFERENCES company,
  id          bigint GENERATED ALWAYS AS IDENTITY,
  at          timestamptz NOT NULL,
  actor       text NOT NULL,
  surface     text NOT NULL,
  action      text NOT NULL,
  reason      text,
  details     jsonb NOT NULL,
  PRIMARY KEY (company_id, id)
);

CREATE TABLE processor_customer (
  company_id   bigint PRIMARY KEY REFERENCES company,
  customer_id  text NOT NULL UNIQUE
);

CREATE TABLE card (
  company_id    bigint NOT NULL REFERENCES company,
  id            bigint GENERATED ALWAYS AS IDENTITY,
  processor_id  text NOT NULL UNIQUE,
  brand         text NOT NULL,
  last4         text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
  exp_month     smallint NOT NULL CHECK (exp_month BETWEEN 1 AND 12),
  exp_year      smallint NOT NULL,
  fingerprint   text NOT NULL,
  is_default    boolean NOT NULL,
  added_by      text NOT NULL,
  added_at      timestamptz NOT NULL,
  removed_at    timestamptz,
  PRIMARY KEY (company_id, id),
  CHECK (NOT (is_default AND removed_at IS NOT NULL))
);
CREATE UNIQUE INDEX card_one_default ON card (company_id) WHERE is_default;

-- A visit to the processor's hosted card page: single use, short-lived.
CREATE TABLE card_link (
  company_id    bigint NOT NULL REFERENCES company,
  token         text PRIMARY KEY,
  session_id    text NOT NULL UNIQUE,
  url           text NOT NULL,
  order_token   text,
  team_id       text NOT NULL,
  user_id       text NOT NULL,
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  completed_at  timestamptz
);

-- draft → confirmed → charging → settled | declined | needs_action | unknown; a draft may end as abandoned.
CREATE TABLE purchase_order (
  company_id       bigint NOT NULL REFERENCES company,
  id               bigint GENERATED ALWAYS AS IDENTITY,
  token            text NOT NULL UNIQUE,
  kind             text NOT NULL CHECK (kind IN ('purchase', 'recharge', 'bundle', 'card_check')),
  state            text NOT NULL CHECK (state IN ('draft', 'confirmed', 'charging', 'needs_action', 'unknown', 'declined', 'settled', 'abandoned')),
  office_id        bigint,
  amount_micros    bigint CHECK (amount_micros > 0),
  method           text CHECK (method IN ('card', 'invoice')),
  card_id          bigint,
  team_id          text,
  user_id          text NOT NULL,
  view_id          text,
  reply_url        text,
  created_at       timestamptz NOT NULL,
  reviewed_at      timestamptz,
  confirmed_at     timestamptz,
  settled_at       timestamptz,
  receipt_number   bigint,
  balance_after_micros bigint,
  failure_code     text,
  next_look_at     timestamptz,
  -- How often the outcome was asked for in vain since it was last confirmed.
  looks            integer NOT NULL DEFAULT 0,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, office_id) REFERENCES office,
  FOREIGN KEY (company_id, card_id) REFERENCES card,
  CHECK (state IN ('draft', 'abandoned') OR (amount_micros IS NOT NULL AND method IS NOT NULL AND confirmed_at IS NOT NULL)),
  CHECK ((state = 'settled') = (settled_at IS NOT NULL)),
  CHECK ((state = 'settled') = (receipt_number IS NOT NULL)),
  UNIQUE (company_id, receipt_number)
);
-- What a sweeper looks for: orders that still have a next step.
CREATE INDEX purchase_order_open ON purchase_order (next_look_at)
  WHERE state IN ('confirmed', 'charging', 'needs_action', 'unknown');
-- What a sweeper closes: drafts that were left.
CREATE INDEX purchase_order_draft ON purchase_order (created_at) WHERE state = 'draft';
CREATE INDEX purchase_order_recent ON purchase_order (company_id, confirmed_at) WHERE confirmed_at IS NOT NULL;

-- Each try at a charge (R15). At most one try of an order is not a definite failure.
CREATE TABLE payment_attempt (
  company_id       bigint NOT NULL,
  order_id         bigint NOT NULL,
  number           integer NOT NULL CHECK (number > 0),
  card_id          bigint NOT NULL,
  state            text NOT NULL CHECK (state IN ('open', 'needs_action', 'succeeded', 'failed')),
  intent_id        text UNIQUE,
  action_url       text,
  failure_code     text,
  opened_at        timestamptz NOT NULL,
  confirming_at    timestamptz,
  finished_at      timestamptz,
  PRIMARY KEY (company_id, order_id, number),
  FOREIGN KEY (company_id, order_id) REFERENCES purchase_order,
  FOREIGN KEY (company_id, card_id) REFERENCES card,
  CHECK ((state IN ('succeeded', 'failed')) = (finished_at IS NOT NULL))
);
CREATE UNIQUE INDEX payment_attempt_one_live ON payment_attempt (company_id, order_id) WHERE state <> 'failed';

CREATE TABLE notice_channel (
  company_id  bigint NOT NULL REFERENCES company,
  kind        text NOT NULL,
  team_id     text NOT NULL,
  channel_id  text NOT NULL,
  PRIMARY KEY (company_id, kind)
);

-- The outbox. One row is one message; a later revision of its facts edits that message in place.
CREATE TABLE notice (
  company_id       bigint NOT NULL REFERENCES company,
  id               bigint GENERATED ALWAYS AS IDENTITY,
  dedupe_key       text NOT NULL,
  kind             text NOT NULL,
  team_id          text NOT NULL,
  channel_id       text NOT NULL,
  facts            jsonb NOT NULL,
  revision         integer NOT NULL CHECK (revision > 0),
  sent_revision    integer NOT NULL DEFAULT 0,
  state            text NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
  message_ts       text,
  attempts         integer NOT NULL DEFAULT 0,
  next_attempt_at  timestamptz,
  last_error       text,
  created_at       timestamptz NOT NULL,
  sent_at          timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, dedupe_key),
  CHECK ((state = 'sent') = (sent_revision = revision)),
  CHECK (sent_revision <= revision)
);
CREATE INDEX notice_due ON notice (next_attempt_at) WHERE state = 'pending';

-- What was last told about a class of a wallet running low, so that hovering around the level stays one message.
CREATE TABLE balance_alert (
  company_id  bigint NOT NULL REFERENCES company,
  wallet_id   bigint NOT NULL,
  class       text NOT NULL CHECK (class IN ('calls', 'ai')),
  level       text NOT NULL CHECK (level IN ('low', 'out')),
  is_low      boolean NOT NULL,
  low_since   timestamptz NOT NULL,
  told_at     timestamptz NOT NULL,
  dedupe_key  text NOT NULL,
  PRIMARY KEY (company_id, wallet_id, class, level)
);

-- Slack redelivers events; each is taken once.
CREATE TABLE slack_event (
  event_id     text PRIMARY KEY,
  received_at  timestamptz NOT NULL
);

-- A worker that has not been seen for a few seconds is dead, and its jobs are freed.
CREATE TABLE worker_heartbeat (
  worker_id  text PRIMARY KEY,
  seen_at    timestamptz NOT NULL
);
