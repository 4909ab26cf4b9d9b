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

-- What is filled of each class's debt, as parts of an entry.
CREATE FUNCTION ledger_debt_parts(p_calls bigint, p_ai bigint) RETURNS ledger_part[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_calls > 0 THEN ARRAY[(NULL, 'calls', p_calls)::ledger_part] ELSE '{}' END
    || CASE WHEN p_ai > 0 THEN ARRAY[(NULL, 'ai', p_ai)::ledger_part] ELSE '{}' END
$$;

-- Fills what a wallet owes from its general credits, so that the two never stand beside each other.
CREATE FUNCTION ledger_fill_debt(w wallet, p_source text, p_reference text, p_actor text, p_at timestamptz) RETURNS wallet
LANGUAGE plpgsql AS $$
DECLARE
  v_amount bigint := least(w.general_micros, w.debt_calls_micros + w.debt_ai_micros);
  v_fill record;
  v_parts ledger_part[];
BEGIN
  IF v_amount = 0 THEN
    RETURN w;
  END IF;
  v_fill := ledger_plan_fill(w, 'general', v_amount);
  SELECT array_agg((s.id, NULL, -least(s.remaining_micros, v_amount - (s.high - s.remaining_micros)))::ledger_part ORDER BY s.high) INTO v_parts
  FROM (
    SELECT g.id, g.remaining_micros, (sum(g.remaining_micros) OVER (ORDER BY g.created_at, g.id))::bigint AS high FROM credit_grant AS g
    WHERE g.company_id = w.company_id AND g.wallet_id = w.id AND g.kind = 'general' AND g.is_open
  ) AS s
  WHERE s.high - s.remaining_micros < v_amount;
  RETURN ledger_write_entry(w, 'fill', NULL, v_parts || ledger_debt_parts(v_fill.calls, v_fill.ai), p_source, p_reference, w.office_id,
    p_actor, 'Fills what was owed', NULL, p_at);
END $$;

-- Puts a new grant into a wallet: an entry for the credit and, where something is owed, one of amount 0 that moves
-- part of it to the debt. AI debt stands on the pool while credits are shared, and the AI bundle on the primary office's
-- wallet: what fills it is a pair of entries, one on each.
CREATE FUNCTION ledger_add_grant(
  p_wallet wallet, p_kind text, p_amount bigint, p_effective timestamptz, p_expires timestamptz, p_type text,
  p_source text, p_reference text, p_actor text, p_reason text, p_at timestamptz, p_grant_source text DEFAULT NULL,
  OUT after wallet, OUT grant_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
  v_fill record;
  v_pool wallet;
  v_rest bigint := p_amount;
BEGIN
  grant_id := nextval(pg_get_serial_sequence('credit_grant', 'id'));
  INSERT INTO credit_grant OVERRIDING SYSTEM VALUE
  VALUES (p_wallet.company_id, p_wallet.id, grant_id, p_kind, p_amount, 0, p_effective, p_expires, false,
    coalesce(p_grant_source, p_source), p_reference, p_at,
    hash_record_extended(ROW(p_wallet.company_id, p_wallet.id, grant_id, p_kind, p_amount, 0::bigint, p_effective, p_expires,
      NULL::boolean, coalesce(p_grant_source, p_source), p_reference, p_at, 0::bigint), 0));
  after := ledger_write_entry(p_wallet, p_type, NULL, ARRAY[(grant_id, NULL, p_amount)::ledger_part],
    p_source, p_reference, p_wallet.office_id, p_actor, p_reason, NULL, p_at);
  v_fill := ledger_plan_fill(after, p_kind, p_amount);
  IF v_fill.calls + v_fill.ai > 0 THEN
    after := ledger_write_entry(after, 'fill', NULL,
      ARRAY[(grant_id, NULL, -(v_fill.calls + v_fill.ai))::ledger_part] || ledger_debt_parts(v_fill.calls, v_fill.ai),
      p_source, p_reference, p_wallet.office_id, p_actor, 'Fills what was owed', NULL, p_at);
    v_rest := v_rest - v_fill.calls - v_fill.ai;
  END IF;
  IF p_kind = 'ai' AND v_rest > 0 THEN
    SELECT w.* INTO v_pool FROM book AS b JOIN wallet AS w ON w.company_id = b.company_id AND w.id = b.pool_wallet_id
    WHERE b.company_id = after.company_id AND b.pooled AND w.id <> after.id AND w.debt_ai_micros > 0;
    IF FOUND THEN
      v_rest := least(v_rest, v_pool.debt_ai_micros);
      after := ledger_write_entry(after, 'fill', 'ai', ARRAY[(grant_id, NULL, -v_rest)::ledger_part], p_source, p_reference,
        p_wallet.office_id, p_actor, 'Fills what was owed', NULL, p_at);
      PERFORM ledger_write_entry(v_pool, 'fill', 'ai', ARRAY[(NULL, 'ai', v_rest)::ledger_part], p_source, p_reference,
        p_wallet.office_id, p_actor, 'Fills what was owed', NULL, p_at);
    END IF;
  END IF;
END $$;

-- Which wallet a kind of credit belongs to: AI bundles to the primary office, general credits of a pooled company to
-- the pool, everything else to the office named (null: the pool, or the primary office where nothing is shared, so that
-- no credit that was paid for is ever without a home). See R5.
CREATE FUNCTION ledger_credit_wallet(p_book book, p_office bigint, p_kind text) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE
  w wallet;
BEGIN
  IF p_kind = 'ai' OR (p_office IS NULL AND NOT p_book.pooled) THEN
    SELECT * INTO w FROM wallet WHERE company_id = p_book.company_id AND id = p_book.primary_wallet_id;
  ELSIF p_book.pooled AND (p_kind = 'general' OR p_office IS NULL) THEN
    SELECT * INTO w FROM wallet WHERE company_id = p_book.company_id AND id = p_book.pool_wallet_id;
  ELSE
    SELECT * INTO w FROM wallet WHERE company_id = p_book.company_id AND office_id = p_office;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'office-unknown' USING ERRCODE = 'RF001', DETAIL = format('office %s has no wallet', p_office);
    END IF;
  END IF;
  RETURN w;
END $$;

-- Credits an amount, once for its key. Without p_effective, general credits pay usage of any time and bundles usage from
-- now on; what the caller did not say is no part of the facts, so a later retry under the key is the same request.
CREATE FUNCTION ledger_grant(
  p_company bigint, p_office bigint, p_kind text, p_amount bigint, p_effective timestamptz, p_expires timestamptz,
  p_key text, p_source text, p_reference text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_office, p_kind, p_amount, p_effective, p_expires, p_source, p_reference), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'grant', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_wallet wallet;
  v_done record;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_wallet := ledger_credit_wallet(v_book, p_office, p_kind);
  v_done := ledger_add_grant(v_wallet, p_kind, p_amount,
    coalesce(p_effective, CASE WHEN p_kind = 'general' THEN '-infinity' ELSE p_at END), coalesce(p_expires, 'infinity'),
    'grant', p_source, p_reference, p_actor, p_reason, p_at);
  PERFORM ledger_note_crossings(v_before);
  RETURN ledger_remember(p_company, p_key, 'grant', v_facts,
    jsonb_build_object('walletId', (v_done.after).id::text, 'seq', (v_wallet.seq + 1)::text, 'grantId', v_done.grant_id::text), p_at);
END $$;
