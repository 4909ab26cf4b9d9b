-- A company's key for the phone numbers of other parties: random, sealed, the same for ever, so that what is keyed with it
-- stays comparable; gone with the company.
CREATE TABLE number_key (
  company_id     bigint NOT NULL,
  key_encrypted  text,
  created_at     timestamptz NOT NULL,
  destroyed_at   timestamptz,
  PRIMARY KEY (company_id),
  CONSTRAINT number_key_check CHECK ((key_encrypted IS NULL) = (destroyed_at IS NOT NULL))
);

-- Companies whose usage the version before stored: their keys have phone numbers in them. Converting a company needs its
-- key, so no migration can; its row goes once it is done.
CREATE TABLE usage_conversion (
  company_id  bigint NOT NULL,
  PRIMARY KEY (company_id)
);
INSERT INTO usage_conversion
SELECT company_id FROM book UNION SELECT company_id FROM usage_leg UNION SELECT company_id FROM usage_inbox
UNION SELECT company_id FROM usage_unattributed;

-- The seal of a record covers the digest of salt and numbers instead of the numbers: a changed number is found, and an erased
-- one cannot be guessed. Of a record that is not converted the digest is null. What is compared when a key comes again (R23)
-- is null once that is over.
ALTER TABLE usage_record
  ADD COLUMN salt bytea,
  ADD COLUMN numbers_digest bytea,
  ALTER COLUMN facts DROP NOT NULL,
  ADD CONSTRAINT usage_record_salt_check CHECK (numbers_digest IS NULL
    OR (salt IS NULL) = (external_number IS NULL AND internal_number IS NULL));
ALTER TABLE posting ALTER COLUMN facts DROP NOT NULL;
-- Up to which usage time the facts of records are null by now.
ALTER TABLE book ADD COLUMN facts_until timestamptz NOT NULL DEFAULT '-infinity';

-- Legs are deleted after 35 days.
CREATE INDEX usage_leg_received ON usage_leg USING brin (received_at);

ALTER TYPE ledger_usages
  ADD ATTRIBUTE keyed_numbers text[], ADD ATTRIBUTE salt bytea[], ADD ATTRIBUTE facts bigint[];
COMMENT ON TYPE ledger_usages IS
  'A batch of usage in columns, one array each: handing rows as wide as these from step to step costs more than writing '
  'them. The first seventeen are what the caller told, and so are the keyed numbers and the salt of each; own_wallet_id and '
  'burn_at say whose wallet it counts to and which time decides the grants that pay it; facts are those of a revision. All '
  'usages that come as this consume in the order of the arrays.';

-- They take the keyed numbers now.
DROP FUNCTION IF EXISTS ledger_usage_facts(text, text, text, text, text, timestamptz, bigint, int);
DROP FUNCTION IF EXISTS ledger_correct_usage(bigint, usage_record, boolean, text, text, text, timestamptz);
