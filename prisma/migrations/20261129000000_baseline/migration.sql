-- The tables, types, constraints and indexes of Refill. Functions and triggers stand in prisma/functions.

-- Rules about one column of the ledger are its type's: a session reads them once, where a CHECK is read anew for every
-- statement that writes to its table.
CREATE DOMAIN credit_kind AS text CHECK (VALUE IN ('general', 'calling', 'ai'));
CREATE DOMAIN entry_type AS text CHECK (VALUE IN ('grant', 'fill', 'usage', 'correction', 'refund', 'lapse',
  'reversal', 'move'));
CREATE DOMAIN positive_bigint AS bigint CHECK (VALUE > 0);
CREATE DOMAIN unsigned_bigint AS bigint CHECK (VALUE >= 0);
CREATE DOMAIN unsigned_int AS integer CHECK (VALUE >= 0);
CREATE DOMAIN usage_class AS text CHECK (VALUE IN ('calls', 'ai'));
CREATE DOMAIN usage_direction AS text CHECK (VALUE IN ('inbound', 'outbound'));

-- One part of an entry: a change of what is left of a grant, or of a class's debt (with its sign turned).
CREATE TYPE ledger_part AS (grant_id bigint, debt_class text, amount_micros bigint);

-- A batch of usage in columns, one array each: handing rows as wide as these from step to step costs more than writing
-- them. The first seventeen are what the caller told; the last two say whose wallet it counts to and which time decides
-- the grants that pay it. All usages that come as this consume in the order of the arrays.
CREATE TYPE ledger_usages AS (
  source text[], external_id text[], office_id bigint[], department_id bigint[], member_id bigint[], class text[],
  category text[], direction text[], external_number text[], internal_number text[], usage_at timestamptz[],
  duration_ms bigint[], billed_seconds int[], quantity int[], cost_micros bigint[], price text[], version bigint[],
  own_wallet_id bigint[], burn_at timestamptz[]
);

-- One row: what this database belongs to. A sandbox's books never meet a live Slack or a live processor.
CREATE TABLE instance (
  id            smallint NOT NULL,
  mode          text NOT NULL,
  created_at    timestamptz NOT NULL,
  -- A known text, sealed: it opens under the key that the other secrets of this database are sealed under.
  secret_check  text,
  PRIMARY KEY (id),
  CONSTRAINT instance_id_check CHECK (id = 1),
  CONSTRAINT instance_mode_check CHECK (mode IN ('sandbox', 'play_money', 'live'))
);

CREATE TABLE company (
  id                              bigint GENERATED ALWAYS AS IDENTITY,
  name                            text NOT NULL,
  time_zone                       text NOT NULL,
  country                         text NOT NULL,
  billing_method                  text NOT NULL,
  billing_day                     smallint NOT NULL,
  pooled                          boolean NOT NULL,
  purchase_min_micros             bigint NOT NULL,
  purchase_max_micros             bigint NOT NULL,
  purchase_daily_max_micros       bigint NOT NULL,
  exposure_limit_micros           bigint NOT NULL,
  last_receipt_number             bigint NOT NULL DEFAULT 0,
  created_at                      timestamptz NOT NULL,
  -- Which cards of a company have to be confirmed.
  card_check                      text NOT NULL DEFAULT 'every',
  -- The company's own choice; null: none.
  approval_limit_micros           bigint,
  -- The operator's; the lower of both is in force.
  operator_approval_limit_micros  bigint,
  -- Where the processor sends a company's invoices.
  invoice_email                   text,
  PRIMARY KEY (id),
  CONSTRAINT company_approval_limit_micros_check CHECK (approval_limit_micros > 0),
  CONSTRAINT company_billing_day_check CHECK (billing_day >= 1 AND billing_day <= 31),
  CONSTRAINT company_billing_method_check CHECK (billing_method IN ('card', 'invoice')),
  CONSTRAINT company_card_check_check CHECK (card_check IN ('never', 'first', 'every')),
  CONSTRAINT company_check CHECK (purchase_min_micros <= purchase_max_micros),
  CONSTRAINT company_check1 CHECK (purchase_max_micros <= purchase_daily_max_micros),
  CONSTRAINT company_country_check CHECK (country ~ '^[A-Z]{2}$'),
  CONSTRAINT company_exposure_limit_micros_check CHECK (exposure_limit_micros >= 0),
  CONSTRAINT company_invoice_email_check CHECK (invoice_email ~~ '%_@_%'),
  CONSTRAINT company_name_check CHECK (name <> ''),
  CONSTRAINT company_operator_approval_limit_micros_check CHECK (operator_approval_limit_micros > 0),
  CONSTRAINT company_purchase_min_micros_check CHECK (purchase_min_micros > 0)
);

CREATE TABLE office (
  company_id      bigint NOT NULL,
  id              bigint GENERATED ALWAYS AS IDENTITY,
  name            text NOT NULL,
  country         text NOT NULL,
  is_primary      boolean NOT NULL,
  created_at      timestamptz NOT NULL,
  -- The phone system's own id.
  external_ref    text,
  -- Digits of the included local area; absent: the default of the office's country (R1).
  local_prefixes  text[],
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, name),
  FOREIGN KEY (company_id) REFERENCES company(id),
  CONSTRAINT office_country_check CHECK (country ~ '^[A-Z]{2}$'),
  CONSTRAINT office_external_ref_check CHECK (external_ref <> ''),
  CONSTRAINT office_name_check CHECK (name <> '')
);
CREATE UNIQUE INDEX office_external_ref ON office (company_id, external_ref) WHERE external_ref IS NOT NULL;
CREATE UNIQUE INDEX office_one_primary ON office (company_id) WHERE is_primary;

CREATE TABLE department (
  company_id    bigint NOT NULL,
  id            bigint GENERATED ALWAYS AS IDENTITY,
  office_id     bigint NOT NULL,
  name          text NOT NULL,
  external_ref  text,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, office_id, name),
  FOREIGN KEY (company_id, office_id) REFERENCES office(company_id, id),
  CONSTRAINT department_external_ref_check CHECK (external_ref <> ''),
  CONSTRAINT department_name_check CHECK (name <> '')
);
CREATE UNIQUE INDEX department_external_ref ON department (company_id, external_ref) WHERE external_ref IS NOT NULL;

-- A person or a shared line of the phone system.
CREATE TABLE member (
  company_id     bigint NOT NULL,
  id             bigint GENERATED ALWAYS AS IDENTITY,
  office_id      bigint NOT NULL,
  department_id  bigint,
  kind           text NOT NULL,
  name           text NOT NULL,
  email          text,
  licence        text NOT NULL,
  active         boolean NOT NULL DEFAULT true,
  external_ref   text,
  -- The person in Slack, matched by e-mail. A match never grants a role.
  slack_user_id  text,
  -- When Slack is asked next who has this address; absent: it was not asked yet.
  slack_look_at  timestamptz,
  -- What it answered the last time, where it knew nobody.
  slack_answer   text,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, department_id) REFERENCES department(company_id, id),
  FOREIGN KEY (company_id, office_id) REFERENCES office(company_id, id),
  CONSTRAINT member_external_ref_check CHECK (external_ref <> ''),
  CONSTRAINT member_kind_check CHECK (kind IN ('person', 'shared_line')),
  CONSTRAINT member_name_check CHECK (name <> '')
);
CREATE UNIQUE INDEX member_email ON member (company_id, lower(email)) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX member_external_ref ON member (company_id, external_ref) WHERE external_ref IS NOT NULL;
CREATE INDEX member_slack_look ON member (slack_look_at)
  WHERE slack_user_id IS NULL AND active AND kind = 'person' AND email IS NOT NULL;
CREATE INDEX member_slack_user ON member (company_id, slack_user_id) WHERE slack_user_id IS NOT NULL;

-- A Slack workspace with the app installed; bound to a company once a link code is redeemed.
CREATE TABLE workspace (
  team_id              text NOT NULL,
  company_id           bigint,
  name                 text NOT NULL,
  bot_token_encrypted  text NOT NULL,
  bot_user_id          text NOT NULL,
  bot_id               text NOT NULL,
  installed_at         timestamptz NOT NULL,
  bound_at             timestamptz,
  PRIMARY KEY (team_id),
  UNIQUE (company_id),
  FOREIGN KEY (company_id) REFERENCES company(id)
);

