-- Sets of values that are closed, outside the ledger, become enums; what grows with features stays text with a CHECK
-- (docs/decisions/006-enums.md). One ALTER TABLE a table, so that each is rewritten once.
CREATE TYPE payment_method AS ENUM ('card', 'invoice');
CREATE TYPE card_check_policy AS ENUM ('never', 'first', 'every');
CREATE TYPE approval_state AS ENUM ('open', 'approved', 'declined', 'expired', 'overtaken', 'closed');
CREATE TYPE credit_request_state AS ENUM ('open', 'bought', 'declined', 'expired', 'closed');
CREATE TYPE person_role AS ENUM ('company_admin', 'office_admin', 'manager', 'member');
CREATE TYPE member_kind AS ENUM ('person', 'shared_line');
CREATE TYPE phone_number_kind AS ENUM ('local', 'toll_free', 'mobile', 'other');
CREATE TYPE instance_mode AS ENUM ('sandbox', 'play_money', 'live');
CREATE TYPE bundle_kind AS ENUM ('calling', 'ai');
CREATE TYPE bundle_period AS ENUM ('monthly', 'annual');
CREATE TYPE balance_level AS ENUM ('low', 'out');
CREATE TYPE notice_state AS ENUM ('pending', 'sent', 'failed');
CREATE TYPE export_state AS ENUM ('draft', 'queued', 'running', 'uploading', 'sharing', 'done', 'empty', 'failed',
  'cancelled');
CREATE TYPE invoice_state AS ENUM ('open', 'overdue', 'paid', 'void');
CREATE TYPE invoice_mirror_state AS ENUM ('pending', 'open', 'uncollectible', 'paid', 'void');
CREATE TYPE invoice_file_state AS ENUM ('pending', 'uploaded', 'sent', 'failed');
CREATE TYPE invoice_claim_kind AS ENUM ('refund', 'dispute');
CREATE TYPE subscription_state AS ENUM ('active', 'paused', 'ended');
CREATE TYPE subscription_period_state AS ENUM ('due', 'credited', 'unpaid', 'missed');
CREATE TYPE credit_adjustment_kind AS ENUM ('opening', 'grant', 'deduction');
CREATE TYPE directory_outcome AS ENUM ('done', 'refused', 'failed');
CREATE TYPE rate_deck_mode AS ENUM ('full', 'changes');

ALTER TABLE company
  DROP CONSTRAINT company_billing_method_check,
  DROP CONSTRAINT company_card_check_check,
  ALTER COLUMN billing_method TYPE payment_method USING billing_method::payment_method,
  ALTER COLUMN card_check DROP DEFAULT,
  ALTER COLUMN card_check TYPE card_check_policy USING card_check::card_check_policy,
  ALTER COLUMN card_check SET DEFAULT 'first';

-- A card's check is a row of its own table and never was an order.
ALTER TABLE purchase_order
  DROP CONSTRAINT purchase_order_kind_check,
  DROP CONSTRAINT purchase_order_method_check,
  ALTER COLUMN method TYPE payment_method USING method::payment_method,
  ADD CONSTRAINT purchase_order_kind_check CHECK (kind IN ('purchase', 'recharge', 'bundle', 'recurring'));

DROP INDEX approval_one_open;
DROP INDEX approval_open;
ALTER TABLE approval
  DROP CONSTRAINT approval_check1,
  DROP CONSTRAINT approval_check2,
  DROP CONSTRAINT approval_closed_for,
  DROP CONSTRAINT approval_method_check,
  DROP CONSTRAINT approval_state_check,
  ALTER COLUMN method TYPE payment_method USING method::payment_method,
  ALTER COLUMN state TYPE approval_state USING state::approval_state,
  ADD CONSTRAINT approval_check1 CHECK ((state = 'open') = (decided_at IS NULL)),
  ADD CONSTRAINT approval_check2 CHECK ((state IN ('approved', 'declined')) = (decided_by IS NOT NULL)),
  ADD CONSTRAINT approval_closed_for CHECK ((state = 'closed') = (closed_for IS NOT NULL));
CREATE UNIQUE INDEX approval_one_open ON approval (company_id, subject_key)
  WHERE (state = 'open') AND (subject_key IS NOT NULL);
CREATE INDEX approval_open ON approval (expires_at) WHERE state = 'open';

