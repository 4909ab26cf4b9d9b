-- What is known of a usage: its last revision.
CREATE OR REPLACE FUNCTION ledger_find_usage(p_company bigint, p_source text, p_external_id text)
RETURNS usage_record LANGUAGE plpgsql AS $$
DECLARE
  v_usage usage_record;
BEGIN
  SELECT * INTO v_usage FROM usage_record WHERE company_id = p_company AND source = p_source
    AND external_id = p_external_id
  ORDER BY revision DESC LIMIT 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'usage-unknown' USING ERRCODE = 'RF001', DETAIL = format('%s/%s', p_source, p_external_id);
  END IF;
  RETURN v_usage;
END $$;

-- A usage as a batch of its own.
CREATE OR REPLACE FUNCTION ledger_usages_of(p_usage usage_record) RETURNS ledger_usages LANGUAGE plpgsql AS $$
BEGIN
  RETURN (ARRAY[p_usage.source], ARRAY[p_usage.external_id], ARRAY[p_usage.office_id], ARRAY[p_usage.department_id],
    ARRAY[p_usage.member_id], ARRAY[p_usage.class], ARRAY[p_usage.category], ARRAY[p_usage.direction],
    ARRAY[p_usage.external_number], ARRAY[p_usage.internal_number], ARRAY[p_usage.usage_at], ARRAY[p_usage.duration_ms],
    ARRAY[p_usage.billed_seconds], ARRAY[p_usage.quantity], ARRAY[p_usage.cost_micros], ARRAY[p_usage.price],
    ARRAY[p_usage.version], NULL, NULL, NULL, ARRAY[p_usage.salt], ARRAY[p_usage.facts])::ledger_usages;
END $$;

