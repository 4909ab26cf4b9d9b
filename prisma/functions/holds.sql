-- A wallet as it can be spent from at a moment: without what is left of grants that are over but not yet lapsed, or
-- have not begun.
CREATE OR REPLACE FUNCTION ledger_in_force(p_wallet wallet, p_at timestamptz)
RETURNS wallet LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_grant record;
BEGIN
  FOR v_grant IN
    SELECT credit_grant.kind, credit_grant.remaining_micros FROM credit_grant
    WHERE credit_grant.company_id = p_wallet.company_id AND credit_grant.wallet_id = p_wallet.id
      AND credit_grant.is_open AND NOT (credit_grant.effective_at <= p_at AND p_at < credit_grant.expires_at)
  LOOP
    CASE v_grant.kind
      WHEN 'general' THEN p_wallet.general_micros := p_wallet.general_micros - v_grant.remaining_micros;
      WHEN 'calling' THEN p_wallet.calling_micros := p_wallet.calling_micros - v_grant.remaining_micros;
      ELSE p_wallet.ai_micros := p_wallet.ai_micros - v_grant.remaining_micros;
    END CASE;
  END LOOP;
  RETURN p_wallet;
END $$;

-- Adds to the holds of a pool those of its offices that their own bundles do not cover any more: it stands behind them.
CREATE OR REPLACE FUNCTION ledger_with_holds_of_offices(p_pool wallet, p_at timestamptz)
RETURNS wallet LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_wallet wallet;
BEGIN
  FOR v_wallet IN
    SELECT wallet.* FROM wallet
    WHERE wallet.company_id = p_pool.company_id AND wallet.id <> p_pool.id
      AND (wallet.held_calls_micros > 0 OR wallet.held_ai_micros > 0)
  LOOP
    v_wallet := ledger_in_force(v_wallet, p_at);
    p_pool.held_calls_micros := p_pool.held_calls_micros
      + greatest(v_wallet.held_calls_micros - v_wallet.calling_micros, 0);
    p_pool.held_ai_micros := p_pool.held_ai_micros + greatest(v_wallet.held_ai_micros - v_wallet.ai_micros, 0);
  END LOOP;
  RETURN p_pool;
END $$;

-- Finds room for a further amount to hold: where credits are shared, in the office's own bundle first, then behind it.
-- Null where there is not enough.
CREATE OR REPLACE FUNCTION ledger_find_room(
  p_company bigint, p_own bigint, p_paid bigint, p_class text, p_amount bigint, p_at timestamptz, OUT own_part bigint,
  OUT paid_part bigint
) LANGUAGE plpgsql AS $$
DECLARE
  v_wallet wallet;
BEGIN
  own_part := 0;
  IF p_own <> p_paid THEN
    SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = p_own;
    -- An office's wallet has nothing but bundles while credits are shared, so this is what is free of its own bundle.
    own_part := least(p_amount, greatest(ledger_available(ledger_in_force(v_wallet, p_at), p_class), 0));
  END IF;
  SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = p_paid;
  v_wallet := ledger_in_force(v_wallet, p_at);
  IF v_wallet.office_id IS NULL THEN
    v_wallet := ledger_with_holds_of_offices(v_wallet, p_at);
  END IF;
  paid_part := p_amount - own_part;
  IF paid_part > greatest(ledger_available(v_wallet, p_class), 0) THEN
    own_part := NULL;
    paid_part := NULL;
  END IF;
END $$;

