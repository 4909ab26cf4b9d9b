-- Whom a hold is for, where it is known.
ALTER TABLE hold
  ADD COLUMN department_id bigint,
  ADD COLUMN member_id bigint;

-- It takes the department and the member now.
DROP FUNCTION IF EXISTS ledger_place_hold(bigint, text, bigint, text, bigint, timestamptz, timestamptz);
