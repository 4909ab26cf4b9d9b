-- Moves an amount of a grant to another wallet as a grant of its own that refers to the old one.
CREATE FUNCTION ledger_move_grant(
  p_company bigint, p_from bigint, p_to bigint, p_grant bigint, p_amount bigint, p_actor text, p_reason text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  w wallet;
  g credit_grant;
BEGIN
  SELECT * INTO w FROM wallet WHERE company_id = p_company AND id = p_from;
  PERFORM ledger_write_entry(w, 'move', NULL, ARRAY[(p_grant, NULL, -p_amount)::ledger_part], 'move', p_grant::text, w.office_id,
    p_actor, p_reason, NULL, p_at);
  SELECT * INTO g FROM credit_grant WHERE company_id = p_company AND wallet_id = p_from AND id = p_grant;
  SELECT * INTO w FROM wallet WHERE company_id = p_company AND id = p_to;
  PERFORM ledger_add_grant(w, g.kind, p_amount, g.effective_at, g.expires_at, 'move', 'move', p_grant::text, p_actor, p_reason, p_at);
END $$;

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

-- Shares a company's credits, or deals them out to its offices, by entries of type move, once for its key (R5). What was
-- posted stays where it is.
CREATE FUNCTION ledger_set_pooled(
  p_company bigint, p_pooled boolean, p_allocation jsonb, p_key text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_pooled, p_allocation), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'set-pooled', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  IF v_book.pooled <> p_pooled THEN
    v_book.pooled := p_pooled;
    v_book.seal := seal_of(v_book);
    UPDATE book SET pooled = v_book.pooled, seal = v_book.seal WHERE company_id = p_company;
    IF p_pooled THEN
      PERFORM ledger_pool_credits(v_book, p_actor, p_reason, p_at);
    ELSE
      PERFORM ledger_deal_credits(v_book, p_allocation, p_actor, p_reason, p_at);
    END IF;
    PERFORM ledger_reroute_holds(v_book, p_at);
    PERFORM ledger_note_crossings(v_before);
  END IF;
  RETURN ledger_remember(p_company, p_key, 'set-pooled', v_facts, jsonb_build_object('pooled', p_pooled), p_at);
END $$;

-- Sets levels below which a job is woken, by class ({"calls": micros, "ai": null, "general": micros}; null: not watched;
-- what is not named stays), and wakes it at once where it is below already.
CREATE FUNCTION ledger_set_watch(p_company bigint, p_wallet bigint, p_levels jsonb) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet;
  w wallet;
BEGIN
  SELECT * INTO v_before FROM wallet WHERE company_id = p_company AND id = p_wallet;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'wallet-unknown' USING ERRCODE = 'RF001', DETAIL = format('wallet %s', p_wallet);
  END IF;
  w := v_before;
  w.watch_calls_micros := CASE WHEN p_levels ? 'calls' THEN (p_levels->>'calls')::bigint ELSE w.watch_calls_micros END;
  w.watch_ai_micros := CASE WHEN p_levels ? 'ai' THEN (p_levels->>'ai')::bigint ELSE w.watch_ai_micros END;
  w.watch_general_micros := CASE WHEN p_levels ? 'general' THEN (p_levels->>'general')::bigint ELSE w.watch_general_micros END;
  UPDATE wallet SET watch_calls_micros = w.watch_calls_micros, watch_ai_micros = w.watch_ai_micros,
    watch_general_micros = w.watch_general_micros, seal = seal_of(w)
  WHERE company_id = p_company AND id = p_wallet;
  PERFORM ledger_note_crossings(ARRAY[v_before]);
END $$;