-- What a Slack person may do. A company admin's row names no office; the others name one row an office.
CREATE TABLE role_assignment (
  company_id     bigint NOT NULL,
  id             bigint GENERATED ALWAYS AS IDENTITY,
  team_id        text NOT NULL,
  user_id        text NOT NULL,
  role           text NOT NULL,
  office_id      bigint,
  granted_by     text NOT NULL,
  granted_at     timestamptz NOT NULL,
  department_id  bigint,
  -- Since when Slack says that this person is deactivated, a guest or gone; null: they may act on it.
  suspended_at   timestamptz,
  -- When Slack last answered about this person.
  checked_at     timestamptz,
  PRIMARY KEY (company_id, id),
  CONSTRAINT role_assignment_team_id_user_id_role_office_id_department_i_key UNIQUE NULLS NOT DISTINCT (team_id,
    user_id, role, office_id, department_id),
  FOREIGN KEY (company_id, department_id) REFERENCES department(company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(id),
  FOREIGN KEY (company_id, office_id) REFERENCES office(company_id, id),
  FOREIGN KEY (team_id) REFERENCES workspace(team_id),
  CONSTRAINT role_assignment_place CHECK (
CASE role
    WHEN 'office_admin' THEN (office_id IS NOT NULL AND department_id IS NULL)
    WHEN 'manager' THEN num_nonnulls(office_id, department_id) = 1
    ELSE (office_id IS NULL AND department_id IS NULL)
END),
  CONSTRAINT role_assignment_role_check CHECK (role IN ('company_admin', 'office_admin', 'manager', 'member'))
);

-- The operator's one-time code that binds a workspace; only its hash is kept.
CREATE TABLE link_code (
  code_hash    text NOT NULL,
  company_id   bigint NOT NULL,
  created_at   timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  redeemed_at  timestamptz,
  redeemed_by  text,
  PRIMARY KEY (code_hash),
  FOREIGN KEY (company_id) REFERENCES company(id)
);

CREATE TABLE link_attempt (
  team_id       text NOT NULL,
  user_id       text NOT NULL,
  attempted_at  timestamptz NOT NULL,
  id            bigint GENERATED ALWAYS AS IDENTITY,
  PRIMARY KEY (id)
);
CREATE INDEX link_attempt_recent ON link_attempt (team_id, attempted_at);

-- Who changed what, when, from where and why (R28).
CREATE TABLE audit (
  company_id  bigint NOT NULL,
  id          bigint GENERATED ALWAYS AS IDENTITY,
  at          timestamptz NOT NULL,
  actor       text NOT NULL,
  surface     text NOT NULL,
  action      text NOT NULL,
  reason      text,
  details     jsonb NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(id)
);

CREATE TABLE processor_customer (
  company_id   bigint NOT NULL,
  customer_id  text NOT NULL,
  PRIMARY KEY (company_id),
  UNIQUE (customer_id),
  FOREIGN KEY (company_id) REFERENCES company(id)
);

CREATE TABLE card (
  company_id           bigint NOT NULL,
  id                   bigint GENERATED ALWAYS AS IDENTITY,
  processor_id         text NOT NULL,
  brand                text NOT NULL,
  last4                text NOT NULL,
  exp_month            smallint NOT NULL,
  exp_year             smallint NOT NULL,
  fingerprint          text NOT NULL,
  is_default           boolean NOT NULL,
  added_by             text NOT NULL,
  added_at             timestamptz NOT NULL,
  removed_at           timestamptz,
  is_fallback          boolean NOT NULL DEFAULT false,
  claimed_at           timestamptz,
  confirmed_at         timestamptz,
  locked_at            timestamptz,
  -- Its bank said that it must not be tried again, and with which code: nothing charges it any more.
  needs_replacing_at   timestamptz,
  needs_replacing_for  text,
  -- Its tries for one order were used up: no charge that makes itself uses it until a person does.
  exhausted_at         timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (processor_id),
  FOREIGN KEY (company_id) REFERENCES company(id),
  CONSTRAINT card_check CHECK (NOT (is_default AND removed_at IS NOT NULL)),
  CONSTRAINT card_default_is_confirmed CHECK ((NOT is_default) OR (confirmed_at IS NOT NULL AND locked_at IS NULL)),
  CONSTRAINT card_exp_month_check CHECK (exp_month >= 1 AND exp_month <= 12),
  CONSTRAINT card_fallback_is_usable CHECK ((NOT is_fallback) OR (removed_at IS NULL AND (NOT is_default))),
  CONSTRAINT card_last4_check CHECK (last4 ~ '^[0-9]{4}$'),
  CONSTRAINT card_needs_replacing_check CHECK ((needs_replacing_at IS NULL) = (needs_replacing_for IS NULL))
);
CREATE UNIQUE INDEX card_one_default ON card (company_id) WHERE is_default;
CREATE UNIQUE INDEX card_one_fallback ON card (company_id) WHERE is_fallback;

-- A visit to the processor's hosted card page: single use, short-lived.
CREATE TABLE card_link (
  company_id    bigint NOT NULL,
  token         text NOT NULL,
  session_id    text NOT NULL,
  url           text NOT NULL,
  order_token   text,
  team_id       text NOT NULL,
  user_id       text NOT NULL,
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  completed_at  timestamptz,
  PRIMARY KEY (token),
  UNIQUE (session_id),
  FOREIGN KEY (company_id) REFERENCES company(id)
);

-- draft → confirmed → charging → settled | declined | needs_action | unknown; a draft may end as abandoned.
CREATE TABLE purchase_order (
  company_id            bigint NOT NULL,
  id                    bigint GENERATED ALWAYS AS IDENTITY,
  token                 text NOT NULL,
  kind                  text NOT NULL,
  state                 text NOT NULL,
  office_id             bigint,
  amount_micros         bigint,
  method                text,
  card_id               bigint,
  team_id               text,
  user_id               text NOT NULL,
  view_id               text,
  reply_url             text,
  created_at            timestamptz NOT NULL,
  reviewed_at           timestamptz,
  confirmed_at          timestamptz,
  settled_at            timestamptz,
  receipt_number        bigint,
  balance_after_micros  bigint,
  failure_code          text,
  next_look_at          timestamptz,
  -- How often the outcome was asked for in vain since it was last confirmed.
  looks                 integer NOT NULL DEFAULT 0,
  -- Of a declined recharge: how often it was tried again, and when it is next; null: not again.
  retries               integer NOT NULL DEFAULT 0,
  retry_at              timestamptz,
  -- Which credit a purchase led to, so that a lost dispute takes back that one (R16).
  grant_id              bigint,
  -- The request that a purchase was begun from.
  request_id            bigint,
  -- Counts the reviews of a purchase.
  version               integer NOT NULL DEFAULT 0,
  -- Nobody is there: the next attempt is confirmed off session.
  off_session           boolean NOT NULL DEFAULT false,
  -- The bank wants its card's holder, and nobody was there: until when *Verify payment* may be answered.
  verify_until          timestamptz,
  -- Since when the processor refuses this order's requests for a reason that is not the bank's.
  refused_since         timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, receipt_number),
  UNIQUE (token),
  FOREIGN KEY (company_id, card_id) REFERENCES card(company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(id),
  FOREIGN KEY (company_id, office_id) REFERENCES office(company_id, id),
  CONSTRAINT purchase_order_amount_micros_check CHECK (amount_micros > 0),
  CONSTRAINT purchase_order_check CHECK (CASE state
    WHEN 'draft' THEN true
    WHEN 'abandoned' THEN true
    WHEN 'awaiting_approval' THEN
      amount_micros IS NOT NULL AND method IS NULL AND card_id IS NULL AND confirmed_at IS NULL
    ELSE amount_micros IS NOT NULL AND method IS NOT NULL AND confirmed_at IS NOT NULL
  END),
  CONSTRAINT purchase_order_check1 CHECK ((state = 'settled') = (settled_at IS NOT NULL)),
  CONSTRAINT purchase_order_check2 CHECK ((state = 'settled') = (receipt_number IS NOT NULL)),
  CONSTRAINT purchase_order_check3 CHECK (retry_at IS NULL OR (kind = 'recharge' AND state = 'declined')),
  CONSTRAINT purchase_order_check4 CHECK (verify_until IS NULL OR kind <> 'purchase'),
  CONSTRAINT purchase_order_kind_check CHECK (kind IN ('purchase', 'recharge', 'bundle', 'recurring', 'card_check')),
  CONSTRAINT purchase_order_method_check CHECK (method IN ('card', 'invoice')),
  CONSTRAINT purchase_order_retries_check CHECK (retries >= 0),
  CONSTRAINT purchase_order_state_check CHECK (state IN ('draft', 'awaiting_approval', 'confirmed', 'charging',
    'needs_action', 'unknown', 'declined', 'settled', 'abandoned')),
  CONSTRAINT purchase_order_version_check CHECK (version >= 0)
);
-- What a sweeper closes: drafts that were left.
CREATE INDEX purchase_order_draft ON purchase_order (created_at) WHERE state = 'draft';
-- At most one open recharge a wallet (R11); a recharge that waits to be tried again is open.
CREATE UNIQUE INDEX purchase_order_one_recharge ON purchase_order (company_id, COALESCE(office_id, 0))
  WHERE (kind = 'recharge' AND (state IN ('confirmed', 'charging', 'needs_action', 'unknown') OR retry_at IS NOT
    NULL));
-- What a sweeper looks for: orders that still have a next step.
CREATE INDEX purchase_order_open ON purchase_order (next_look_at)
  WHERE state IN ('confirmed', 'charging', 'needs_action', 'unknown');
CREATE INDEX purchase_order_recent ON purchase_order (company_id, confirmed_at) WHERE confirmed_at IS NOT NULL;
CREATE INDEX purchase_order_recharges ON purchase_order (company_id, created_at) WHERE kind = 'recharge';
-- Looked through each second: charges that wait for the processor to take requests again.
CREATE INDEX purchase_order_refused ON purchase_order (company_id) WHERE refused_since IS NOT NULL;
CREATE INDEX purchase_order_retry ON purchase_order (retry_at) WHERE retry_at IS NOT NULL;

-- Each try at a charge (R15). At most one try of an order is not a definite failure.
CREATE TABLE payment_attempt (
  company_id     bigint NOT NULL,
  order_id       bigint NOT NULL,
  number         integer NOT NULL,
  card_id        bigint NOT NULL,
  state          text NOT NULL,
  intent_id      text,
  action_url     text,
  failure_code   text,
  opened_at      timestamptz NOT NULL,
  confirming_at  timestamptz,
  finished_at    timestamptz,
  -- As it was confirmed: the same key must never come with another.
  off_session    boolean NOT NULL DEFAULT false,
  -- The bank's advice with its refusal.
  advice_code    text,
  -- Why it failed. Only `declined` is a try of the card: `challenged` means that the bank wants its holder,
  -- `refused` that the processor did not take the request, `given_up` that another attempt took its place.
  failure_kind   text,
  PRIMARY KEY (company_id, order_id, number),
  UNIQUE (intent_id),
  FOREIGN KEY (company_id, card_id) REFERENCES card(company_id, id),
  FOREIGN KEY (company_id, order_id) REFERENCES purchase_order(company_id, id),
  CONSTRAINT payment_attempt_check CHECK ((state IN ('succeeded', 'failed')) = (finished_at IS NOT NULL)),
  CONSTRAINT payment_attempt_failure_check CHECK ((failure_kind IS NOT NULL) = (state = 'failed')),
  CONSTRAINT payment_attempt_failure_kind_check CHECK (failure_kind IN ('declined', 'challenged', 'refused',
    'given_up')),
  CONSTRAINT payment_attempt_number_check CHECK (number > 0),
  CONSTRAINT payment_attempt_state_check CHECK (state IN ('open', 'needs_action', 'succeeded', 'failed'))
);
CREATE UNIQUE INDEX payment_attempt_one_live ON payment_attempt (company_id, order_id) WHERE state <> 'failed';

CREATE TABLE notice_channel (
  company_id  bigint NOT NULL,
  kind        text NOT NULL,
  team_id     text NOT NULL,
  channel_id  text NOT NULL,
  PRIMARY KEY (company_id, kind),
  FOREIGN KEY (company_id) REFERENCES company(id),
  CONSTRAINT notice_channel_kind_check CHECK (kind IN ('any', 'low_balance', 'purchases', 'billing', 'bundles'))
);

-- The outbox. One row is one message; a later revision of its facts edits that message in place.
CREATE TABLE notice (
  company_id       bigint NOT NULL,
  id               bigint GENERATED ALWAYS AS IDENTITY,
  dedupe_key       text NOT NULL,
  kind             text NOT NULL,
  team_id          text NOT NULL,
  channel_id       text NOT NULL,
  facts            jsonb NOT NULL,
  revision         integer NOT NULL,
  sent_revision    integer NOT NULL DEFAULT 0,
  state            text NOT NULL,
  message_ts       text,
  attempts         integer NOT NULL DEFAULT 0,
  next_attempt_at  timestamptz,
  last_error       text,
  created_at       timestamptz NOT NULL,
  sent_at          timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, dedupe_key),
  FOREIGN KEY (company_id) REFERENCES company(id),
  CONSTRAINT notice_check CHECK ((state = 'sent') = (sent_revision = revision)),
  CONSTRAINT notice_check1 CHECK (sent_revision <= revision),
  CONSTRAINT notice_revision_check CHECK (revision > 0),
  CONSTRAINT notice_state_check CHECK (state IN ('pending', 'sent', 'failed'))
);
CREATE INDEX notice_due ON notice (next_attempt_at) WHERE state = 'pending';

