-- What was refunded stays refunded when the sender's newer event comes (R8, R23).

DROP FUNCTION ledger_correct_usage;

-- 11_correct.sql
-- Gives a usage other facts and another cost, once for its key. With a version it is what the sender says now: it is
-- stale where that version, or a newer one, is booked (R23), its facts are the sender's alone, and of its cost what was
-- refunded stays so: the sender knows nothing of that. Without one it is an operator's, who says what it costs in the
-- end, and what is booked stays the sender's version.
CREATE FUNCTION ledger_correct_usage(
  p_company bigint, p_usage usage_record, p_force boolean, p_key text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  u usage_record := p_usage;
  v_facts bigint := CASE WHEN u.version IS NULL THEN hash_record_extended(u, 0) ELSE hash_record_extended(ROW(u.source, u.external_id,
    u.version, ledger_usage_facts(u.class, u.category, u.direction, u.external_number, u.internal_number, u.usage_at, u.duration_ms,
    u.quantity)), 0) END;
  v_answer jsonb := ledger_replay(p_company, p_key, 'correct-usage', v_facts);
  v_old usage_record;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_old := ledger_find_usage(p_company, u.source, u.external_id);
  IF u.version <= v_old.version THEN
    RETURN jsonb_build_object('outcome', 'stale', 'bookedVersion', v_old.version::text);
  END IF;
  IF u.usage_at <> v_old.usage_at AND NOT p_force
    AND (u.usage_at > p_at + interval '5 minutes' OR u.usage_at < p_at - interval '35 days') THEN
    RAISE EXCEPTION 'usage-time' USING ERRCODE = 'RF001', DETAIL = format('%s/%s at %s', u.source, u.external_id, u.usage_at);
  END IF;
  IF u.version IS NOT NULL THEN
    u.cost_micros := greatest(u.cost_micros - (
      SELECT coalesce(sum(e.amount_micros), 0)::bigint FROM entry AS e
      WHERE e.company_id = p_company AND e.source = u.source AND e.reference = u.external_id AND e.type = 'refund'), 0);
  END IF;
  u.version := coalesce(u.version, v_old.version);
  u.office_id := ledger_known_office(v_book, u.office_id);
  RETURN ledger_remember(p_company, p_key, 'correct-usage', v_facts,
    ledger_revise_usage(v_book, v_old, u, 'correction', false, p_actor, p_reason, p_at), p_at);
END $$;
