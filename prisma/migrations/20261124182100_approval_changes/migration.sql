-- A second admin also approves changes that let more be charged than the limit: auto-recharge, bundles, the limit itself.
ALTER TABLE approval
  ALTER COLUMN order_id DROP NOT NULL,
  -- The change that is made at the yes; null: the question is about a purchase.
  ADD COLUMN change jsonb,
  -- What the change is about: one open question each.
  ADD COLUMN matter text,
  DROP CONSTRAINT approval_state_check,
  -- `overtaken`: what it asks about was set anew meanwhile.
  ADD CONSTRAINT approval_state_check CHECK (state IN ('open', 'approved', 'declined', 'expired', 'overtaken')),
  ADD CONSTRAINT approval_one_subject CHECK ((order_id IS NULL) <> (change IS NULL)),
  ADD CONSTRAINT approval_change_matter CHECK ((change IS NULL) = (matter IS NULL));
CREATE UNIQUE INDEX approval_one_open ON approval (company_id, matter) WHERE state = 'open' AND matter IS NOT NULL;