-- What was last told about a class of a wallet running low, so that hovering around the level stays one message.
CREATE TABLE balance_alert (
  company_id  bigint NOT NULL,
  wallet_id   bigint NOT NULL,
  class       text NOT NULL,
  level       text NOT NULL,
  is_low      boolean NOT NULL,
  low_since   timestamptz NOT NULL,
  told_at     timestamptz NOT NULL,
  dedupe_key  text NOT NULL,
  PRIMARY KEY (company_id, wallet_id, class, level),
  FOREIGN KEY (company_id) REFERENCES company(id),
  CONSTRAINT balance_alert_class_check CHECK (class IN ('calls', 'ai')),
  CONSTRAINT balance_alert_level_check CHECK (level IN ('low', 'out'))
);

-- Slack redelivers events; each is taken once.
CREATE TABLE slack_event (
  event_id     text NOT NULL,
  received_at  timestamptz NOT NULL,
  PRIMARY KEY (event_id)
);

-- A worker that has not been seen for a few seconds is dead, and its jobs are freed.
CREATE TABLE worker_heartbeat (
  worker_id  text NOT NULL,
  seen_at    timestamptz NOT NULL,
  PRIMARY KEY (worker_id)
);

-- One row a company: how its wallets belong together. Whoever posts locks this row first, so a company's postings
-- follow one another, and everything below is read and written under that one lock.
CREATE TABLE book (
  company_id         bigint NOT NULL,
  pooled             boolean NOT NULL,
  pool_wallet_id     bigint NOT NULL,
  primary_wallet_id  bigint NOT NULL,
  created_at         timestamptz NOT NULL,
  seal               bigint NOT NULL,
  -- Sums that are asked for all the time are made when a quarter-hour is over, not with every usage in it. What is
  -- there already is summed up as far as it goes.
  summed_until       timestamptz NOT NULL,
  PRIMARY KEY (company_id)
);

-- What an office, or the company's pool (office_id null), has: per kind of credit, what it owes per class, and
-- what is held back per class.
CREATE TABLE wallet (
  company_id            bigint NOT NULL,
  id                    bigint GENERATED ALWAYS AS IDENTITY,
  office_id             bigint,
  general_micros        unsigned_bigint NOT NULL,
  calling_micros        unsigned_bigint NOT NULL,
  ai_micros             unsigned_bigint NOT NULL,
  debt_calls_micros     unsigned_bigint NOT NULL,
  debt_ai_micros        unsigned_bigint NOT NULL,
  held_calls_micros     unsigned_bigint NOT NULL,
  held_ai_micros        unsigned_bigint NOT NULL,
  seq                   unsigned_bigint NOT NULL,
  watch_calls_micros    unsigned_bigint,
  watch_ai_micros       unsigned_bigint,
  -- Of what is free of the general credits: below it they are topped up (R11).
  watch_general_micros  unsigned_bigint,
  created_at            timestamptz NOT NULL,
  seal                  bigint NOT NULL,
  -- The posting time of its last entry, so that it is not looked up for each posting.
  posted_at             timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE NULLS NOT DISTINCT (company_id, office_id)
) WITH (fillfactor = 50);