DROP INDEX credit_request_one_open;
DROP INDEX credit_request_open;
ALTER TABLE credit_request
  DROP CONSTRAINT credit_request_answered,
  DROP CONSTRAINT credit_request_check1,
  DROP CONSTRAINT credit_request_check3,
  DROP CONSTRAINT credit_request_closed_for,
  DROP CONSTRAINT credit_request_state_check,
  ALTER COLUMN state TYPE credit_request_state USING state::credit_request_state,
  ADD CONSTRAINT credit_request_answered CHECK ((state IN ('bought', 'declined')) = (answered_by IS NOT NULL)),
  ADD CONSTRAINT credit_request_check1 CHECK ((state = 'open') = (answered_at IS NULL)),
  ADD CONSTRAINT credit_request_check3 CHECK ((state = 'bought') = (order_id IS NOT NULL)),
  ADD CONSTRAINT credit_request_closed_for CHECK ((state = 'closed') = (closed_for IS NOT NULL));
CREATE UNIQUE INDEX credit_request_one_open ON credit_request (company_id, asked_by) WHERE state = 'open';
CREATE INDEX credit_request_open ON credit_request (expires_at) WHERE state = 'open';

ALTER TABLE role_assignment
  DROP CONSTRAINT role_assignment_place,
  DROP CONSTRAINT role_assignment_role_check,
  ALTER COLUMN role TYPE person_role USING role::person_role,
  ADD CONSTRAINT role_assignment_place CHECK (CASE role
    WHEN 'office_admin' THEN office_id IS NOT NULL AND department_id IS NULL
    WHEN 'manager' THEN num_nonnulls(office_id, department_id) = 1
    ELSE office_id IS NULL AND department_id IS NULL END);

DROP INDEX member_slack_look;
ALTER TABLE member
  DROP CONSTRAINT member_kind_check,
  ALTER COLUMN kind TYPE member_kind USING kind::member_kind;
CREATE INDEX member_slack_look ON member (slack_look_at)
  WHERE (slack_user_id IS NULL) AND active AND (kind = 'person') AND (email IS NOT NULL);

ALTER TABLE phone_number
  DROP CONSTRAINT phone_number_kind_check,
  ALTER COLUMN kind TYPE phone_number_kind USING kind::phone_number_kind;

ALTER TABLE instance
  DROP CONSTRAINT instance_mode_check,
  ALTER COLUMN mode TYPE instance_mode USING mode::instance_mode;

ALTER TABLE bundle
  DROP CONSTRAINT bundle_kind_check,
  DROP CONSTRAINT bundle_period_check,
  ALTER COLUMN kind TYPE bundle_kind USING kind::bundle_kind,
  ALTER COLUMN period TYPE bundle_period USING period::bundle_period;

ALTER TABLE balance_alert
  DROP CONSTRAINT balance_alert_level_check,
  ALTER COLUMN level TYPE balance_level USING level::balance_level;

DROP INDEX notice_due;
ALTER TABLE notice
  DROP CONSTRAINT notice_check,
  DROP CONSTRAINT notice_state_check,
  ALTER COLUMN state TYPE notice_state USING state::notice_state,
  ADD CONSTRAINT notice_check CHECK ((state = 'sent') = (sent_revision = revision));
CREATE INDEX notice_due ON notice (next_attempt_at) WHERE state = 'pending';

DROP INDEX usage_export_draft;
ALTER TABLE usage_export
  DROP CONSTRAINT usage_export_check,
  DROP CONSTRAINT usage_export_check1,
  DROP CONSTRAINT usage_export_check2,
  DROP CONSTRAINT usage_export_check3,
  DROP CONSTRAINT usage_export_state_check,
  ALTER COLUMN state TYPE export_state USING state::export_state,
  ALTER COLUMN drawn_state TYPE export_state USING drawn_state::export_state,
  ADD CONSTRAINT usage_export_check CHECK ((state = 'draft') = (asked_at IS NULL)),
  ADD CONSTRAINT usage_export_check1 CHECK ((state IN ('done', 'empty', 'failed', 'cancelled')) =
    (finished_at IS NOT NULL)),
  ADD CONSTRAINT usage_export_check2 CHECK ((state <> 'sharing') OR (cardinality(file_ids) > 0)),
  ADD CONSTRAINT usage_export_check3 CHECK ((state <> 'failed') OR
    ((failure IS NOT NULL) AND (reference IS NOT NULL)));
CREATE INDEX usage_export_draft ON usage_export (created_at) WHERE state = 'draft';