-- Adds to what wallets hold for a class (takes away where negative).
CREATE OR REPLACE FUNCTION ledger_move_held(
  p_company bigint, p_class text, p_own bigint, p_own_part bigint, p_paid bigint, p_paid_part bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_part bigint;
  v_wallet bigint := p_own;
BEGIN
  FOREACH v_part IN ARRAY ARRAY[p_own_part, p_paid_part] LOOP
    IF v_part <> 0 THEN
      UPDATE wallet
      SET held_calls_micros = wallet.held_calls_micros + CASE p_class WHEN 'calls' THEN v_part ELSE 0 END,
        held_ai_micros = wallet.held_ai_micros + CASE p_class WHEN 'ai' THEN v_part ELSE 0 END
      WHERE wallet.company_id = p_company AND wallet.id = v_wallet;
    END IF;
    v_wallet := p_paid;
  END LOOP;
END $$;

-- True where the wallets that keep an amount back for a hold are far from every level at which somebody is woken.
CREATE OR REPLACE FUNCTION ledger_is_held_amply(p_hold hold) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN (
    SELECT bool_and(ledger_is_ample(wallet)) FROM wallet
    WHERE wallet.company_id = p_hold.company_id
      AND (wallet.id = p_hold.own_wallet_id AND p_hold.own_micros > 0
        OR wallet.id = p_hold.paid_wallet_id AND p_hold.paid_micros > 0));
END $$;

-- Writes a hold as it is now, sealed.
CREATE OR REPLACE FUNCTION ledger_save_hold(p_hold hold) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  p_hold.seal := seal_of(p_hold);
  UPDATE hold SET state = p_hold.state, own_wallet_id = p_hold.own_wallet_id, own_micros = p_hold.own_micros,
    paid_wallet_id = p_hold.paid_wallet_id, paid_micros = p_hold.paid_micros, expires_at = p_hold.expires_at,
    resolved_at = p_hold.resolved_at, seal = p_hold.seal
  WHERE company_id = p_hold.company_id AND key = p_hold.key;
END $$;

CREATE OR REPLACE FUNCTION ledger_find_hold(p_company bigint, p_key text) RETURNS hold LANGUAGE plpgsql AS $$
DECLARE
  v_hold hold;
BEGIN
  SELECT * INTO v_hold FROM hold WHERE company_id = p_company AND key = p_key;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'hold-unknown' USING ERRCODE = 'RF001', DETAIL = format('hold %s', p_key);
  END IF;
  RETURN v_hold;
END $$;

-- Keeps an amount of a class back, once for its key. Answers 'refused' where there is not enough, with the spending
-- limit that it would exceed where that is why; neither is remembered.
CREATE OR REPLACE FUNCTION ledger_place_hold(
  p_company bigint, p_key text, p_office bigint, p_department bigint, p_member bigint, p_class text, p_amount bigint,
  p_expires timestamptz, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  -- As before holds knew whose they are, where they do not say: a retry under an old key is the same request.
  v_facts bigint := CASE WHEN p_department IS NULL AND p_member IS NULL
    THEN hash_record_extended(ROW(p_office, p_class, p_amount, p_expires), 0)
    ELSE hash_record_extended(ROW(p_office, p_department, p_member, p_class, p_amount, p_expires), 0) END;
  v_answer jsonb := ledger_replay(p_company, 'hold:' || p_key, 'place-hold', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_route record;
  v_room record;
  v_limit jsonb;
  v_hold hold;
BEGIN
  p_at := greatest(p_at, v_book.closed_until);
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_limit := ledger_refusing_limit(v_book, p_office, p_department, p_member, p_amount, p_at);
  IF v_limit IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'limit', 'spending_limit', 'spendingLimit', v_limit);
  END IF;
  v_route := ledger_route(v_book, p_office, p_class);
  v_room := ledger_find_room(p_company, v_route.own, v_route.paid, p_class, p_amount, p_at);
  IF v_room.paid_part IS NULL THEN
    RETURN '{"outcome": "refused"}';
  END IF;
  INSERT INTO hold (company_id, key, class, office_id, state, own_wallet_id, own_micros, paid_wallet_id, paid_micros,
    placed_at, expires_at, seal, member_id, department_id)
  VALUES (p_company, p_key, p_class, p_office, 'open', v_route.own, v_room.own_part, v_route.paid, v_room.paid_part,
    p_at, p_expires,
    hash_record_extended(ROW(p_company, p_key, p_class, p_office, 'open'::text, v_route.own, v_room.own_part::bigint,
      v_route.paid, v_room.paid_part::bigint, p_at, p_expires, NULL::timestamptz, 0::bigint, p_member,
      p_department), 1),
    p_member, p_department)
  RETURNING * INTO v_hold;
  PERFORM ledger_move_held(p_company, p_class, v_hold.own_wallet_id, v_hold.own_micros, v_hold.paid_wallet_id,
    v_hold.paid_micros);
  IF ledger_is_held_amply(v_hold) IS NOT TRUE THEN
    PERFORM ledger_note_crossings(v_before);
  END IF;
  RETURN ledger_remember(p_company, 'hold:' || p_key, 'place-hold', v_facts, '{}', p_at);
END $$;

-- Has an open hold keep a larger amount, for longer. Saying the same again changes nothing.
CREATE OR REPLACE FUNCTION ledger_extend_hold(
  p_company bigint, p_key text, p_amount bigint, p_expires timestamptz, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet[] := ledger_wallets(p_company);
  v_hold hold := ledger_find_hold(p_company, p_key);
  v_more bigint := greatest(p_amount - v_hold.own_micros - v_hold.paid_micros, 0);
  v_room record;
  v_limit jsonb;
BEGIN
  IF v_hold.state <> 'open' THEN
    RAISE EXCEPTION 'hold-resolved' USING ERRCODE = 'RF001', DETAIL = format('hold %s is %s', p_key, v_hold.state);
  END IF;
  IF v_more = 0 AND p_expires <= v_hold.expires_at THEN
    RETURN '{"outcome": "duplicate"}';
  END IF;
  IF v_more > 0 THEN
    v_limit := ledger_refusing_limit(v_book, v_hold.office_id, v_hold.department_id, v_hold.member_id, v_more, p_at);
  END IF;
  IF v_limit IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'limit', 'spending_limit', 'spendingLimit', v_limit);
  END IF;
  v_room := ledger_find_room(p_company, v_hold.own_wallet_id, v_hold.paid_wallet_id, v_hold.class, v_more, p_at);
  IF v_more > 0 AND v_room.paid_part IS NULL THEN
    RETURN '{"outcome": "refused"}';
  END IF;
  v_hold.own_micros := v_hold.own_micros + coalesce(v_room.own_part, 0);
  v_hold.paid_micros := v_hold.paid_micros + coalesce(v_room.paid_part, 0);
  v_hold.expires_at := greatest(v_hold.expires_at, p_expires);
  PERFORM ledger_save_hold(v_hold);
  PERFORM ledger_move_held(p_company, v_hold.class, v_hold.own_wallet_id, coalesce(v_room.own_part, 0),
    v_hold.paid_wallet_id, coalesce(v_room.paid_part, 0));
  PERFORM ledger_note_crossings(v_before);
  RETURN '{"outcome": "posted"}';
END $$;

-- Ends a hold: what it kept is free again.
CREATE OR REPLACE FUNCTION ledger_end_hold(p_hold hold, p_state text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_hold.state = 'open' THEN
    PERFORM ledger_move_held(p_hold.company_id, p_hold.class, p_hold.own_wallet_id, -p_hold.own_micros,
      p_hold.paid_wallet_id, -p_hold.paid_micros);
  END IF;
  p_hold.state := p_state;
  p_hold.resolved_at := p_at;
  PERFORM ledger_save_hold(p_hold);
END $$;

-- Frees an open hold without usage.
CREATE OR REPLACE FUNCTION ledger_release_hold(p_company bigint, p_key text, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet[] := ledger_wallets(p_company);
  v_hold hold := ledger_find_hold(p_company, p_key);
BEGIN
  IF v_hold.state = 'released' THEN
    RETURN '{"outcome": "duplicate"}';
  ELSIF v_hold.state <> 'open' THEN
    RAISE EXCEPTION 'hold-resolved' USING ERRCODE = 'RF001', DETAIL = format('hold %s is %s', p_key, v_hold.state);
  END IF;
  PERFORM ledger_end_hold(v_hold, 'released', p_at);
  PERFORM ledger_note_crossings(v_before);
  RETURN '{"outcome": "posted"}';
END $$;

-- Frees every hold whose time is over. Its usage may still come.
CREATE OR REPLACE FUNCTION ledger_expire_holds(p_company bigint, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet[] := ledger_wallets(p_company);
  v_hold hold;
  v_keys jsonb := '[]';
BEGIN
  FOR v_hold IN
    SELECT * FROM hold WHERE company_id = p_company AND state = 'open' AND expires_at <= p_at ORDER BY expires_at, key
  LOOP
    PERFORM ledger_end_hold(v_hold, 'expired', p_at);
    v_keys := v_keys || to_jsonb(v_hold.key);
  END LOOP;
  PERFORM ledger_note_crossings(v_before);
  RETURN v_keys;
END $$;

-- Charges what a hold was for under the usage's own key, and frees the hold, also where it was more or had expired. A
-- usage that is not booked leaves the hold as it is. p_usage is a batch of one.
CREATE OR REPLACE FUNCTION ledger_settle_hold(p_company bigint, p_key text, p_usage ledger_usages, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_hold hold := ledger_find_hold(p_company, p_key);
  v_settled text := p_usage.source[1] || '/' || p_usage.external_id[1];
  v_known text;
  v_before wallet[] := ledger_wallets(p_company);
  v_answer jsonb;
  v_is_ample boolean;
BEGIN
  p_at := greatest(p_at, v_book.closed_until);
  SELECT posting.result->>'usage' INTO v_known FROM posting WHERE posting.company_id = p_company
    AND posting.key = 'settle:' || p_key;
  IF v_hold.state = 'released' OR v_known <> v_settled THEN
    RAISE EXCEPTION 'hold-resolved' USING ERRCODE = 'RF001', DETAIL = format('hold %s is %s', p_key, v_hold.state);
  END IF;
  v_answer := coalesce(ledger_post_usage(p_company, p_at, false, true, p_usage)->0, '{"outcome": "posted"}');
  IF v_known IS NULL AND v_answer->>'outcome' IN ('posted', 'duplicate') THEN
    -- Charged and still held, a wallet has least: where it is ample now it was before, and is afterwards.
    v_is_ample := ledger_is_held_amply(v_hold);
    PERFORM ledger_end_hold(v_hold, 'settled', p_at);
    PERFORM ledger_remember(p_company, 'settle:' || p_key, 'settle-hold', 0, jsonb_build_object('usage', v_settled),
      p_at);
    IF v_is_ample IS NOT TRUE THEN
      PERFORM ledger_note_crossings(v_before);
    END IF;
  END IF;
  RETURN v_answer;
END $$;
