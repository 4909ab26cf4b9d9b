-- What is known of a usage: its last revision.
CREATE FUNCTION ledger_find_usage(p_company bigint, p_source text, p_external_id text) RETURNS usage_record LANGUAGE plpgsql AS $$
DECLARE
  u usage_record;
BEGIN
  SELECT * INTO u FROM usage_record WHERE company_id = p_company AND source = p_source AND external_id = p_external_id
  ORDER BY revision DESC LIMIT 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'usage-unknown' USING ERRCODE = 'RF001', DETAIL = format('%s/%s', p_source, p_external_id);
  END IF;
  RETURN u;
END $$;

-- A usage as a batch of its own.
CREATE FUNCTION ledger_usages_of(u usage_record) RETURNS ledger_usages LANGUAGE plpgsql AS $$
BEGIN
  RETURN (ARRAY[u.source], ARRAY[u.external_id], ARRAY[u.office_id], ARRAY[u.department_id], ARRAY[u.member_id], ARRAY[u.class],
    ARRAY[u.category], ARRAY[u.direction], ARRAY[u.external_number], ARRAY[u.internal_number], ARRAY[u.usage_at], ARRAY[u.duration_ms],
    ARRAY[u.billed_seconds], ARRAY[u.quantity], ARRAY[u.cost_micros], ARRAY[u.price], ARRAY[u.version], NULL, NULL)::ledger_usages;
END $$;

-- True where a usage of the class would draw from other grants of these wallets at another time (R7).
CREATE FUNCTION ledger_sees_others(
  p_company bigint, p_own bigint, p_paid bigint, p_class text, p_usage_at timestamptz, p_other_at timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF p_usage_at = p_other_at THEN
    RETURN false;
  END IF;
  RETURN EXISTS (
    SELECT FROM credit_grant AS g
    WHERE g.company_id = p_company AND g.wallet_id IN (p_own, p_paid)
      AND g.kind IN ('general', CASE p_class WHEN 'ai' THEN 'ai' ELSE 'calling' END)
      AND (g.effective_at <= p_usage_at AND p_usage_at < g.expires_at) <> (g.effective_at <= p_other_at AND p_other_at < g.expires_at));
END $$;

-- Writes the next revision of a usage, moves it in the quarter-hour sums, and brings what was paid in line with it (R8).
-- Where the same wallets pay, only the difference is posted; where the office or class changed, or a bundle that pays the class
-- is in force at one of the old time and the new only, everything is given back and drawn anew. Usage draws at its own time, as if it had come now (R7).
CREATE FUNCTION ledger_revise_usage(
  p_book book, p_old usage_record, p_new usage_record, p_type text, p_keep boolean, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_old_route record := ledger_route(p_book, p_old.office_id, p_old.class);
  v_route record := ledger_route(p_book, p_new.office_id, p_new.class);
  v_usages ledger_usages := ledger_usages_of(p_new);
  v_is_moved boolean;
  v_back bigint;
  v_draw bigint;
  v_done record;
  v_own bigint;
  v_paid bigint;
  v_before wallet[] := ledger_wallets(p_book.company_id);
BEGIN
  v_usages.own_wallet_id := ARRAY[v_route.own];
  v_is_moved := (v_old_route.own, p_old.class) <> (v_route.own, p_new.class)
    OR ledger_sees_others(p_book.company_id, v_route.own, v_route.paid, p_new.class, p_old.usage_at, p_new.usage_at);
  v_back := CASE WHEN v_is_moved THEN p_old.cost_micros ELSE greatest(p_old.cost_micros - p_new.cost_micros, 0) END;
  v_draw := CASE WHEN v_is_moved THEN p_new.cost_micros ELSE greatest(p_new.cost_micros - p_old.cost_micros, 0) END;
  IF v_back > 0 THEN
    v_done := ledger_return(p_book, p_old, v_back, p_type, p_keep, p_actor, p_reason, p_at);
    -- A record names the entries of the wallets that pay it now.
    v_own := CASE WHEN NOT v_is_moved THEN v_done.own_seq END;
    v_paid := CASE WHEN NOT v_is_moved THEN v_done.paid_seq END;
  END IF;
  IF v_draw > 0 THEN
    v_usages.burn_at := ledger_burn_times(p_book, v_usages, p_at);
    v_done := ledger_draw_usage(p_book, v_usages, ARRAY[v_draw], 'correction', p_at, p_actor, p_reason);
    v_own := v_done.own_seqs[1];
    v_paid := v_done.paid_seqs[1];
  END IF;
  PERFORM ledger_count_usage(p_book, ledger_usages_of(p_old), -1);
  PERFORM ledger_record_usage(p_book, v_usages, p_old.revision + 1, ARRAY[v_own], ARRAY[v_paid], p_at);
  PERFORM ledger_note_crossings(v_before);
  RETURN jsonb_build_object('revision', p_old.revision + 1, 'returnedMicros', v_back::text, 'drawnMicros', v_draw::text,
    'actor', p_actor, 'reason', p_reason);
END $$;

-- Keeps that a newer version of a usage said the same. Nothing else changes.
CREATE FUNCTION ledger_confirm_usage(p_book book, p_old usage_record, p_version bigint, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_new usage_record := p_old;
BEGIN
  v_new.version := p_version;
  PERFORM ledger_revise_usage(p_book, p_old, v_new, 'correction', false, NULL, NULL, p_at) WHERE p_version > p_old.version;
END $$;

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

-- Gives back part of what a usage cost (null: all of it), once for its key.
CREATE FUNCTION ledger_refund_usage(
  p_company bigint, p_source text, p_external_id text, p_amount bigint, p_keep boolean, p_key text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_source, p_external_id, p_amount, p_keep), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'refund-usage', v_facts);
  v_old usage_record;
  v_new usage_record;
  v_amount bigint;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_old := ledger_find_usage(p_company, p_source, p_external_id);
  v_new := v_old;
  v_amount := coalesce(p_amount, v_old.cost_micros);
  IF v_amount <= 0 OR v_amount > v_old.cost_micros THEN
    RAISE EXCEPTION 'refund-too-large' USING ERRCODE = 'RF001', DETAIL = format('%s/%s costs %s', p_source, p_external_id, v_old.cost_micros);
  END IF;
  v_new.cost_micros := v_old.cost_micros - v_amount;
  RETURN ledger_remember(p_company, p_key, 'refund-usage', v_facts,
    ledger_revise_usage(v_book, v_old, v_new, 'refund', p_keep, p_actor, p_reason, p_at), p_at);
END $$;