-- True where a usage of the class would consume from other grants of these wallets at another time (R7).
CREATE OR REPLACE FUNCTION ledger_sees_others(
  p_company bigint, p_own bigint, p_paid bigint, p_class text, p_usage_at timestamptz, p_other_at timestamptz
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF p_usage_at = p_other_at THEN
    RETURN false;
  END IF;
  RETURN EXISTS (
    SELECT FROM credit_grant
    WHERE credit_grant.company_id = p_company AND credit_grant.wallet_id IN (p_own, p_paid)
      AND credit_grant.kind IN ('general', CASE p_class WHEN 'ai' THEN 'ai' ELSE 'calling' END)
      AND (credit_grant.effective_at <= p_usage_at AND p_usage_at < credit_grant.expires_at)
        <> (credit_grant.effective_at <= p_other_at AND p_other_at < credit_grant.expires_at));
END $$;

-- Writes the next revision of a usage, moves it in the quarter-hour sums, and brings what was paid in line with it
-- (R8). Where the same wallets pay, only the difference is posted; where the office or class changed, or a bundle that
-- pays the class is in force at one of the old time and the new only, everything is given back and consumed anew. Usage
-- consumes at its own time, as if it had come now (R7).
CREATE OR REPLACE FUNCTION ledger_revise_usage(
  p_book book, p_old usage_record, p_new usage_record, p_type text, p_keep boolean, p_actor text, p_reason text,
  p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_old_route record := ledger_route(p_book, p_old.office_id, p_old.class);
  v_route record := ledger_route(p_book, p_new.office_id, p_new.class);
  v_usages ledger_usages := ledger_usages_of(p_new);
  v_is_moved boolean;
  v_back bigint;
  v_consume bigint;
  v_done record;
  v_own bigint;
  v_paid bigint;
  v_before wallet[] := ledger_wallets(p_book.company_id);
BEGIN
  v_usages.own_wallet_id := ARRAY[v_route.own];
  v_is_moved := (v_old_route.own, p_old.class) <> (v_route.own, p_new.class)
    OR ledger_sees_others(p_book.company_id, v_route.own, v_route.paid, p_new.class, p_old.usage_at, p_new.usage_at);
  v_back := CASE WHEN v_is_moved THEN p_old.cost_micros ELSE greatest(p_old.cost_micros - p_new.cost_micros, 0) END;
  v_consume := CASE WHEN v_is_moved THEN p_new.cost_micros ELSE greatest(p_new.cost_micros - p_old.cost_micros, 0) END;
  IF v_back > 0 THEN
    v_done := ledger_return(p_book, p_old, v_back, p_type, p_keep, p_actor, p_reason, p_at);
    -- A record names the entries of the wallets that pay it now.
    v_own := CASE WHEN NOT v_is_moved THEN v_done.own_seq END;
    v_paid := CASE WHEN NOT v_is_moved THEN v_done.paid_seq END;
  END IF;
  IF v_consume > 0 THEN
    v_usages.burn_at := ledger_burn_times(p_book, v_usages, p_at);
    v_done := ledger_consume_usage(p_book, v_usages, ARRAY[v_consume], 'correction', p_at, p_actor, p_reason);
    v_own := v_done.own_seqs[1];
    v_paid := v_done.paid_seqs[1];
  END IF;
  PERFORM ledger_count_usage(p_book, ledger_usages_of(p_old), -1);
  PERFORM ledger_record_usage(p_book, v_usages, p_old.revision + 1, ARRAY[v_own], ARRAY[v_paid], p_at);
  PERFORM ledger_note_crossings(v_before);
  RETURN jsonb_build_object('revision', p_old.revision + 1, 'returnedMicros', v_back::text, 'drawnMicros',
    v_consume::text, 'actor', p_actor, 'reason', p_reason);
END $$;

-- Keeps that a newer version of a usage said the same. Nothing else changes.
CREATE OR REPLACE FUNCTION ledger_confirm_usage(p_book book, p_old usage_record, p_version bigint, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_new usage_record := p_old;
BEGIN
  v_new.version := p_version;
  PERFORM ledger_revise_usage(p_book, p_old, v_new, 'correction', false, NULL, NULL, p_at)
  WHERE p_version > p_old.version;
END $$;

-- Gives a usage other facts and another cost, once for its key. With a version it is what the sender says now: it is
-- stale where that version, or a newer one, is booked (R23), its facts are the sender's alone, and of its cost what was
-- refunded stays so: the sender knows nothing of that. Without one it is an operator's, who says what it costs in the
-- end, and what is booked stays the sender's version.
CREATE OR REPLACE FUNCTION ledger_correct_usage(
  p_company bigint, p_usage usage_record, p_keyed_numbers text, p_force boolean, p_key text, p_actor text,
  p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_usage usage_record := p_usage;
  v_told bigint := ledger_usage_facts(v_usage.class, v_usage.category, v_usage.direction, p_keyed_numbers,
    v_usage.usage_at, v_usage.duration_ms, v_usage.quantity);
  v_facts bigint := CASE WHEN v_usage.version IS NULL THEN hash_record_extended(ROW(
      v_usage.source, v_usage.external_id, v_usage.office_id, v_usage.department_id, v_usage.member_id, v_usage.class,
      v_usage.category, v_usage.direction, p_keyed_numbers, v_usage.usage_at, v_usage.duration_ms,
      v_usage.billed_seconds, v_usage.quantity, v_usage.cost_micros, v_usage.price), 0)
    ELSE hash_record_extended(ROW(v_usage.source, v_usage.external_id, v_usage.version, v_told), 0) END;
  v_answer jsonb := ledger_replay(p_company, p_key, 'correct-usage', v_facts);
  v_old usage_record;
BEGIN
  p_at := greatest(p_at, v_book.closed_until);
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_old := ledger_find_usage(p_company, v_usage.source, v_usage.external_id);
  IF v_usage.version <= v_old.version THEN
    RETURN jsonb_build_object('outcome', 'stale', 'bookedVersion', v_old.version::text);
  END IF;
  IF v_usage.usage_at <> v_old.usage_at AND NOT p_force
    AND (v_usage.usage_at > p_at + interval '5 minutes' OR v_usage.usage_at < p_at - interval '35 days') THEN
    RAISE EXCEPTION 'usage-time' USING ERRCODE = 'RF001',
      DETAIL = format('%s/%s at %s', v_usage.source, v_usage.external_id, v_usage.usage_at);
  END IF;
  IF v_usage.version IS NOT NULL THEN
    v_usage.cost_micros := greatest(v_usage.cost_micros - (
      SELECT coalesce(sum(entry.amount_micros), 0)::bigint FROM entry
      WHERE entry.company_id = p_company AND entry.source = v_usage.source AND entry.reference = v_usage.external_id
        AND entry.type = 'refund'), 0);
  END IF;
  v_usage.version := coalesce(v_usage.version, v_old.version);
  v_usage.facts := v_told;
  v_usage.office_id := ledger_known_office(v_book, v_usage.office_id);
  RETURN ledger_remember(p_company, p_key, 'correct-usage', v_facts,
    ledger_revise_usage(v_book, v_old, v_usage, 'correction', false, p_actor, p_reason, p_at), p_at);
END $$;
