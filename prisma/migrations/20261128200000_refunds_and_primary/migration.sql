-- What was refunded stays refunded when the sender's newer event comes (R8, R23). A book has a primary office (R5).

DROP FUNCTION ledger_correct_usage;
DROP FUNCTION ledger_open_book;

-- 02_book.sql
-- Opens the books of a company: a wallet for its pool and for each office. Offices that have one keep it, so it may
-- be called again when an office is added. New wallets watch at p_watch. The primary office is one of the company's.
CREATE FUNCTION ledger_open_book(
  p_company bigint, p_offices bigint[], p_primary bigint, p_pooled boolean, p_watch bigint, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger_open_book', p_company));
  INSERT INTO wallet (company_id, office_id, general_micros, calling_micros, ai_micros, debt_calls_micros,
    debt_ai_micros, held_calls_micros, held_ai_micros, seq, watch_calls_micros, watch_ai_micros, watch_general_micros, created_at, seal)
  SELECT p_company, o.office_id, 0, 0, 0, 0, 0, 0, 0, 0, p_watch, NULL, NULL, p_at, 0
  FROM unnest(NULL::bigint || p_offices) WITH ORDINALITY AS o(office_id, position)
  ORDER BY o.position
  ON CONFLICT (company_id, office_id) DO NOTHING;
  UPDATE wallet AS w SET seal = seal_of(w) WHERE w.company_id = p_company AND w.seal = 0;
  INSERT INTO book
  SELECT p_company, p_pooled, pool.id, main.id, p_at,
    hash_record_extended(ROW(p_company, p_pooled, pool.id, main.id, p_at, 0::bigint, timestamptz '-infinity'), 0), '-infinity'
  FROM wallet AS pool, wallet AS main
  WHERE pool.company_id = p_company AND pool.office_id IS NULL AND main.company_id = p_company AND main.office_id = p_primary
  ON CONFLICT (company_id) DO NOTHING;
  IF NOT EXISTS (SELECT FROM book WHERE company_id = p_company) THEN
    RAISE EXCEPTION 'office-unknown' USING ERRCODE = 'RF001', DETAIL = format('office %s has no wallet', p_primary);
  END IF;
END $$;

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