-- A lot of credit and what is left of it.
CREATE TABLE credit_grant (
  company_id        bigint NOT NULL,
  wallet_id         bigint NOT NULL,
  id                bigint GENERATED ALWAYS AS IDENTITY,
  kind              credit_kind NOT NULL,
  amount_micros     positive_bigint NOT NULL,
  remaining_micros  unsigned_bigint NOT NULL,
  effective_at      timestamptz NOT NULL,
  expires_at        timestamptz NOT NULL,
  -- False once nothing is left. Changes seldom, so the index below stays small and most updates touch no index.
  is_open           boolean NOT NULL,
  source            text NOT NULL,
  reference         text NOT NULL,
  created_at        timestamptz NOT NULL,
  seal              bigint NOT NULL,
  PRIMARY KEY (company_id, wallet_id, id),
  CONSTRAINT credit_grant_remaining CHECK (remaining_micros <= amount_micros AND is_open = (remaining_micros > 0))
) WITH (fillfactor = 70);
CREATE INDEX credit_grant_expiry ON credit_grant (company_id, wallet_id, expires_at)
  WHERE expires_at < 'infinity'::timestamptz;
CREATE INDEX credit_grant_open ON credit_grant (company_id, wallet_id, kind, expires_at, created_at, id) WHERE
    is_open;

-- What happened to a wallet, in order, without a gap, with what it had afterwards. Never changed.
CREATE TABLE entry (
  company_id               bigint NOT NULL,
  wallet_id                bigint NOT NULL,
  seq                      positive_bigint NOT NULL,
  type                     entry_type NOT NULL,
  class                    usage_class,
  amount_micros            bigint NOT NULL,
  balance_after_micros     bigint NOT NULL,
  general_after_micros     unsigned_bigint NOT NULL,
  calling_after_micros     unsigned_bigint NOT NULL,
  ai_after_micros          unsigned_bigint NOT NULL,
  debt_calls_after_micros  unsigned_bigint NOT NULL,
  debt_ai_after_micros     unsigned_bigint NOT NULL,
  -- The one grant that the whole amount touched; null where it is all debt, or where the splits tell.
  grant_id                 bigint,
  is_split                 boolean NOT NULL,
  source                   text NOT NULL,
  reference                text NOT NULL,
  office_id                bigint,
  actor                    text,
  reason                   text,
  usage_at                 timestamptz,
  posted_at                timestamptz NOT NULL,
  seal                     bigint NOT NULL,
  PRIMARY KEY (company_id, wallet_id, seq),
  CONSTRAINT entry_check CHECK (balance_after_micros = ((((general_after_micros + calling_after_micros) +
    ai_after_micros) - debt_calls_after_micros) - debt_ai_after_micros)),
  CONSTRAINT entry_check1 CHECK (NOT (is_split AND grant_id IS NOT NULL))
);
-- Moved debts are looked up by wallet and class.
CREATE INDEX entry_moved_debt ON entry (company_id, wallet_id, class, seq) WHERE type = 'move' AND class IS NOT NULL;
-- What came after a usage or a grant by its reference; usage itself is found through its record.
CREATE INDEX entry_reference ON entry (company_id, source, reference)
  WHERE type IN ('correction', 'refund', 'reversal');

-- The parts of an entry that touched more than one grant, or a grant and debt. `amount_micros` is the change of
-- what is left of the grant, or (grant_id null) the change of the debt with its sign turned: parts sum to the
-- entry.
CREATE TABLE entry_split (
  company_id     bigint NOT NULL,
  wallet_id      bigint NOT NULL,
  seq            bigint NOT NULL,
  part           integer NOT NULL,
  grant_id       bigint,
  debt_class     text,
  amount_micros  bigint NOT NULL,
  seal           bigint NOT NULL,
  PRIMARY KEY (company_id, wallet_id, seq, part),
  CONSTRAINT entry_split_amount_micros_check CHECK (amount_micros <> 0),
  CONSTRAINT entry_split_check CHECK ((grant_id IS NULL) = (debt_class IS NOT NULL)),
  CONSTRAINT entry_split_debt_class_check CHECK (debt_class IN ('calls', 'ai')),
  CONSTRAINT entry_split_part_check CHECK (part > 0)
);

-- What was used, and what it cost. A correction is a further revision with the whole new facts; the highest
-- counts.
CREATE TABLE usage_record (
  company_id       bigint NOT NULL,
  source           text NOT NULL,
  external_id      text NOT NULL,
  revision         unsigned_int NOT NULL,
  office_id        bigint,
  department_id    bigint,
  member_id        bigint,
  class            usage_class NOT NULL,
  category         text NOT NULL,
  direction        usage_direction NOT NULL,
  external_number  text,
  internal_number  text,
  usage_at         timestamptz NOT NULL,
  duration_ms      unsigned_bigint NOT NULL,
  billed_seconds   unsigned_int NOT NULL,
  quantity         unsigned_int NOT NULL,
  cost_micros      unsigned_bigint NOT NULL,
  -- How the price came about, in words, e.g. "+44 20, $0.0100/min, 12 s billed as 60 s".
  price            text,
  -- A hash of what the sender told of it, and which of the sender's events that was: the newest wins (R23).
  facts            bigint NOT NULL,
  version          bigint NOT NULL,
  -- Its entries: on the office's own wallet, and on the wallet that paid the rest. Null where nothing was paid
  -- there.
  own_wallet_id    bigint,
  own_seq          bigint,
  paid_wallet_id   bigint,
  paid_seq         bigint,
  posted_at        timestamptz NOT NULL,
  seal             bigint NOT NULL,
  PRIMARY KEY (company_id, source, external_id, revision)
);
CREATE INDEX usage_record_member ON usage_record (company_id, member_id, usage_at) WHERE member_id IS NOT NULL;
CREATE INDEX usage_record_time ON usage_record (company_id, usage_at, source, external_id);

-- Quarter-hour UTC sums of usage by usage time; any time zone's day or month is a sum of these (R25). 0 stands for
-- none.
CREATE TABLE usage_rollup (
  company_id      bigint NOT NULL,
  bucket_at       timestamptz NOT NULL,
  office_id       bigint NOT NULL,
  department_id   bigint NOT NULL,
  member_id       bigint NOT NULL,
  category        text NOT NULL,
  records         bigint NOT NULL,
  billed_seconds  bigint NOT NULL,
  quantity        bigint NOT NULL,
  cost_micros     bigint NOT NULL,
  PRIMARY KEY (company_id, bucket_at, office_id, department_id, member_id, category)
) WITH (fillfactor = 80);

-- The same summed up for questions that are asked all the time, so that a busy month is not slower to read than a
-- quiet one: quarter-hours without whose usage it was, and quarters of a UTC day without which kind it was.
CREATE TABLE usage_kind_rollup (
  company_id      bigint NOT NULL,
  bucket_at       timestamptz NOT NULL,
  office_id       bigint NOT NULL,
  category        text NOT NULL,
  records         bigint NOT NULL,
  billed_seconds  bigint NOT NULL,
  quantity        bigint NOT NULL,
  cost_micros     bigint NOT NULL,
  PRIMARY KEY (company_id, bucket_at, office_id, category)
) WITH (fillfactor = 50);

CREATE TABLE usage_member_rollup (
  company_id      bigint NOT NULL,
  bucket_at       timestamptz NOT NULL,
  office_id       bigint NOT NULL,
  member_id       bigint NOT NULL,
  records         bigint NOT NULL,
  billed_seconds  bigint NOT NULL,
  quantity        bigint NOT NULL,
  cost_micros     bigint NOT NULL,
  PRIMARY KEY (company_id, bucket_at, office_id, member_id)
) WITH (fillfactor = 50);

-- What every operation that is not usage did, under the key it came with: the same again is answered from here.
CREATE TABLE posting (
  company_id  bigint NOT NULL,
  key         text NOT NULL,
  operation   text NOT NULL,
  facts       bigint NOT NULL,
  result      jsonb NOT NULL,
  posted_at   timestamptz NOT NULL,
  seal        bigint NOT NULL,
  PRIMARY KEY (company_id, key)
);

