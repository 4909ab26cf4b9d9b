-- A refund at the card processor of what a purchase charged: one reversal of its credit, or none where nothing was left.
CREATE TABLE refund (
  company_id       bigint NOT NULL,
  id               bigint GENERATED ALWAYS AS IDENTITY,
  processor_id     text NOT NULL,
  order_id         bigint NOT NULL,
  state            text NOT NULL,
  amount_micros    bigint NOT NULL,
  failure_reason   text,
  -- By the processor's clock.
  created_at       timestamptz NOT NULL,
  noticed_at       timestamptz NOT NULL,
  -- What it has taken of the credit; null until it has: the order may not be credited yet.
  reversed_micros  bigint,
  reversed_at      timestamptz,
  -- When that was given back, as the refund failed.
  restored_at      timestamptz,
  -- When the processor is asked again how it stands; null: never.
  next_look_at     timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (processor_id),
  FOREIGN KEY (company_id) REFERENCES company(id),
  FOREIGN KEY (company_id, order_id) REFERENCES purchase_order(company_id, id),
  CONSTRAINT refund_amount_micros_check CHECK (amount_micros > 0),
  CONSTRAINT refund_state_check CHECK (state IN ('requires_action', 'pending', 'succeeded', 'failed', 'canceled')),
  CONSTRAINT refund_failure_reason_check CHECK (failure_reason IS NULL OR state = 'failed'),
  CONSTRAINT refund_reversed_check CHECK (reversed_micros >= 0 AND (reversed_micros IS NULL) = (reversed_at IS NULL)),
  CONSTRAINT refund_restored_check CHECK (restored_at IS NULL
    OR (reversed_at IS NOT NULL AND state IN ('failed', 'canceled')))
);
CREATE INDEX refund_order ON refund (company_id, order_id);
CREATE INDEX refund_next_look ON refund (next_look_at) WHERE next_look_at IS NOT NULL;

-- An inquiry asks and takes nothing; it may become a dispute under the same id, or is closed. A lost dispute may be
-- appealed, and what it took is given back where it is won after all.
ALTER TABLE dispute
  ADD COLUMN reversed_micros bigint,
  ADD COLUMN reversed_at timestamptz,
  ADD COLUMN restored_at timestamptz,
  ADD COLUMN next_look_at timestamptz;
ALTER TABLE dispute DROP CONSTRAINT dispute_check, DROP CONSTRAINT dispute_state_check;
ALTER TABLE dispute
  ADD CONSTRAINT dispute_check CHECK ((state IN ('inquiry', 'open')) = (closed_at IS NULL)),
  ADD CONSTRAINT dispute_state_check CHECK (state IN ('inquiry', 'open', 'won', 'lost', 'closed')),
  ADD CONSTRAINT dispute_reversed_check CHECK (reversed_micros >= 0
    AND (reversed_micros IS NULL) = (reversed_at IS NULL)),
  ADD CONSTRAINT dispute_restored_check CHECK (restored_at IS NULL OR (reversed_at IS NOT NULL AND state = 'won'));
UPDATE dispute SET reversed_micros = (posting.result->>'reversedMicros')::bigint, reversed_at = posting.posted_at
FROM posting
WHERE posting.company_id = dispute.company_id AND posting.key = 'dispute:' || dispute.processor_id
  AND posting.operation = 'reverse-grant';
UPDATE dispute SET next_look_at = opened_at WHERE state = 'open';
DROP INDEX dispute_standing;
CREATE INDEX dispute_standing ON dispute (company_id) WHERE state IN ('open', 'lost') AND cleared_at IS NULL;
CREATE INDEX dispute_next_look ON dispute (next_look_at) WHERE next_look_at IS NOT NULL;

-- How far the processor's lists were looked through, and when they are looked through again.
CREATE TABLE processor_sweep (
  subject       text NOT NULL PRIMARY KEY,
  looked_until  timestamptz NOT NULL,
  due_at        timestamptz NOT NULL,
  CONSTRAINT processor_sweep_subject_check CHECK (subject IN ('refunds', 'disputes'))
);

-- A refund that leaves a wallet below its threshold pauses its auto-recharge, and says how much was refunded.
ALTER TABLE recharge_setting ADD COLUMN paused_micros bigint;
ALTER TABLE recharge_setting DROP CONSTRAINT recharge_setting_paused_for_check;
ALTER TABLE recharge_setting
  ADD CONSTRAINT recharge_setting_paused_for_check CHECK (paused_for IN ('declined', 'no_card', 'unverified',
    'processor', 'refunded')),
  ADD CONSTRAINT recharge_setting_paused_micros_check CHECK ((paused_micros IS NOT NULL)
    = (coalesce(paused_for, '') = 'refunded'));
