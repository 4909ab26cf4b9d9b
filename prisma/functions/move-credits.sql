-- Moves general credits from one office to another, once for its key: the oldest grants first, each part as a grant of
-- its own that refers to the one it came from, which fills what the receiver owes. At most what is free moves; nothing
-- moves while credits are shared.
CREATE OR REPLACE FUNCTION ledger_move_credits(
  p_company bigint, p_from bigint, p_to bigint, p_amount bigint, p_key text, p_actor text, p_reason text,
  p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_from, p_to, p_amount), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'move-credits', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_from wallet;
  v_to wallet;
  v_part ledger_part;
BEGIN
  p_at := greatest(p_at, v_book.closed_until);
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  SELECT * INTO v_from FROM wallet WHERE company_id = p_company AND office_id = p_from;
  SELECT * INTO v_to FROM wallet WHERE company_id = p_company AND office_id = p_to;
  IF v_from.id IS NULL OR v_to.id IS NULL OR v_from.id = v_to.id OR v_book.pooled THEN
    RAISE EXCEPTION 'office-unknown' USING ERRCODE = 'RF001',
      DETAIL = format('offices %s and %s have no two wallets of their own', p_from, p_to);
  END IF;
  IF p_amount > ledger_free_general(ledger_in_force(v_from, p_at)) THEN
    RAISE EXCEPTION 'allocation-mismatch' USING ERRCODE = 'RF001',
      DETAIL = format('office %s has less free', p_from);
  END IF;
  FOREACH v_part IN ARRAY ledger_general_parts(v_from, p_amount) LOOP
    PERFORM ledger_move_grant(p_company, v_from.id, v_to.id, v_part.grant_id, -v_part.amount_micros, p_actor, p_reason,
      p_at);
  END LOOP;
  PERFORM ledger_note_added(v_before);
  RETURN ledger_remember(p_company, p_key, 'move-credits', v_facts, '{}', p_at);
END $$;