-- An amount kept back for usage that is under way. Resolved once.
CREATE TABLE hold (
  company_id      bigint NOT NULL,
  key             text NOT NULL,
  class           text NOT NULL,
  office_id       bigint,
  state           text NOT NULL,
  -- On the office's own bundle, and on the wallet that pays the rest.
  own_wallet_id   bigint NOT NULL,
  own_micros      bigint NOT NULL,
  paid_wallet_id  bigint NOT NULL,
  paid_micros     bigint NOT NULL,
  placed_at       timestamptz NOT NULL,
  expires_at      timestamptz NOT NULL,
  resolved_at     timestamptz,
  seal            bigint NOT NULL,
  PRIMARY KEY (company_id, key),
  CONSTRAINT hold_check CHECK ((state = 'open') = (resolved_at IS NULL)),
  CONSTRAINT hold_class_check CHECK (class IN ('calls', 'ai')),
  CONSTRAINT hold_own_micros_check CHECK (own_micros >= 0),
  CONSTRAINT hold_paid_micros_check CHECK (paid_micros >= 0),
  CONSTRAINT hold_state_check CHECK (state IN ('open', 'settled', 'released', 'expired'))
);
CREATE INDEX hold_open ON hold (company_id, expires_at) WHERE state = 'open';

-- The company's own numbers.
CREATE TABLE phone_number (
  company_id            bigint NOT NULL,
  number                text NOT NULL,
  kind                  text NOT NULL,
  office_id             bigint NOT NULL,
  department_id         bigint,
  member_id             bigint,
  -- The phone system lists it: once it no longer does, it is another company's.
  is_from_phone_system  boolean NOT NULL DEFAULT false,
  PRIMARY KEY (company_id, number),
  FOREIGN KEY (company_id, department_id) REFERENCES department(company_id, id),
  FOREIGN KEY (company_id, member_id) REFERENCES member(company_id, id),
  FOREIGN KEY (company_id, office_id) REFERENCES office(company_id, id),
  CONSTRAINT phone_number_kind_check CHECK (kind IN ('local', 'toll_free', 'mobile', 'other')),
  CONSTRAINT phone_number_number_check CHECK (number ~ '^\+[1-9][0-9]{5,14}$')
);

-- Counts the changes of a company's directory, so that what is kept in memory is known to be current.
CREATE TABLE directory_version (
  company_id  bigint NOT NULL,
  version     bigint NOT NULL,
  PRIMARY KEY (company_id)
);

-- What usage costs (R18): versions of the operator's rate deck, for all companies. A correction is a newer
-- version.
CREATE TABLE rate_deck (
  version       bigint GENERATED ALWAYS AS IDENTITY,
  -- The deck applies whole from here on, until a newer one does. Of equals, the higher version.
  effective_at  timestamptz NOT NULL,
  file_name     text NOT NULL,
  -- SHA-256 of the rows: processes keep decks they have read under it.
  digest        text NOT NULL,
  row_count     integer NOT NULL,
  rows          jsonb NOT NULL,
  -- Rates that stood out and were imported nevertheless: their lines, and what was said of them.
  forced        jsonb NOT NULL,
  imported_by   text NOT NULL,
  imported_at   timestamptz NOT NULL,
  PRIMARY KEY (version),
  CONSTRAINT rate_deck_digest_check CHECK (digest ~ '^[0-9a-f]{64}$'),
  CONSTRAINT rate_deck_forced_check CHECK (jsonb_typeof(forced) = 'array'),
  CONSTRAINT rate_deck_row_count_check CHECK (row_count > 0),
  CONSTRAINT rate_deck_rows_check CHECK (jsonb_typeof(rows) = 'array')
);
CREATE INDEX rate_deck_in_force ON rate_deck (effective_at DESC, version DESC);

-- A company's keys for POST /v1/usage; only the hash is kept.
CREATE TABLE api_key (
  company_id  bigint NOT NULL,
  id          bigint GENERATED ALWAYS AS IDENTITY,
  key_hash    text NOT NULL,
  -- The first characters, by which people tell their keys apart.
  prefix      text NOT NULL,
  name        text NOT NULL,
  created_at  timestamptz NOT NULL,
  revoked_at  timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (key_hash),
  FOREIGN KEY (company_id) REFERENCES company(id),
  CONSTRAINT api_key_name_check CHECK (name <> '')
);

-- Where a company's phone system sends its events, and what it signs them with.
CREATE TABLE usage_webhook (
  token             text NOT NULL,
  company_id        bigint NOT NULL,
  secret_encrypted  text NOT NULL,
  created_at        timestamptz NOT NULL,
  revoked_at        timestamptz,
  PRIMARY KEY (token),
  FOREIGN KEY (company_id) REFERENCES company(id)
);

-- The newest event of each leg of a call, and of each message: one real call has several legs and is billed once
-- (R23).
CREATE TABLE usage_leg (
  company_id   bigint NOT NULL,
  source       text NOT NULL,
  external_id  text NOT NULL,
  leg          text NOT NULL,
  version      bigint NOT NULL,
  event        jsonb NOT NULL,
  received_at  timestamptz NOT NULL,
  PRIMARY KEY (company_id, source, external_id, leg),
  CONSTRAINT usage_leg_version_check CHECK (version > 0)
);

