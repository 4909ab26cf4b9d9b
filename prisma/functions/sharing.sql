-- Moves an amount of a grant to another wallet as a grant of its own that refers to the old one.
CREATE OR REPLACE FUNCTION ledger_move_grant(
  p_company bigint, p_from bigint, p_to bigint, p_grant bigint, p_amount bigint, p_actor text, p_reason text,
  p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_wallet wallet;
  v_grant credit_grant;
BEGIN
  SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = p_from;
  PERFORM ledger_write_entry(v_wallet, 'move', NULL, ARRAY[(p_grant, NULL, -p_amount)::ledger_part], 'move',
    p_grant::text, v_wallet.office_id, p_actor, p_reason, NULL, p_at);
  SELECT * INTO v_grant FROM credit_grant WHERE company_id = p_company AND wallet_id = p_from AND id = p_grant;
  SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = p_to;
  PERFORM ledger_add_grant(v_wallet, v_grant.kind, p_amount, v_grant.effective_at, v_grant.expires_at, 'move', 'move',
    p_grant::text, p_actor, p_reason, p_at);
END $$;

-- Moves what wallets owe to another one. Who owes next takes the order of these entries for the debts' ages, so the
-- oldest go first.
CREATE OR REPLACE FUNCTION ledger_move_debts(
  p_company bigint, p_from bigint[], p_to bigint, p_actor text, p_reason text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_from wallet;
  v_to wallet;
  v_debt record;
BEGIN
  FOR v_debt IN
    WITH aged AS (
      SELECT wallet.id AS wallet_id, unpaid.class, unpaid.amount,
        row_number() OVER (ORDER BY unpaid.posted_at, wallet.id, unpaid.seq) AS age,
        row_number() OVER (PARTITION BY wallet.id, unpaid.class ORDER BY unpaid.posted_at, unpaid.seq) AS nth
      FROM wallet CROSS JOIN LATERAL ledger_unpaid(wallet) AS unpaid
      WHERE wallet.company_id = p_company AND wallet.id = ANY (p_from)
        AND wallet.debt_calls_micros + wallet.debt_ai_micros > 0
    )
    -- Debts of a wallet and class with no other between them go as one.
    SELECT wallet_id, class, sum(amount)::bigint AS amount FROM aged GROUP BY wallet_id, class, age - nth
    ORDER BY min(age)
  LOOP
    SELECT * INTO v_from FROM wallet WHERE company_id = p_company AND id = v_debt.wallet_id;
    PERFORM ledger_write_entry(v_from, 'move', v_debt.class, ARRAY[(NULL, v_debt.class, v_debt.amount)::ledger_part],
      'move', p_to::text, v_from.office_id, p_actor, p_reason, NULL, p_at);
    SELECT * INTO v_to FROM wallet WHERE company_id = p_company AND id = p_to;
    PERFORM ledger_write_entry(v_to, 'move', v_debt.class, ARRAY[(NULL, v_debt.class, -v_debt.amount)::ledger_part],
      'move', v_debt.wallet_id::text, v_from.office_id, p_actor, p_reason, NULL, p_at);
  END LOOP;
END $$;

-- Open holds follow the credits: the pool stands behind the office's own bundle, or the office's wallet behind itself.
-- None is refused for it. All are taken off before the first is put back, so that none stands in another's way; the
-- oldest goes first.
CREATE OR REPLACE FUNCTION ledger_reroute_holds(p_book book, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_hold hold;
  v_route record;
  v_own wallet;
  v_amount bigint;
BEGIN
  UPDATE wallet SET held_calls_micros = 0, held_ai_micros = 0
  WHERE company_id = p_book.company_id AND (held_calls_micros > 0 OR held_ai_micros > 0);
  FOR v_hold IN SELECT * FROM hold WHERE company_id = p_book.company_id AND state = 'open' ORDER BY placed_at, key LOOP
    v_route := ledger_route(p_book, v_hold.office_id, v_hold.class);
    v_amount := v_hold.own_micros + v_hold.paid_micros;
    v_hold.own_wallet_id := v_route.own;
    v_hold.paid_wallet_id := v_route.paid;
    v_hold.own_micros := 0;
    IF p_book.pooled THEN
      SELECT * INTO v_own FROM wallet WHERE company_id = v_hold.company_id AND id = v_route.own;
      v_hold.own_micros := least(v_amount, greatest(ledger_available(ledger_in_force(v_own, p_at), v_hold.class), 0));
    END IF;
    v_hold.paid_micros := v_amount - v_hold.own_micros;
    PERFORM ledger_save_hold(v_hold);
    PERFORM ledger_move_held(v_hold.company_id, v_hold.class, v_hold.own_wallet_id, v_hold.own_micros,
      v_hold.paid_wallet_id, v_hold.paid_micros);
  END LOOP;
END $$;

-- Brings all offices' general credits and debts together in the pool, debts first, so that they are filled at once.
CREATE OR REPLACE FUNCTION ledger_pool_credits(p_book book, p_actor text, p_reason text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_grant credit_grant;
BEGIN
  PERFORM ledger_move_debts(p_book.company_id, ARRAY(
    SELECT id FROM wallet WHERE company_id = p_book.company_id AND id <> p_book.pool_wallet_id), p_book.pool_wallet_id,
      p_actor, p_reason, p_at);
  FOR v_grant IN
    SELECT * FROM credit_grant
    WHERE company_id = p_book.company_id AND wallet_id <> p_book.pool_wallet_id AND kind = 'general' AND is_open
    ORDER BY created_at, id
  LOOP
    PERFORM ledger_move_grant(p_book.company_id, v_grant.wallet_id, p_book.pool_wallet_id, v_grant.id,
      v_grant.remaining_micros, p_actor, p_reason, p_at);
  END LOOP;
END $$;

-- Deals the pool's general credits out to offices as p_allocation says ([{"officeId", "micros"}], exactly what is
-- there, oldest first), after its debts and bundles went to the primary office.
CREATE OR REPLACE FUNCTION ledger_deal_credits(
  p_book book, p_allocation jsonb, p_actor text, p_reason text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_pool wallet;
  v_share record;
  v_wallet bigint;
  v_piece record;
  v_grant credit_grant;
BEGIN
  SELECT * INTO v_pool FROM wallet WHERE company_id = p_book.company_id AND id = p_book.pool_wallet_id;
  IF v_pool.general_micros <> coalesce((SELECT sum((shares->>'micros')::bigint)
    FROM jsonb_array_elements(p_allocation) AS shares), 0)
    OR EXISTS (SELECT FROM jsonb_array_elements(p_allocation) AS shares WHERE (shares->>'micros')::bigint < 0) THEN
    RAISE EXCEPTION 'allocation-mismatch' USING ERRCODE = 'RF001',
      DETAIL = format('the pool has %s', v_pool.general_micros);
  END IF;
  PERFORM ledger_move_debts(p_book.company_id, ARRAY[p_book.pool_wallet_id], p_book.primary_wallet_id, p_actor,
    p_reason, p_at);
  FOR v_grant IN
    SELECT * FROM credit_grant WHERE company_id = p_book.company_id AND wallet_id = p_book.pool_wallet_id
      AND kind <> 'general' AND is_open
    ORDER BY expires_at, created_at, id
  LOOP
    PERFORM ledger_move_grant(p_book.company_id, v_grant.wallet_id, p_book.primary_wallet_id, v_grant.id,
      v_grant.remaining_micros, p_actor, p_reason, p_at);
  END LOOP;
  FOR v_share IN
    SELECT (shares->>'officeId')::bigint AS office_id, sum((shares->>'micros')::bigint)::bigint AS amount
    FROM jsonb_array_elements(p_allocation) AS shares
    GROUP BY 1 HAVING sum((shares->>'micros')::bigint) > 0 ORDER BY 1
  LOOP
    SELECT id INTO v_wallet FROM wallet WHERE company_id = p_book.company_id AND office_id = v_share.office_id;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'office-unknown' USING ERRCODE = 'RF001',
        DETAIL = format('office %s has no wallet', v_share.office_id);
    END IF;
    FOR v_piece IN
      SELECT pieces.id, least(pieces.remaining_micros, v_share.amount
        - (pieces.high - pieces.remaining_micros)) AS amount
      FROM (
        SELECT id, remaining_micros, (sum(remaining_micros) OVER (ORDER BY created_at, id))::bigint AS high
        FROM credit_grant
        WHERE company_id = p_book.company_id AND wallet_id = p_book.pool_wallet_id AND kind = 'general' AND is_open
      ) AS pieces WHERE pieces.high - pieces.remaining_micros < v_share.amount ORDER BY pieces.high
    LOOP
      PERFORM ledger_move_grant(p_book.company_id, p_book.pool_wallet_id, v_wallet, v_piece.id, v_piece.amount, p_actor,
        p_reason, p_at);
    END LOOP;
  END LOOP;
END $$;

-- Shares a company's credits, or deals them out to its offices, by entries of type move, once for its key (R5). What
-- was posted stays where it is.
CREATE OR REPLACE FUNCTION ledger_set_pooled(
  p_company bigint, p_pooled boolean, p_allocation jsonb, p_key text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_pooled, p_allocation), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'set-pooled', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
BEGIN
  p_at := greatest(p_at, v_book.closed_until);
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