DROP INDEX invoice_due;
ALTER TABLE invoice
  DROP CONSTRAINT invoice_check,
  DROP CONSTRAINT invoice_reopened_check,
  DROP CONSTRAINT invoice_state_check,
  ALTER COLUMN state TYPE invoice_state USING state::invoice_state,
  ADD CONSTRAINT invoice_check CHECK ((state IN ('paid', 'void')) = (resolved_at IS NOT NULL)),
  ADD CONSTRAINT invoice_reopened_check CHECK ((reopened_micros >= 0) AND (reopened_micros <= total_micros) AND
    ((state NOT IN ('open', 'overdue')) OR (reopened_micros > 0)));
CREATE INDEX invoice_due ON invoice (due_at) WHERE state = 'open';

ALTER TABLE invoice_mirror
  DROP CONSTRAINT invoice_mirror_check2,
  DROP CONSTRAINT invoice_mirror_check3,
  DROP CONSTRAINT invoice_mirror_state_check,
  ALTER COLUMN state TYPE invoice_mirror_state USING state::invoice_mirror_state,
  ADD CONSTRAINT invoice_mirror_check2 CHECK ((state = 'pending') OR (processor_id IS NOT NULL)),
  ADD CONSTRAINT invoice_mirror_check3 CHECK ((state IN ('paid', 'void')) = (next_poll_at IS NULL));

ALTER TABLE invoice_file
  DROP CONSTRAINT invoice_file_check1,
  DROP CONSTRAINT invoice_file_check2,
  DROP CONSTRAINT invoice_file_check3,
  DROP CONSTRAINT invoice_file_state_check,
  ALTER COLUMN state TYPE invoice_file_state USING state::invoice_file_state,
  ADD CONSTRAINT invoice_file_check1 CHECK ((state NOT IN ('uploaded', 'sent')) OR (file_id IS NOT NULL)),
  ADD CONSTRAINT invoice_file_check2 CHECK ((state IN ('pending', 'uploaded')) = (next_attempt_at IS NOT NULL)),
  ADD CONSTRAINT invoice_file_check3 CHECK ((state = 'sent') = (sent_at IS NOT NULL));

ALTER TABLE invoice_claim
  DROP CONSTRAINT invoice_claim_kind_check,
  ALTER COLUMN kind TYPE invoice_claim_kind USING kind::invoice_claim_kind;

DROP INDEX subscription_due;
ALTER TABLE subscription
  DROP CONSTRAINT subscription_check,
  DROP CONSTRAINT subscription_state_check,
  ALTER COLUMN state TYPE subscription_state USING state::subscription_state,
  ADD CONSTRAINT subscription_check CHECK ((state = 'ended') = (ended_at IS NOT NULL));
CREATE INDEX subscription_due ON subscription (next_period_at) WHERE state = 'active';

DROP INDEX subscription_period_live;
ALTER TABLE subscription_period
  DROP CONSTRAINT subscription_period_check1,
  DROP CONSTRAINT subscription_period_check2,
  DROP CONSTRAINT subscription_period_state_check,
  ALTER COLUMN state TYPE subscription_period_state USING state::subscription_period_state,
  ADD CONSTRAINT subscription_period_check1 CHECK ((state = 'credited') = (credited_at IS NOT NULL)),
  ADD CONSTRAINT subscription_period_check2 CHECK ((retry_at IS NULL) OR (state = 'due'));
CREATE INDEX subscription_period_live ON subscription_period (ends_at)
  WHERE (state = 'credited') AND (kind <> 'general');

ALTER TABLE credit_adjustment
  DROP CONSTRAINT credit_adjustment_grant,
  DROP CONSTRAINT credit_adjustment_kind,
  DROP CONSTRAINT credit_adjustment_sign,
  ALTER COLUMN kind TYPE credit_adjustment_kind USING kind::credit_adjustment_kind,
  ADD CONSTRAINT credit_adjustment_grant CHECK ((kind <> 'deduction') OR (grant_id IS NULL)),
  ADD CONSTRAINT credit_adjustment_sign CHECK (((kind = 'deduction') = (amount_micros < 0)) AND (amount_micros <> 0));

ALTER TABLE directory_source
  DROP CONSTRAINT directory_source_outcome_check,
  ALTER COLUMN outcome TYPE directory_outcome USING outcome::directory_outcome;

ALTER TABLE rate_deck
  DROP CONSTRAINT rate_deck_mode_check,
  ALTER COLUMN mode TYPE rate_deck_mode USING mode::rate_deck_mode;