-- What is not booked yet: no rate, not its time, or the booking failed. Never dropped, never free.
CREATE TABLE usage_inbox (
  company_id       bigint NOT NULL,
  id               bigint GENERATED ALWAYS AS IDENTITY,
  source           text NOT NULL,
  external_id      text NOT NULL,
  reason           text NOT NULL,
  words            text NOT NULL,
  event            jsonb NOT NULL,
  received_at      timestamptz NOT NULL,
  -- Absent: waits for the operator.
  next_attempt_at  timestamptz,
  attempts         integer NOT NULL DEFAULT 0,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, source, external_id),
  CONSTRAINT usage_inbox_check CHECK ((reason = 'waiting') = (next_attempt_at IS NULL)),
  CONSTRAINT usage_inbox_reason_check CHECK (reason IN ('unrated', 'waiting', 'unbooked'))
);
CREATE INDEX usage_inbox_due ON usage_inbox (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- Booked for the primary office because the directory does not know whose it is (R5).
CREATE TABLE usage_unattributed (
  company_id   bigint NOT NULL,
  source       text NOT NULL,
  external_id  text NOT NULL,
  event        jsonb NOT NULL,
  seen_at      timestamptz NOT NULL,
  PRIMARY KEY (company_id, source, external_id)
);

-- Usage that somebody asked for as a file (R26). The row is what is left of an export: the file itself lives on a
-- disk only while it is made.
CREATE TABLE usage_export (
  company_id       bigint NOT NULL,
  id               bigint GENERATED ALWAYS AS IDENTITY,
  -- What windows and buttons carry instead of the key.
  token            text NOT NULL,
  state            text NOT NULL,
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
  done             bigint NOT NULL DEFAULT 0,
  total            bigint,
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
  runs             integer NOT NULL DEFAULT 0,
  next_run_at      timestamptz,
  created_at       timestamptz NOT NULL,
  asked_at         timestamptz,
  finished_at      timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (token),
  CONSTRAINT usage_export_check CHECK ((state = 'draft') = (asked_at IS NULL)),
  CONSTRAINT usage_export_check1 CHECK ((state IN ('done', 'empty', 'failed', 'cancelled')) = (finished_at IS NOT
    NULL)),
  CONSTRAINT usage_export_check2 CHECK (state <> 'sharing' OR cardinality(file_ids) > 0),
  CONSTRAINT usage_export_check3 CHECK (state <> 'failed' OR (failure IS NOT NULL AND reference IS NOT NULL)),
  CONSTRAINT usage_export_check4 CHECK ((message_channel IS NULL) = (message_ts IS NULL)),
  CONSTRAINT usage_export_done_check CHECK (done >= 0),
  CONSTRAINT usage_export_runs_check CHECK (runs >= 0),
  CONSTRAINT usage_export_state_check CHECK (state IN ('draft', 'queued', 'running', 'uploading', 'sharing', 'done',
    'empty', 'failed', 'cancelled')),
  CONSTRAINT usage_export_total_check CHECK (total >= 0)
);
CREATE INDEX usage_export_draft ON usage_export (created_at) WHERE state = 'draft';
-- What a sweeper wakes: exports under way whose job was lost, or whose waiting time is over.
CREATE INDEX usage_export_due ON usage_export (next_run_at) WHERE next_run_at IS NOT NULL;

-- One row a wallet that was ever set; kept when it is switched off, so that switching it on again finds the
-- choice.
CREATE TABLE recharge_setting (
  company_id        bigint NOT NULL,
  wallet_id         bigint NOT NULL,
  -- Null: the company's pool.
  office_id         bigint,
  is_on             boolean NOT NULL,
  threshold_micros  bigint NOT NULL,
  amount_micros     bigint NOT NULL,
  cap_micros        bigint NOT NULL,
  -- The month that the cap counts, fixed when it starts: another time zone changes the next one only.
  month_starts_at   timestamptz NOT NULL,
  month_ends_at     timestamptz NOT NULL,
  -- Why it stands still though it is on: its payments failed, or there is no card.
  paused_for        text,
  -- What holds the present recharge back and was told, so that it is told once.
  blocked_key       text,
  set_by            text NOT NULL,
  set_at            timestamptz NOT NULL,
  -- Counts the changes of a wallet's auto-recharge; a form remembers the one that it shows.
  version           integer NOT NULL DEFAULT 0,
  PRIMARY KEY (company_id, wallet_id),
  FOREIGN KEY (company_id) REFERENCES company(id),
  CONSTRAINT recharge_setting_check CHECK (amount_micros >= threshold_micros),
  CONSTRAINT recharge_setting_check1 CHECK (cap_micros >= amount_micros),
  CONSTRAINT recharge_setting_check2 CHECK (month_ends_at > month_starts_at),
  CONSTRAINT recharge_setting_paused_for_check CHECK (paused_for IN ('declined', 'no_card', 'unverified',
    'processor')),
  CONSTRAINT recharge_setting_threshold_micros_check CHECK (threshold_micros > 0),
  CONSTRAINT recharge_setting_version_check CHECK (version >= 0)
);

-- A change that somebody has in a window: reviewed here, so that the window carries nothing but the token.
CREATE TABLE recharge_draft (
  token             text NOT NULL,
  company_id        bigint NOT NULL,
  wallet_id         bigint NOT NULL,
  team_id           text NOT NULL,
  user_id           text NOT NULL,
  is_on             boolean,
  threshold_micros  bigint,
  amount_micros     bigint,
  cap_micros        bigint,
  created_at        timestamptz NOT NULL,
  setting_version   integer NOT NULL DEFAULT 0,
  version           integer NOT NULL DEFAULT 0,
  PRIMARY KEY (token),
  FOREIGN KEY (company_id) REFERENCES company(id),
  CONSTRAINT recharge_draft_setting_version_check CHECK (setting_version >= 0),
  CONSTRAINT recharge_draft_version_check CHECK (version >= 0)
);

-- A charge that its holder or bank took back, or means to. While one is open, or was lost and not cleared by the
-- operator, the company's purchases and recharges stand still.
CREATE TABLE dispute (
  company_id     bigint NOT NULL,
  id             bigint GENERATED ALWAYS AS IDENTITY,
  processor_id   text NOT NULL,
  order_id       bigint NOT NULL,
  state          text NOT NULL,
  opened_at      timestamptz NOT NULL,
  closed_at      timestamptz,
  cleared_at     timestamptz,
  -- How much of a payment is disputed: what is lost before its credit is there is taken back once it is (R16).
  amount_micros  bigint NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (processor_id),
  FOREIGN KEY (company_id) REFERENCES company(id),
  FOREIGN KEY (company_id, order_id) REFERENCES purchase_order(company_id, id),
  CONSTRAINT dispute_amount_micros_check CHECK (amount_micros > 0),
  CONSTRAINT dispute_check CHECK ((state = 'open') = (closed_at IS NULL)),
  CONSTRAINT dispute_state_check CHECK (state IN ('open', 'won', 'lost'))
);
CREATE INDEX dispute_order ON dispute (company_id, order_id);
CREATE INDEX dispute_standing ON dispute (company_id) WHERE state <> 'won' AND cleared_at IS NULL;

-- The operator's catalogue. A row is never changed, only retired: what was sold stays what it was.
CREATE TABLE bundle (
  id             bigint GENERATED ALWAYS AS IDENTITY,
  name           text NOT NULL,
  kind           text NOT NULL,
  period         text NOT NULL,
  credit_micros  bigint NOT NULL,
  price_micros   bigint NOT NULL,
  created_at     timestamptz NOT NULL,
  retired_at     timestamptz,
  PRIMARY KEY (id),
  CONSTRAINT bundle_credit_micros_check CHECK (credit_micros > 0),
  CONSTRAINT bundle_kind_check CHECK (kind IN ('calling', 'ai')),
  CONSTRAINT bundle_name_check CHECK (name <> ''),
  CONSTRAINT bundle_period_check CHECK (period IN ('monthly', 'annual')),
  CONSTRAINT bundle_price_micros_check CHECK (price_micros > 0)
);
CREATE UNIQUE INDEX bundle_name ON bundle (lower(name)) WHERE retired_at IS NULL;

-- What a company gets each period: a bundle, or recurring general credits (no bundle; price 0: free).
CREATE TABLE subscription (
  company_id      bigint NOT NULL,
  id              bigint GENERATED ALWAYS AS IDENTITY,
  token           text NOT NULL,
  office_id       bigint,
  bundle_id       bigint,
  -- Takes the bundle's place when the next period opens.
  next_bundle_id  bigint,
  credit_micros   bigint NOT NULL,
  price_micros    bigint NOT NULL,
  state           text NOT NULL,
  is_ending       boolean NOT NULL DEFAULT false,
  actor           text NOT NULL,
  created_at      timestamptz NOT NULL,
  -- How many periods were opened, and when the next one opens: where the last one ended, whatever became of the
  -- calendar since.
  periods         integer NOT NULL DEFAULT 0,
  next_period_at  timestamptz NOT NULL,
  ended_at        timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (token),
  FOREIGN KEY (bundle_id) REFERENCES bundle(id),
  FOREIGN KEY (next_bundle_id) REFERENCES bundle(id),
  CONSTRAINT subscription_check CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CONSTRAINT subscription_credit_micros_check CHECK (credit_micros > 0),
  CONSTRAINT subscription_periods_check CHECK (periods >= 0),
  CONSTRAINT subscription_price_micros_check CHECK (price_micros >= 0),
  CONSTRAINT subscription_state_check CHECK (state IN ('active', 'paused', 'ended'))
);
CREATE INDEX subscription_due ON subscription (next_period_at) WHERE state = 'active';

CREATE TABLE subscription_period (
  company_id       bigint NOT NULL,
  subscription_id  bigint NOT NULL,
  number           integer NOT NULL,
  starts_at        timestamptz NOT NULL,
  ends_at          timestamptz NOT NULL,
  kind             text NOT NULL,
  name             text NOT NULL,
  credit_micros    bigint NOT NULL,
  price_micros     bigint NOT NULL,
  -- Missed: it was over before anything could open it, and was neither charged nor credited.
  state            text NOT NULL,
  order_id         bigint,
  failures         integer NOT NULL DEFAULT 0,
  retry_at         timestamptz,
  credited_at      timestamptz,
  told_percent     smallint NOT NULL DEFAULT 0,
  lapse_told_at    timestamptz,
  PRIMARY KEY (company_id, subscription_id, number),
  UNIQUE (company_id, order_id),
  FOREIGN KEY (company_id, subscription_id) REFERENCES subscription(company_id, id),
  CONSTRAINT subscription_period_check CHECK (starts_at < ends_at),
  CONSTRAINT subscription_period_check1 CHECK ((state = 'credited') = (credited_at IS NOT NULL)),
  CONSTRAINT subscription_period_check2 CHECK (retry_at IS NULL OR state = 'due'),
  CONSTRAINT subscription_period_credit_micros_check CHECK (credit_micros > 0),
  CONSTRAINT subscription_period_kind_check CHECK (kind IN ('general', 'calling', 'ai')),
  CONSTRAINT subscription_period_number_check CHECK (number >= 0),
  CONSTRAINT subscription_period_price_micros_check CHECK (price_micros >= 0),
  CONSTRAINT subscription_period_state_check CHECK (state IN ('due', 'credited', 'unpaid', 'missed')),
  CONSTRAINT subscription_period_told_percent_check CHECK (told_percent = ANY (ARRAY[0, 80, 90, 100]))
);
CREATE INDEX subscription_period_live ON subscription_period (ends_at) WHERE state = 'credited' AND kind <> 'general';
CREATE INDEX subscription_period_retry ON subscription_period (retry_at) WHERE retry_at IS NOT NULL;

-- Numbers without a gap: the row stays locked until the invoice that took the number is committed.
CREATE TABLE invoice_counter (
  year         smallint NOT NULL,
  last_number  integer NOT NULL,
  PRIMARY KEY (year),
  CONSTRAINT invoice_counter_last_number_check CHECK (last_number > 0)
);

CREATE TABLE invoice (
  company_id    bigint NOT NULL,
  id            bigint GENERATED ALWAYS AS IDENTITY,
  token         text NOT NULL,
  year          smallint NOT NULL,
  number        integer NOT NULL,
  -- What was credited before this instant is on it.
  closes_at     timestamptz NOT NULL,
  issued_at     timestamptz NOT NULL,
  due_at        timestamptz NOT NULL,
  total_micros  bigint NOT NULL,
  state         text NOT NULL,
  resolved_at   timestamptz,
  starts_at     timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (token),
  UNIQUE (year, number),
  CONSTRAINT invoice_check CHECK ((state IN ('paid', 'void')) = (resolved_at IS NOT NULL)),
  CONSTRAINT invoice_check1 CHECK (starts_at < closes_at),
  CONSTRAINT invoice_state_check CHECK (state IN ('open', 'overdue', 'paid', 'void')),
  CONSTRAINT invoice_total_micros_check CHECK (total_micros > 0)
);
CREATE INDEX invoice_due ON invoice (due_at) WHERE state = 'open';

-- One line for each credit that was given on invoice, made in the transaction of the credit.
CREATE TABLE invoice_item (
  company_id      bigint NOT NULL,
  order_id        bigint NOT NULL,
  invoice_id      bigint,
  amount_micros   bigint NOT NULL,
  description     text NOT NULL,
  receipt_number  bigint NOT NULL,
  at              timestamptz NOT NULL,
  PRIMARY KEY (company_id, order_id),
  FOREIGN KEY (company_id, invoice_id) REFERENCES invoice(company_id, id),
  CONSTRAINT invoice_item_amount_micros_check CHECK (amount_micros > 0)
);
CREATE INDEX invoice_item_open ON invoice_item (company_id, at) WHERE invoice_id IS NULL;

-- One small charge, whose amount only the card's holder can know. The amount stands here and on the statement,
-- nowhere else.
CREATE TABLE card_check (
  company_id          bigint NOT NULL,
  id                  bigint GENERATED ALWAYS AS IDENTITY,
  token               text NOT NULL,
  card_id             bigint NOT NULL,
  fingerprint         text NOT NULL,
  amount_micros       bigint NOT NULL,
  state               text NOT NULL,
  -- Wrong answers.
  tries               integer NOT NULL DEFAULT 0,
  team_id             text NOT NULL,
  user_id             text NOT NULL,
  intent_id           text,
  confirming_at       timestamptz,
  action_url          text,
  failure_code        text,
  created_at          timestamptz NOT NULL,
  charged_at          timestamptz,
  resolved_at         timestamptz,
  refunded_at         timestamptz,
  next_look_at        timestamptz,
  looks               integer NOT NULL DEFAULT 0,
  -- The direct message in which it was asked for, which follows what becomes of it.
  message_channel_id  text,
  message_ts          text,
  PRIMARY KEY (company_id, id),
  UNIQUE (intent_id),
  UNIQUE (token),
  FOREIGN KEY (company_id, card_id) REFERENCES card(company_id, id),
  CONSTRAINT card_check_amount_micros_check CHECK (amount_micros >= 500000 AND amount_micros <= 1990000),
  CONSTRAINT card_check_check CHECK ((state IN ('confirmed', 'locked', 'expired', 'failed')) = (resolved_at IS NOT
    NULL)),
  CONSTRAINT card_check_check1 CHECK (refunded_at IS NULL OR (charged_at IS NOT NULL AND resolved_at IS NOT NULL)),
  CONSTRAINT card_check_state_check CHECK (state IN ('charging', 'needs_action', 'waiting', 'confirmed', 'locked',
    'expired', 'failed')),
  CONSTRAINT card_check_tries_check CHECK (tries >= 0 AND tries <= 3)
);
-- What a sweeper looks for: a charge or a refund to be made, or an answer that never came.
CREATE INDEX card_check_due ON card_check (next_look_at) WHERE next_look_at IS NOT NULL;
CREATE INDEX card_check_fingerprint ON card_check (fingerprint);
CREATE UNIQUE INDEX card_check_one_open ON card_check (company_id, card_id)
  WHERE state IN ('charging', 'needs_action', 'waiting');

-- The question to a second admin, and its one answer. People are TEAM/USER.
CREATE TABLE approval (
  company_id    bigint NOT NULL,
  id            bigint GENERATED ALWAYS AS IDENTITY,
  token         text NOT NULL,
  order_id      bigint,
  state         text NOT NULL,
  limit_micros  bigint NOT NULL,
  asked_by      text NOT NULL,
  asked_at      timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  decided_by    text,
  decided_at    timestamptz,
  -- The change that is made at the yes; null: the question is about a purchase.
  change        jsonb,
  -- What the change is about: one open question each.
  matter        text,
  method        text,
  card_id       bigint,
  closed_for    text,
  -- The operator's reason for their answer.
  reason        text,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, order_id),
  UNIQUE (token),
  FOREIGN KEY (company_id, card_id) REFERENCES card(company_id, id),
  FOREIGN KEY (company_id, order_id) REFERENCES purchase_order(company_id, id),
  CONSTRAINT approval_change_matter CHECK ((change IS NULL) = (matter IS NULL)),
  CONSTRAINT approval_check CHECK (expires_at > asked_at),
  CONSTRAINT approval_check1 CHECK ((state = 'open') = (decided_at IS NULL)),
  CONSTRAINT approval_check2 CHECK ((state IN ('approved', 'declined')) = (decided_by IS NOT NULL)),
  -- Whatever the code does: a question is never answered by who asked it.
  CONSTRAINT approval_check3 CHECK (decided_by <> asked_by),
  CONSTRAINT approval_closed_for CHECK ((state = 'closed') = (closed_for IS NOT NULL)),
  CONSTRAINT approval_closed_for_check CHECK (closed_for IN ('requester', 'sharing', 'move')),
  CONSTRAINT approval_limit_micros_check CHECK (limit_micros > 0),
  CONSTRAINT approval_method_check CHECK (method IN ('card', 'invoice')),
  CONSTRAINT approval_one_subject CHECK ((order_id IS NULL) <> (change IS NULL)),
  CONSTRAINT approval_state_check CHECK (state IN ('open', 'approved', 'declined', 'expired', 'overtaken', 'closed'))
);
CREATE UNIQUE INDEX approval_one_open ON approval (company_id, matter) WHERE state = 'open' AND matter IS NOT NULL;
-- What a sweeper ends: questions that nobody answered.
CREATE INDEX approval_open ON approval (expires_at) WHERE state = 'open';

