-- Credit that comes every billing period (bundles R3, recurring funds R17), and what invoiced companies owe (R10).

ALTER TABLE purchase_order DROP CONSTRAINT purchase_order_kind_check;
ALTER TABLE purchase_order ADD CONSTRAINT purchase_order_kind_check
  CHECK (kind IN ('purchase', 'recharge', 'bundle', 'recurring', 'card_check'));

-- The operator's catalogue. A row is never changed, only retired: what was sold stays what it was.
CREATE TABLE bundle (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name           text NOT NULL CHECK (name <> ''),
  kind           text NOT NULL CHECK (kind IN ('calling', 'ai')),
  period         text NOT NULL CHECK (period IN ('monthly', 'annual')),
  credit_micros  bigint NOT NULL CHECK (credit_micros > 0),
  price_micros   bigint NOT NULL CHECK (price_micros > 0),
  created_at     timestamptz NOT NULL,
  retired_at     timestamptz
);
CREATE UNIQUE INDEX bundle_name ON bundle (lower(name)) WHERE retired_at IS NULL;

-- What a company gets each period: a bundle, or recurring general credits (no bundle; price 0: free).
CREATE TABLE subscription (
  company_id      bigint NOT NULL,
  id              bigint GENERATED ALWAYS AS IDENTITY,
  token           text NOT NULL UNIQUE,
  office_id       bigint,
  bundle_id       bigint REFERENCES bundle,
  -- Takes the bundle's place when the next period opens.
  next_bundle_id  bigint REFERENCES bundle,
  credit_micros   bigint NOT NULL CHECK (credit_micros > 0),
  price_micros    bigint NOT NULL CHECK (price_micros >= 0),
  state           text NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
  is_ending       boolean NOT NULL DEFAULT false,
  actor           text NOT NULL,
  created_at      timestamptz NOT NULL,
  -- How many periods were opened, and when the next one opens: where the last one ended, whatever became of the
  -- calendar since.
  periods         integer NOT NULL DEFAULT 0 CHECK (periods >= 0),
  next_period_at  timestamptz NOT NULL,
  ended_at        timestamptz,
  PRIMARY KEY (company_id, id),
  CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
CREATE INDEX subscription_due ON subscription (next_period_at) WHERE state = 'active';

CREATE TABLE subscription_period (
  company_id       bigint NOT NULL,
  subscription_id  bigint NOT NULL,
  number           integer NOT NULL CHECK (number >= 0),
  starts_at        timestamptz NOT NULL,
  ends_at          timestamptz NOT NULL,
  kind             text NOT NULL CHECK (kind IN ('general', 'calling', 'ai')),
  name             text NOT NULL,
  credit_micros    bigint NOT NULL CHECK (credit_micros > 0),
  price_micros     bigint NOT NULL CHECK (price_micros >= 0),
  -- Missed: it was over before anything could open it, and was neither charged nor credited.
  state            text NOT NULL CHECK (state IN ('due', 'credited', 'unpaid', 'missed')),
  order_id         bigint,
  failures         integer NOT NULL DEFAULT 0,
  retry_at         timestamptz,
  credited_at      timestamptz,
  told_percent     smallint NOT NULL DEFAULT 0 CHECK (told_percent IN (0, 80, 90, 100)),
  lapse_told_at    timestamptz,
  PRIMARY KEY (company_id, subscription_id, number),
  FOREIGN KEY (company_id, subscription_id) REFERENCES subscription,
  UNIQUE (company_id, order_id),
  CHECK (starts_at < ends_at),
  CHECK ((state = 'credited') = (credited_at IS NOT NULL)),
  CHECK (retry_at IS NULL OR state = 'due')
);
CREATE INDEX subscription_period_retry ON subscription_period (retry_at) WHERE retry_at IS NOT NULL;
CREATE INDEX subscription_period_live ON subscription_period (ends_at) WHERE state = 'credited' AND kind <> 'general';

-- Numbers without a gap: the row stays locked until the invoice that took the number is committed.
CREATE TABLE invoice_counter (
  year         smallint PRIMARY KEY,
  last_number  integer NOT NULL CHECK (last_number > 0)
);

CREATE TABLE invoice (
  company_id    bigint NOT NULL,
  id            bigint GENERATED ALWAYS AS IDENTITY,
  token         text NOT NULL UNIQUE,
  year          smallint NOT NULL,
  number        integer NOT NULL,
  -- What was credited before this instant is on it.
  closes_at     timestamptz NOT NULL,
  issued_at     timestamptz NOT NULL,
  due_at        timestamptz NOT NULL,
  total_micros  bigint NOT NULL CHECK (total_micros > 0),
  state         text NOT NULL CHECK (state IN ('open', 'overdue', 'paid', 'void')),
  resolved_at   timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (year, number),
  CHECK ((state IN ('paid', 'void')) = (resolved_at IS NOT NULL))
);
CREATE INDEX invoice_due ON invoice (due_at) WHERE state = 'open';

-- One line for each credit that was given on invoice, made in the transaction of the credit.
CREATE TABLE invoice_item (
  company_id     bigint NOT NULL,
  order_id       bigint NOT NULL,
  invoice_id     bigint,
  amount_micros  bigint NOT NULL CHECK (amount_micros > 0),
  description    text NOT NULL,
  receipt_number bigint NOT NULL,
  at             timestamptz NOT NULL,
  PRIMARY KEY (company_id, order_id),
  FOREIGN KEY (company_id, invoice_id) REFERENCES invoice
);
CREATE INDEX invoice_item_open ON invoice_item (company_id, at) WHERE invoice_id IS NULL;

INSERT INTO invoice_item (company_id, order_id, amount_micros, description, receipt_number, at)
SELECT company_id, id, amount_micros, 'Credits', receipt_number, settled_at
FROM purchase_order WHERE method = 'invoice' AND state = 'settled';
