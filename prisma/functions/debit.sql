-- Takes an amount of an office's general credits (null: the pool's), once for its key: the oldest grants first, the
-- rest becomes debt of calls.
CREATE OR REPLACE FUNCTION ledger_debit(
  p_company bigint, p_office bigint, p_amount bigint, p_key text, p_reference text, p_actor text, p_reason text,
  p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_office, p_amount, p_reference), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'debit', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_wallet wallet;
  v_parts ledger_part[];
  v_debt bigint;
BEGIN
  p_at := greatest(p_at, v_book.closed_until);
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_wallet := ledger_credit_wallet(v_book, p_office, 'general');
  v_debt := greatest(p_amount - v_wallet.general_micros, 0);
  v_parts := ledger_general_parts(v_wallet, p_amount - v_debt)
    || CASE WHEN v_debt > 0 THEN ARRAY[(NULL, 'calls', -v_debt)::ledger_part] ELSE '{}' END;
  v_wallet := ledger_write_entry(v_wallet, 'adjustment', 'calls', v_parts, 'adjustment', p_reference,
    v_wallet.office_id, p_actor, p_reason, NULL, p_at);
  PERFORM ledger_note_crossings(v_before);
  RETURN ledger_remember(p_company, p_key, 'debit', v_facts,
    jsonb_build_object('walletId', v_wallet.id::text, 'seq', v_wallet.seq::text), p_at);
END $$;