-- Who may not buy asks in the channel for somebody who may. People are TEAM/USER.
CREATE TABLE credit_request (
  company_id     bigint NOT NULL,
  id             bigint GENERATED ALWAYS AS IDENTITY,
  token          text NOT NULL,
  asked_by       text NOT NULL,
  -- Null: the company's pool.
  office_id      bigint,
  -- Null: whoever answers chooses.
  amount_micros  bigint,
  -- In the asker's own words; '' for none.
  reason         text NOT NULL,
  state          text NOT NULL,
  asked_at       timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  answered_by    text,
  answered_at    timestamptz,
  -- The purchase that answered it.
  order_id       bigint,
  closed_for     text,
  -- In the words of whoever declined it; '' for none.
  answer         text NOT NULL DEFAULT '',
  PRIMARY KEY (company_id, id),
  UNIQUE (token),
  CONSTRAINT credit_request_amount_micros_check CHECK (amount_micros > 0),
  CONSTRAINT credit_request_answer_check CHECK (length(answer) <= 200),
  CONSTRAINT credit_request_answered CHECK ((state IN ('bought', 'declined')) = (answered_by IS NOT NULL)),
  CONSTRAINT credit_request_check CHECK (expires_at > asked_at),
  CONSTRAINT credit_request_check1 CHECK ((state = 'open') = (answered_at IS NULL)),
  CONSTRAINT credit_request_check3 CHECK ((state = 'bought') = (order_id IS NOT NULL)),
  CONSTRAINT credit_request_closed_for CHECK ((state = 'closed') = (closed_for IS NOT NULL)),
  CONSTRAINT credit_request_closed_for_check CHECK (closed_for IN ('requester', 'sharing', 'move')),
  CONSTRAINT credit_request_reason_check CHECK (length(reason) <= 200),
  CONSTRAINT credit_request_state_check CHECK (state IN ('open', 'bought', 'declined', 'expired', 'closed'))
);
-- Nobody fills the channel: one open request a person.
CREATE UNIQUE INDEX credit_request_one_open ON credit_request (company_id, asked_by) WHERE state = 'open';
CREATE INDEX credit_request_open ON credit_request (expires_at) WHERE state = 'open';

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
  state            text NOT NULL,
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
  CONSTRAINT invoice_file_check CHECK ((team_id IS NULL) = (user_id IS NULL)),
  CONSTRAINT invoice_file_check1 CHECK (state NOT IN ('uploaded', 'sent') OR file_id IS NOT NULL),
  CONSTRAINT invoice_file_check2 CHECK ((state IN ('pending', 'uploaded')) = (next_attempt_at IS NOT NULL)),
  CONSTRAINT invoice_file_check3 CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
  CONSTRAINT invoice_file_state_check CHECK (state IN ('pending', 'uploaded', 'sent', 'failed'))
);
CREATE INDEX invoice_file_due ON invoice_file (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

CREATE TABLE invoice_mirror (
  company_id      bigint NOT NULL,
  invoice_id      bigint NOT NULL,
  -- pending: not complete over there yet. paid, void: over.
  state           text NOT NULL,
  -- A creation was begun then, with these days: whether it came to be is looked up before another is.
  creating_at     timestamptz,
  days_until_due  integer,
  processor_id    text,
  pay_url         text,
  -- Somebody tried to pay it over there, and could not.
  has_failed      boolean NOT NULL DEFAULT false,
  -- What was refused for certain may be asked for again under another key.
  refusals        integer NOT NULL DEFAULT 0,
  attempts        integer NOT NULL DEFAULT 0,
  next_look_at    timestamptz,
  last_error      text,
  PRIMARY KEY (company_id, invoice_id),
  UNIQUE (processor_id),
  CONSTRAINT invoice_mirror_check CHECK ((creating_at IS NULL) = (days_until_due IS NULL)),
  CONSTRAINT invoice_mirror_check1 CHECK (processor_id IS NULL OR creating_at IS NOT NULL),
  CONSTRAINT invoice_mirror_check2 CHECK (state = 'pending' OR processor_id IS NOT NULL),
  CONSTRAINT invoice_mirror_check3 CHECK ((state IN ('paid', 'void')) = (next_look_at IS NULL)),
  CONSTRAINT invoice_mirror_days_until_due_check CHECK (days_until_due > 0),
  CONSTRAINT invoice_mirror_state_check CHECK (state IN ('pending', 'open', 'uncollectible', 'paid', 'void'))
);
CREATE INDEX invoice_mirror_due ON invoice_mirror (next_look_at) WHERE next_look_at IS NOT NULL;

-- What a window shows, so that a change is judged against what was seen, and the window carries nothing but the
-- token.
CREATE TABLE settings_draft (
  token       text NOT NULL,
  company_id  bigint NOT NULL,
  team_id     text NOT NULL,
  user_id     text NOT NULL,
  shown       jsonb NOT NULL,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (token)
);
CREATE INDEX settings_draft_company ON settings_draft (company_id, created_at);

-- Where a company's directory is read from, and how that went.
CREATE TABLE directory_source (
  company_id     bigint NOT NULL,
  url            text NOT NULL,
  key_encrypted  text NOT NULL,
  -- When it is read next.
  due_at         timestamptz NOT NULL,
  tried_at       timestamptz,
  done_at        timestamptz,
  outcome        text,
  -- What to tell the operator of the last time.
  words          text,
  PRIMARY KEY (company_id),
  CONSTRAINT directory_source_check CHECK ((outcome IS NULL) = (tried_at IS NULL)),
  CONSTRAINT directory_source_check1 CHECK ((outcome IS NULL) = (words IS NULL)),
  CONSTRAINT directory_source_outcome_check CHECK (outcome IN ('done', 'refused', 'failed')),
  CONSTRAINT directory_source_url_check CHECK (url ~ '^https?://')
);
CREATE INDEX directory_source_due ON directory_source (due_at);

-- What a wallet's entries come to, by quarter-hour of posting, summed up once they are there, as they never change: what
-- explains a balance reads millions of entries in a moment.
CREATE TABLE entry_rollup (
  company_id      bigint NOT NULL,
  wallet_id       bigint NOT NULL,
  -- The quarter-hour of posting.
  bucket_at       timestamptz NOT NULL,
  -- Of an entry that is not summed up with others; 0: of all usage, or all corrections, of a class and kind.
  alone_seq       bigint NOT NULL,
  type            entry_type NOT NULL,
  class           text NOT NULL,
  category        text NOT NULL,
  first_seq       bigint NOT NULL,
  entries         bigint NOT NULL,
  in_micros       bigint NOT NULL,
  out_micros      bigint NOT NULL,
  general_micros  bigint NOT NULL,
  calling_micros  bigint NOT NULL,
  ai_micros       bigint NOT NULL,
  debt_micros     bigint NOT NULL,
  PRIMARY KEY (company_id, wallet_id, bucket_at, alone_seq, type, class, category)
) WITH (fillfactor = 50);

-- How far a wallet's entries are summed up: the last of them.
CREATE TABLE wallet_summed (
  company_id  bigint NOT NULL,
  wallet_id   bigint NOT NULL,
  seq         bigint NOT NULL,
  seal        bigint NOT NULL,
  PRIMARY KEY (company_id, wallet_id)
) WITH (fillfactor = 50);

CREATE TABLE operator_notice (
  id            bigint GENERATED ALWAYS AS IDENTITY,
  kind          text NOT NULL,
  -- Absent: it concerns the whole installation.
  company_id    bigint,
  -- Tells two open notices of one kind and company apart, e.g. a channel's id; empty where there is only one.
  subject       text NOT NULL DEFAULT '',
  details       jsonb NOT NULL DEFAULT '{}'::jsonb,
  count         integer NOT NULL DEFAULT 1,
  since         timestamptz NOT NULL,
  last_at       timestamptz NOT NULL,
  -- When it was logged, and posted to the operator's channel where there is one; absent: not yet.
  announced_at  timestamptz,
  resolved_at   timestamptz,
  PRIMARY KEY (id),
  FOREIGN KEY (company_id) REFERENCES company(id),
  CONSTRAINT operator_notice_check CHECK (last_at >= since),
  CONSTRAINT operator_notice_check1 CHECK (resolved_at IS NULL OR resolved_at >= since),
  CONSTRAINT operator_notice_count_check CHECK (count > 0),
  CONSTRAINT operator_notice_kind_check CHECK (kind <> '')
);
CREATE UNIQUE INDEX operator_notice_open ON operator_notice (kind, company_id, subject) NULLS NOT DISTINCT
  WHERE resolved_at IS NULL;
CREATE INDEX operator_notice_unannounced ON operator_notice (id) WHERE announced_at IS NULL;

-- A reviewed change of how a company shares its credits (R5): the modal, or the command line, carries the token
-- alone.
CREATE TABLE sharing_draft (
  token       text NOT NULL,
  company_id  bigint NOT NULL,
  -- TEAM/USER, or operator: another's token is no token.
  actor       text NOT NULL,
  choice      jsonb NOT NULL,
  -- What the review depended on besides balances.
  basis       text NOT NULL,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (token)
);
CREATE INDEX sharing_draft_company ON sharing_draft (company_id, created_at);

-- When each kind of delivery from outside came last: what `refill doctor` knows about wires that only others can
-- test. A process writes a kind at most once a minute, so the row is no hot spot.
CREATE TABLE delivery_seen (
  kind  text NOT NULL,
  at    timestamptz(6) NOT NULL,
  PRIMARY KEY (kind),
  CONSTRAINT delivery_seen_kind_check CHECK (kind IN ('slack', 'slack_refused', 'processor', 'processor_refused'))
);
