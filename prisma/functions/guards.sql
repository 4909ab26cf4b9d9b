-- Refuses every change of what was posted (R8.1).

-- Nothing posted is changed, whoever asks, but by the functions that the trigger names: what erases personal facts, and
-- what converts rows of an earlier version. They are known by the call stack, so that no setting opens the tables.
CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_stack text;
BEGIN
  GET DIAGNOSTICS v_stack = PG_CONTEXT;
  IF TG_OP = 'UPDATE' AND EXISTS (
    SELECT FROM unnest(TG_ARGV) AS writers(name) WHERE v_stack LIKE '% ' || writers.name || '(%')
  THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'nothing posted is changed: % of % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER entry_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
  ON entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change('ledger_convert_usage');
CREATE OR REPLACE TRIGGER entry_split_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
  ON entry_split FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER usage_record_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
  ON usage_record FOR EACH STATEMENT
  EXECUTE FUNCTION ledger_refuse_change(
    'ledger_erase_numbers', 'ledger_forget_facts', 'ledger_forget_numbers', 'ledger_convert_usage');
CREATE OR REPLACE TRIGGER posting_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
  ON posting FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change('ledger_convert_postings');
CREATE OR REPLACE TRIGGER book_digest_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
  ON book_digest FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- Of what lives on, no row goes away, and what says whose it is and what it was worth stays. A trigger of columns costs
-- nothing where they are not set.
CREATE OR REPLACE TRIGGER book_stays
  BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, pool_wallet_id, primary_wallet_id, created_at
  ON book FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER wallet_stays
  BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, id, office_id, created_at
  ON wallet FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER credit_grant_stays
  BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, wallet_id, id, kind, amount_micros, effective_at, expires_at,
    source, reference, created_at, seal
  ON credit_grant FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change('ledger_convert_usage');
CREATE OR REPLACE TRIGGER hold_stays
  BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, key, class, office_id, placed_at, member_id, department_id
  ON hold FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER usage_rollup_stays
  BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, bucket_at, office_id, department_id, member_id, category
  ON usage_rollup FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER usage_kind_rollup_stays
  BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, bucket_at, office_id, category
  ON usage_kind_rollup FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER usage_member_rollup_stays
  BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, bucket_at, office_id, member_id
  ON usage_member_rollup FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER entry_rollup_stays
  BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, wallet_id, bucket_at, alone_seq, type, class, category, first_seq
  ON entry_rollup FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER wallet_summed_stays
  BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, wallet_id
  ON wallet_summed FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- What never changes about a grant is asked once, where it is made.
CREATE OR REPLACE FUNCTION ledger_refuse_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a grant ends after it begins, and general credits never end' USING ERRCODE = 'check_violation';
END $$;

CREATE OR REPLACE TRIGGER credit_grant_period BEFORE INSERT ON credit_grant FOR EACH ROW
  WHEN (NEW.effective_at >= NEW.expires_at OR NEW.kind = 'general' AND NEW.expires_at < 'infinity')
  EXECUTE FUNCTION ledger_refuse_grant();

CREATE OR REPLACE FUNCTION rate_deck_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a rate deck is never changed: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER rate_deck_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
  ON rate_deck FOR EACH STATEMENT EXECUTE FUNCTION rate_deck_refuse_change();

CREATE OR REPLACE TRIGGER rate_row_is_final BEFORE UPDATE OR DELETE OR TRUNCATE
  ON rate_row FOR EACH STATEMENT EXECUTE FUNCTION rate_deck_refuse_change();
