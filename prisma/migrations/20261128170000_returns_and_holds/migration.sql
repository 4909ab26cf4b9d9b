-- What comes back, what moves and what is held, in the situations in which that was wrong: after the scope was switched, after
-- a time was corrected, after a refund, and while a bundle is over or used up by others (R5, R6, R8). The first debt of AI wakes
-- whoever tells of it. Moved debts are looked up by wallet and class.
CREATE INDEX entry_moved_debt ON entry (company_id, wallet_id, class, seq) WHERE type = 'move' AND class IS NOT NULL;

DROP FUNCTION ledger_deal_credits;
DROP FUNCTION ledger_pool_credits;
DROP FUNCTION ledger_reroute_holds;
DROP FUNCTION ledger_move_debt;
DROP FUNCTION ledger_find_room;
DROP FUNCTION ledger_spendable;
DROP FUNCTION ledger_correct_usage;
DROP FUNCTION ledger_revise_usage;
DROP FUNCTION ledger_sees_others;
DROP FUNCTION ledger_return;
DROP FUNCTION ledger_drawn_by;
DROP FUNCTION ledger_plan_fill;
DROP FUNCTION ledger_note_crossings;
DROP FUNCTION ledger_available;
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

-- What a class can still spend from this wallet alone: its bundle and the general credits, less its debt, its holds,
-- and what the other class holds of the general credits, beyond its own bundle (R6).
CREATE FUNCTION ledger_available(w wallet, p_class text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_class
    WHEN 'calls' THEN w.calling_micros + w.general_micros - w.debt_calls_micros - w.held_calls_micros
      - least(greatest(w.held_ai_micros - w.ai_micros, 0), w.general_micros)
    ELSE w.ai_micros + w.general_micros - w.debt_ai_micros - w.held_ai_micros
      - least(greatest(w.held_calls_micros - w.calling_micros, 0), w.general_micros)
  END
$$;

-- Wakes the job that decides for every class of a wallet, and for its general credits, that went below its watch level,
-- ran out, or came back since p_before was read. AI whose credits calls had used up before was out already, and nobody missed
-- it: its first debt says that somebody does.
CREATE FUNCTION ledger_note_crossings(p_before wallet[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_wake_watch(w.company_id, w.id, c.class)
  FROM unnest(p_before) AS b
  JOIN wallet AS w ON w.company_id = b.company_id AND w.id = b.id
  CROSS JOIN (VALUES ('calls'), ('ai'), ('general')) AS c(class)
  WHERE ledger_level(b, c.class) <> ledger_level(w, c.class)
    OR c.class = 'ai' AND b.debt_ai_micros = 0 AND w.debt_ai_micros > 0;
END $$;

-- 04_grant.sql
-- What a wallet still owes, piece by piece, by the entries that made the debts. Debt is paid first in, first out, so what is still
-- owed of a class are its latest debts.
CREATE FUNCTION ledger_unpaid(w wallet) RETURNS TABLE (seq bigint, posted_at timestamptz, class text, amount bigint) LANGUAGE sql STABLE AS $$
  WITH made AS (
    SELECT e.seq, e.posted_at, e.debt_calls_after_micros - lag(e.debt_calls_after_micros, 1, 0::bigint) OVER o AS calls,
      e.debt_ai_after_micros - lag(e.debt_ai_after_micros, 1, 0::bigint) OVER o AS ai
    FROM entry AS e
    WHERE e.company_id = w.company_id AND e.wallet_id = w.id AND e.seq >= coalesce((
      SELECT max(z.seq) FROM entry AS z WHERE z.company_id = w.company_id AND z.wallet_id = w.id
        AND z.debt_calls_after_micros = 0 AND z.debt_ai_after_micros = 0), 0)
    WINDOW o AS (ORDER BY e.seq)
  ), owed AS (
    -- The newest debts first: what of each is still unpaid.
    SELECT m.seq, m.posted_at, c.class, c.made, c.debt,
      coalesce(sum(c.made) OVER (PARTITION BY c.class ORDER BY m.seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer
    FROM made AS m CROSS JOIN LATERAL (VALUES ('calls', m.calls, w.debt_calls_micros), ('ai', m.ai, w.debt_ai_micros)) AS c(class, made, debt)
    WHERE c.made > 0
  )
  SELECT o.seq, o.posted_at, o.class, least(o.made, o.debt - o.newer)::bigint FROM owed AS o WHERE o.newer < o.debt
$$;

-- How much of an amount fills which class's debt: a bundle its own class's, general credits the oldest of either (R6).
CREATE FUNCTION ledger_plan_fill(w wallet, p_kind text, p_amount bigint, OUT calls bigint, OUT ai bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  calls := CASE WHEN p_kind IN ('general', 'calling') THEN least(p_amount, w.debt_calls_micros) ELSE 0 END;
  ai := CASE WHEN p_kind IN ('general', 'ai') THEN least(p_amount, w.debt_ai_micros) ELSE 0 END;
  IF calls + ai <= p_amount THEN
    RETURN;
  END IF;
  -- Both classes owe, and the amount does not cover both: oldest first.
  SELECT coalesce(sum(f.amount) FILTER (WHERE f.class = 'calls'), 0)::bigint, coalesce(sum(f.amount) FILTER (WHERE f.class = 'ai'), 0)::bigint
  INTO calls, ai
  FROM (
    SELECT u.class, greatest(least(u.amount, p_amount
      - coalesce(sum(u.amount) OVER (ORDER BY u.seq, u.class ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)), 0) AS amount
    FROM ledger_unpaid(w) AS u
  ) AS f;
END $$;

-- 10_return.sql
-- What a usage drew and got back, part by part. What came back as a new grant is among it.
CREATE FUNCTION ledger_parts_of_usage(p_company bigint, p_source text, p_external_id text)
RETURNS TABLE (wallet_id bigint, seq bigint, part int, grant_id bigint, debt_class text, amount_micros bigint) LANGUAGE sql STABLE AS $$
  WITH posted AS (
    SELECT e.* FROM usage_record AS u CROSS JOIN LATERAL (VALUES (u.own_wallet_id, u.own_seq), (u.paid_wallet_id, u.paid_seq)) AS l(wallet_id, seq)
    JOIN entry AS e ON e.company_id = u.company_id AND e.wallet_id = l.wallet_id AND e.seq = l.seq
    WHERE u.company_id = p_company AND u.source = p_source AND u.external_id = p_external_id AND u.revision = 0
    UNION ALL
    SELECT e.* FROM entry AS e
    WHERE e.company_id = p_company AND e.source = p_source AND e.reference = p_external_id AND e.type IN ('correction', 'refund')
  )
  SELECT e.wallet_id, e.seq, 1, e.grant_id, CASE WHEN e.grant_id IS NULL THEN e.class END, e.amount_micros FROM posted AS e WHERE NOT e.is_split
  UNION ALL
  SELECT s.wallet_id, s.seq, s.part, s.grant_id, s.debt_class, s.amount_micros FROM posted AS e
  JOIN entry_split AS s ON s.company_id = e.company_id AND s.wallet_id = e.wallet_id AND s.seq = e.seq
  WHERE e.is_split
$$;

-- What a usage has drawn and not got back, by grant, the last drawn first: what the pool paid before the office's own
-- bundle. Where a grant can still take it back its wallet stands beside it, for the pool's bundles also once nothing is shared;
-- else null: general credits that were moved since, by a change of scope, come back where general credits are now.
CREATE FUNCTION ledger_drawn_by(p_book book, p_source text, p_external_id text, p_own bigint, p_paid bigint)
RETURNS TABLE (rank bigint, wallet_id bigint, grant_id bigint, expires_at timestamptz, amount bigint) LANGUAGE sql STABLE AS $$
  WITH drawn AS (
    SELECT p.wallet_id, p.grant_id, -sum(p.amount_micros) AS amount, max(ARRAY[p.seq, p.part]) FILTER (WHERE p.amount_micros < 0) AS last
    -- Credit that this usage's return brought as a new grant was not given back to that grant: its first part, if positive.
    FROM (
      SELECT a.*, row_number() OVER (PARTITION BY a.wallet_id, a.grant_id ORDER BY a.seq, a.part) AS nth
      FROM ledger_parts_of_usage(p_book.company_id, p_source, p_external_id) AS a WHERE a.grant_id IS NOT NULL
    ) AS p
    WHERE NOT (p.nth = 1 AND p.amount_micros > 0)
    GROUP BY p.wallet_id, p.grant_id HAVING sum(p.amount_micros) < 0
  )
  SELECT row_number() OVER (ORDER BY d.wallet_id <> p_book.pool_wallet_id, d.last DESC),
    CASE WHEN d.wallet_id = p_paid OR (g.kind <> 'general' AND d.wallet_id IN (p_own, p_book.pool_wallet_id)) THEN d.wallet_id END,
    d.grant_id, g.expires_at, d.amount::bigint
  FROM drawn AS d JOIN credit_grant AS g ON g.company_id = p_book.company_id AND g.wallet_id = d.wallet_id AND g.id = d.grant_id
$$;

-- What of a usage's debt the primary office has got by changes of scope, less what was given back of it there. A class's debts
-- move whole, from an office to the pool and from the pool to the primary office, by entries that stand in the same order on both
-- sides: so each part is followed from wallet to wallet.
CREATE FUNCTION ledger_debt_got(p_book book, u usage_record) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_part record;
  v_wallet bigint;
  v_seq bigint;
  v_to bigint;
  v_nth bigint;
  v_got bigint := 0;
BEGIN
  FOR v_part IN SELECT * FROM ledger_parts_of_usage(u.company_id, u.source, u.external_id) AS p WHERE p.debt_class = u.class LOOP
    v_wallet := v_part.wallet_id;
    v_seq := v_part.seq;
    LOOP
      v_to := CASE v_wallet WHEN p_book.pool_wallet_id THEN p_book.primary_wallet_id ELSE p_book.pool_wallet_id END;
      SELECT m.nth INTO v_nth FROM (
        SELECT e.seq, row_number() OVER (ORDER BY e.seq) AS nth FROM entry AS e
        WHERE e.company_id = u.company_id AND e.wallet_id = v_wallet AND e.type = 'move' AND e.class = u.class AND e.amount_micros > 0
      ) AS m WHERE m.seq > v_seq ORDER BY m.seq LIMIT 1;
      EXIT WHEN NOT FOUND;
      SELECT e.seq INTO v_seq FROM entry AS e
      WHERE e.company_id = u.company_id AND e.wallet_id = v_to AND e.type = 'move' AND e.class = u.class AND e.amount_micros < 0
        AND e.reference = v_wallet::text
      ORDER BY e.seq OFFSET v_nth - 1 LIMIT 1;
      v_wallet := v_to;
    END LOOP;
    IF v_wallet = p_book.primary_wallet_id AND (v_seq <> v_part.seq OR v_wallet <> v_part.wallet_id OR v_part.amount_micros > 0) THEN
      v_got := v_got - v_part.amount_micros;
    END IF;
  END LOOP;
  RETURN v_got;
END $$;

-- Writes what a usage gives back on one wallet, which is answered as it is then; null where it gives nothing back there.
CREATE FUNCTION ledger_write_return(
  p_wallet bigint, p_usage usage_record, p_parts ledger_part[], p_type text, p_actor text, p_reason text, p_at timestamptz
) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE
  w wallet;
BEGIN
  IF cardinality(p_parts) = 0 THEN
    RETURN NULL;
  END IF;
  SELECT * INTO w FROM wallet WHERE company_id = p_usage.company_id AND id = p_wallet;
  RETURN ledger_write_entry(w, p_type, p_usage.class, p_parts, p_usage.source, p_usage.external_id, p_usage.office_id, p_actor, p_reason,
    p_usage.usage_at, p_at);
END $$;

-- How much of an amount goes to a class's debt in a wallet, as parts of an entry.
CREATE FUNCTION ledger_repay(p_company bigint, p_wallet bigint, p_class text, p_amount bigint) RETURNS ledger_part[] LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN least(p_amount, o.debt) > 0 THEN ARRAY[(NULL, p_class, least(p_amount, o.debt))::ledger_part] ELSE '{}' END
  FROM wallet AS w, LATERAL (SELECT CASE p_class WHEN 'ai' THEN w.debt_ai_micros ELSE w.debt_calls_micros END AS debt) AS o
  WHERE w.company_id = p_company AND w.id = p_wallet
$$;

-- Gives an amount of a usage back (R8): first to the present debt of its class where it is paid from, then to what it owed while
-- credits were shared and the primary office owes since; then to the grants it drew from in reverse, of which the pool's bundles are
-- the primary office's once nothing is shared; what was debt and has been filled since comes back as new general credits. What
-- belongs to a grant whose period is over lapses again, unless p_keep has it come back as general credits. Answers the entries
-- written on the office's own and on the paying wallet.
CREATE FUNCTION ledger_return(
  p_book book, p_usage usage_record, p_amount bigint, p_type text, p_keep boolean, p_actor text, p_reason text, p_at timestamptz,
  OUT own_wallet_id bigint, OUT own_seq bigint, OUT paid_wallet_id bigint, OUT paid_seq bigint
) LANGUAGE plpgsql AS $$
DECLARE
  v_company bigint := p_book.company_id;
  v_route record := ledger_route(p_book, p_usage.office_id, p_usage.class);
  v_wallet wallet;
  v_rest bigint := p_amount;
  v_own_parts ledger_part[] := '{}';
  v_paid_parts ledger_part[] := ledger_repay(v_company, v_route.paid, p_usage.class, p_amount);
  v_pool_parts ledger_part[] := '{}';
  v_debt_parts ledger_part[] := '{}';
  v_part ledger_part;
  v_drawn record;
  v_new record;
BEGIN
  v_rest := v_rest - coalesce((v_paid_parts[1]).amount_micros, 0);
  IF NOT p_book.pooled AND v_route.paid <> p_book.primary_wallet_id AND v_rest > 0 THEN
    v_debt_parts := ledger_repay(v_company, p_book.primary_wallet_id, p_usage.class, least(v_rest, ledger_debt_got(p_book, p_usage)));
    v_rest := v_rest - coalesce((v_debt_parts[1]).amount_micros, 0);
  END IF;
  FOR v_drawn IN
    SELECT * FROM ledger_drawn_by(p_book, p_usage.source, p_usage.external_id, v_route.own, v_route.paid) AS d
    WHERE d.wallet_id IS NOT NULL AND NOT (p_keep AND d.expires_at <= p_at - interval '6 hours') ORDER BY d.rank
  LOOP
    EXIT WHEN v_rest = 0;
    v_part := (v_drawn.grant_id, NULL, least(v_rest, v_drawn.amount));
    v_rest := v_rest - v_part.amount_micros;
    CASE v_drawn.wallet_id
      WHEN v_route.paid THEN v_paid_parts := v_paid_parts || v_part;
      WHEN v_route.own THEN v_own_parts := v_own_parts || v_part;
      ELSE v_pool_parts := v_pool_parts || v_part;
    END CASE;
  END LOOP;
  v_wallet := ledger_write_return(v_route.paid, p_usage, v_paid_parts, p_type, p_actor, p_reason, p_at);
  IF v_wallet.id IS NOT NULL THEN
    paid_wallet_id := v_wallet.id;
    paid_seq := v_wallet.seq;
    -- What came back as general credits fills what the other class owes.
    PERFORM ledger_fill_debt(v_wallet, p_usage.source, p_usage.external_id, p_actor, p_at);
  END IF;
  IF v_rest > 0 THEN
    SELECT * INTO v_wallet FROM wallet WHERE company_id = v_company AND id = v_route.paid;
    v_new := ledger_add_grant(v_wallet, 'general', v_rest, '-infinity', 'infinity', p_type, p_usage.source, p_usage.external_id,
      p_actor, p_reason, p_at, 'refund');
    paid_wallet_id := v_wallet.id;
    paid_seq := coalesce(paid_seq, v_wallet.seq + 1);
  END IF;
  v_wallet := ledger_write_return(v_route.own, p_usage, v_own_parts, p_type, p_actor, p_reason, p_at);
  own_wallet_id := v_wallet.id;
  own_seq := v_wallet.seq;
  PERFORM ledger_write_return(p_book.primary_wallet_id, p_usage, v_debt_parts, p_type, p_actor, p_reason, p_at);
  PERFORM ledger_write_return(p_book.pool_wallet_id, p_usage, v_pool_parts, p_type, p_actor, p_reason, p_at);
  FOR v_drawn IN
    SELECT g.wallet_id, g.id AS grant_id, p.amount_micros AS amount, g.expires_at <= p_at - interval '6 hours' AS is_over
    FROM unnest(v_paid_parts || v_own_parts || v_pool_parts) AS p
    JOIN credit_grant AS g ON g.company_id = v_company AND g.wallet_id IN (v_route.own, v_route.paid, p_book.pool_wallet_id) AND g.id = p.grant_id
  LOOP
    IF v_drawn.is_over THEN
      PERFORM ledger_lapse_part(v_company, v_drawn.wallet_id, v_drawn.grant_id, v_drawn.amount, p_at);
    ELSIF v_drawn.wallet_id = p_book.pool_wallet_id AND NOT p_book.pooled THEN
      PERFORM ledger_move_grant(v_company, v_drawn.wallet_id, p_book.primary_wallet_id, v_drawn.grant_id, v_drawn.amount, p_actor, p_reason, p_at);
    END IF;
  END LOOP;
END $$;

-- 11_correct.sql
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

-- 12_holds.sql
-- A wallet as it can be spent from at a moment: without what is left of grants that are over but not yet lapsed, or have
-- not begun.
CREATE FUNCTION ledger_in_force(w wallet, p_at timestamptz) RETURNS wallet LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_grant record;
BEGIN
  FOR v_grant IN
    SELECT g.kind, g.remaining_micros FROM credit_grant AS g
    WHERE g.company_id = w.company_id AND g.wallet_id = w.id AND g.is_open AND NOT (g.effective_at <= p_at AND p_at < g.expires_at)
  LOOP
    CASE v_grant.kind
      WHEN 'general' THEN w.general_micros := w.general_micros - v_grant.remaining_micros;
      WHEN 'calling' THEN w.calling_micros := w.calling_micros - v_grant.remaining_micros;
      ELSE w.ai_micros := w.ai_micros - v_grant.remaining_micros;
    END CASE;
  END LOOP;
  RETURN w;
END $$;

-- Adds to the holds of a pool those of its offices that their own bundles do not cover any more: it stands behind them.
CREATE FUNCTION ledger_with_holds_of_offices(p_pool wallet, p_at timestamptz) RETURNS wallet LANGUAGE plpgsql STABLE AS $$
DECLARE
  w wallet;
BEGIN
  FOR w IN
    SELECT o.* FROM wallet AS o
    WHERE o.company_id = p_pool.company_id AND o.id <> p_pool.id AND (o.held_calls_micros > 0 OR o.held_ai_micros > 0)
  LOOP
    w := ledger_in_force(w, p_at);
    p_pool.held_calls_micros := p_pool.held_calls_micros + greatest(w.held_calls_micros - w.calling_micros, 0);
    p_pool.held_ai_micros := p_pool.held_ai_micros + greatest(w.held_ai_micros - w.ai_micros, 0);
  END LOOP;
  RETURN p_pool;
END $$;

-- Finds room for a further amount to hold: where credits are shared, in the office's own bundle first, then behind it.
-- Null where there is not enough.
CREATE FUNCTION ledger_find_room(
  p_company bigint, p_own bigint, p_paid bigint, p_class text, p_amount bigint, p_at timestamptz, OUT own_part bigint, OUT paid_part bigint
) LANGUAGE plpgsql AS $$
DECLARE
  w wallet;
BEGIN
  own_part := 0;
  IF p_own <> p_paid THEN
    SELECT * INTO w FROM wallet WHERE company_id = p_company AND id = p_own;
    -- An office's wallet has nothing but bundles while credits are shared, so this is what is free of its own bundle.
    own_part := least(p_amount, greatest(ledger_available(ledger_in_force(w, p_at), p_class), 0));
  END IF;
  SELECT * INTO w FROM wallet WHERE company_id = p_company AND id = p_paid;
  w := ledger_in_force(w, p_at);
  IF w.office_id IS NULL THEN
    w := ledger_with_holds_of_offices(w, p_at);
  END IF;
  paid_part := p_amount - own_part;
  IF paid_part > greatest(ledger_available(w, p_class), 0) THEN
    own_part := NULL;
    paid_part := NULL;
  END IF;
END $$;

-- 13_scope.sql
-- Moves what wallets owe to another one. Who owes next takes the order of these entries for the debts' ages, so the oldest go first.
CREATE FUNCTION ledger_move_debts(p_company bigint, p_from bigint[], p_to bigint, p_actor text, p_reason text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_from wallet;
  v_to wallet;
  v_debt record;
BEGIN
  FOR v_debt IN
    WITH aged AS (
      SELECT w.id AS wallet_id, u.class, u.amount, row_number() OVER (ORDER BY u.posted_at, w.id, u.seq) AS age,
        row_number() OVER (PARTITION BY w.id, u.class ORDER BY u.posted_at, u.seq) AS nth
      FROM wallet AS w CROSS JOIN LATERAL ledger_unpaid(w) AS u
      WHERE w.company_id = p_company AND w.id = ANY (p_from) AND w.debt_calls_micros + w.debt_ai_micros > 0
    )
    -- Debts of a wallet and class with no other between them go as one.
    SELECT wallet_id, class, sum(amount)::bigint AS amount FROM aged GROUP BY wallet_id, class, age - nth ORDER BY min(age)
  LOOP
    SELECT * INTO v_from FROM wallet WHERE company_id = p_company AND id = v_debt.wallet_id;
    PERFORM ledger_write_entry(v_from, 'move', v_debt.class, ARRAY[(NULL, v_debt.class, v_debt.amount)::ledger_part], 'move', p_to::text,
      v_from.office_id, p_actor, p_reason, NULL, p_at);
    SELECT * INTO v_to FROM wallet WHERE company_id = p_company AND id = p_to;
    PERFORM ledger_write_entry(v_to, 'move', v_debt.class, ARRAY[(NULL, v_debt.class, -v_debt.amount)::ledger_part], 'move',
      v_debt.wallet_id::text, v_from.office_id, p_actor, p_reason, NULL, p_at);
  END LOOP;
END $$;

-- Open holds follow the credits: the pool stands behind the office's own bundle, or the office's wallet behind itself. None is
-- refused for it. All are taken off before the first is put back, so that none stands in another's way; the oldest goes first.
CREATE FUNCTION ledger_reroute_holds(p_book book, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  h hold;
  v_route record;
  v_own wallet;
  v_amount bigint;
BEGIN
  UPDATE wallet SET held_calls_micros = 0, held_ai_micros = 0
  WHERE company_id = p_book.company_id AND (held_calls_micros > 0 OR held_ai_micros > 0);
  FOR h IN SELECT * FROM hold WHERE company_id = p_book.company_id AND state = 'open' ORDER BY placed_at, key LOOP
    v_route := ledger_route(p_book, h.office_id, h.class);
    v_amount := h.own_micros + h.paid_micros;
    h.own_wallet_id := v_route.own;
    h.paid_wallet_id := v_route.paid;
    h.own_micros := 0;
    IF p_book.pooled THEN
      SELECT * INTO v_own FROM wallet WHERE company_id = h.company_id AND id = v_route.own;
      h.own_micros := least(v_amount, greatest(ledger_available(ledger_in_force(v_own, p_at), h.class), 0));
    END IF;
    h.paid_micros := v_amount - h.own_micros;
    PERFORM ledger_save_hold(h);
    PERFORM ledger_move_held(h.company_id, h.class, h.own_wallet_id, h.own_micros, h.paid_wallet_id, h.paid_micros);
  END LOOP;
END $$;

-- Brings all offices' general credits and debts together in the pool, debts first, so that they are filled at once.
CREATE FUNCTION ledger_pool_credits(p_book book, p_actor text, p_reason text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  g credit_grant;
BEGIN
  PERFORM ledger_move_debts(p_book.company_id, ARRAY(
    SELECT id FROM wallet WHERE company_id = p_book.company_id AND id <> p_book.pool_wallet_id), p_book.pool_wallet_id, p_actor, p_reason, p_at);
  FOR g IN
    SELECT * FROM credit_grant
    WHERE company_id = p_book.company_id AND wallet_id <> p_book.pool_wallet_id AND kind = 'general' AND is_open ORDER BY created_at, id
  LOOP
    PERFORM ledger_move_grant(p_book.company_id, g.wallet_id, p_book.pool_wallet_id, g.id, g.remaining_micros, p_actor, p_reason, p_at);
  END LOOP;
END $$;

-- Deals the pool's general credits out to offices as p_allocation says ([{"officeId", "micros"}], exactly what is there,
-- oldest first), after its debts and bundles went to the primary office.
CREATE FUNCTION ledger_deal_credits(p_book book, p_allocation jsonb, p_actor text, p_reason text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_pool wallet;
  v_share record;
  v_wallet bigint;
  v_piece record;
  g credit_grant;
BEGIN
  SELECT * INTO v_pool FROM wallet WHERE company_id = p_book.company_id AND id = p_book.pool_wallet_id;
  IF v_pool.general_micros <> coalesce((SELECT sum((a->>'micros')::bigint) FROM jsonb_array_elements(p_allocation) AS a), 0)
    OR EXISTS (SELECT FROM jsonb_array_elements(p_allocation) AS a WHERE (a->>'micros')::bigint < 0) THEN
    RAISE EXCEPTION 'allocation-mismatch' USING ERRCODE = 'RF001', DETAIL = format('the pool has %s', v_pool.general_micros);
  END IF;
  PERFORM ledger_move_debts(p_book.company_id, ARRAY[p_book.pool_wallet_id], p_book.primary_wallet_id, p_actor, p_reason, p_at);
  FOR g IN
    SELECT * FROM credit_grant WHERE company_id = p_book.company_id AND wallet_id = p_book.pool_wallet_id AND kind <> 'general' AND is_open
    ORDER BY expires_at, created_at, id
  LOOP
    PERFORM ledger_move_grant(p_book.company_id, g.wallet_id, p_book.primary_wallet_id, g.id, g.remaining_micros, p_actor, p_reason, p_at);
  END LOOP;
  FOR v_share IN
    SELECT (a->>'officeId')::bigint AS office_id, sum((a->>'micros')::bigint)::bigint AS amount FROM jsonb_array_elements(p_allocation) AS a
    GROUP BY 1 HAVING sum((a->>'micros')::bigint) > 0 ORDER BY 1
  LOOP
    SELECT id INTO v_wallet FROM wallet WHERE company_id = p_book.company_id AND office_id = v_share.office_id;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'office-unknown' USING ERRCODE = 'RF001', DETAIL = format('office %s has no wallet', v_share.office_id);
    END IF;
    FOR v_piece IN
      SELECT s.id, least(s.remaining_micros, v_share.amount - (s.high - s.remaining_micros)) AS amount
      FROM (
        SELECT id, remaining_micros, (sum(remaining_micros) OVER (ORDER BY created_at, id))::bigint AS high FROM credit_grant
        WHERE company_id = p_book.company_id AND wallet_id = p_book.pool_wallet_id AND kind = 'general' AND is_open
      ) AS s WHERE s.high - s.remaining_micros < v_share.amount ORDER BY s.high
    LOOP
      PERFORM ledger_move_grant(p_book.company_id, p_book.pool_wallet_id, v_wallet, v_piece.id, v_piece.amount, p_actor, p_reason, p_at);
    END LOOP;
  END LOOP;
END $$;
