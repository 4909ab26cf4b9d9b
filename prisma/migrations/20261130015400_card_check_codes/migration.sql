-- Companies created from now on have one card verified, until one has passed (R13); those that exist keep their policy.
ALTER TABLE company ALTER COLUMN card_check SET DEFAULT 'first';

-- When a card passed its check, or the operator vouched for it. Null where the policy asked for no check.
ALTER TABLE card ADD COLUMN passed_at timestamptz;
UPDATE card SET passed_at = card.confirmed_at
FROM company
WHERE company.id = card.company_id AND card.confirmed_at IS NOT NULL
  AND (company.card_check <> 'never' OR EXISTS (
    SELECT FROM card_check AS passed
    WHERE passed.company_id = card.company_id AND passed.fingerprint = card.fingerprint AND passed.state = 'confirmed'));
ALTER TABLE card ADD CONSTRAINT card_passed_is_confirmed CHECK (passed_at IS NULL OR confirmed_at IS NOT NULL);

ALTER TABLE card_check
  -- What statements show of the charge, sealed: our suffix until it is charged, then the charge's own descriptor. Null
  -- where it holds no code, and once the check is over.
  ADD COLUMN statement_encrypted text,
  -- The same as people are told it: without the code.
  ADD COLUMN statement_hint text,
  -- How often its amount was drawn again because the account's smallest charge is larger.
  ADD COLUMN redraws integer NOT NULL DEFAULT 0;

-- Wrong answers are counted by company.
DROP INDEX card_check_fingerprint;
CREATE INDEX card_check_fingerprint ON card_check (company_id, fingerprint);

-- The modal from which the card page was opened, and the card that came of it: the modal follows that card.
ALTER TABLE card_link
  ADD COLUMN view_id text,
  ADD COLUMN card_id bigint,
  ADD FOREIGN KEY (company_id, card_id) REFERENCES card(company_id, id);
