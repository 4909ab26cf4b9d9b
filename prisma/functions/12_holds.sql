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

-- Adds to what wallets hold for a class (takes away where negative).
CREATE FUNCTION ledger_move_held(p_company bigint, p_class text, p_own bigint, p_own_part bigint, p_paid bigint, p_paid_part bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_part bigint;
  v_wallet bigint := p_own;
BEGIN
  FOREACH v_part IN ARRAY ARRAY[p_own_part, p_paid_part] LOOP
    IF v_part <> 0 THEN
      UPDATE wallet AS w
      SET held_calls_micros = w.held_calls_micros + CASE p_class WHEN 'calls' THEN v_part ELSE 0 END,
        held_ai_micros = w.held_ai_micros + CASE p_class WHEN 'ai' THEN v_part ELSE 0 END
      WHERE w.company_id = p_company AND w.id = v_wallet;
    END IF;
    v_wallet := p_paid;
  END LOOP;
END $$;

-- True where the wallets that keep an amount back for a hold are far from every level at which somebody is woken.
CREATE FUNCTION ledger_is_held_amply(h hold) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN (
    SELECT bool_and(ledger_is_ample(w)) FROM wallet AS w
    WHERE w.company_id = h.company_id AND (w.id = h.own_wallet_id AND h.own_micros > 0 OR w.id = h.paid_wallet_id AND h.paid_micros > 0));
END $$;

-- Writes a hold as it is now, sealed.
CREATE FUNCTION ledger_save_hold(h hold) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  h.seal := seal_of(h);
  UPDATE hold SET state = h.state, own_wallet_id = h.own_wallet_id, own_micros = h.own_micros, paid_wallet_id = h.paid_wallet_id,
    paid_micros = h.paid_micros, expires_at = h.expires_at, resolved_at = h.resolved_at, seal = h.seal
  WHERE company_id = h.company_id AND key = h.key;
END $$;

CREATE FUNCTION ledger_find_hold(p_company bigint, p_key text) RETURNS hold LANGUAGE plpgsql AS $$
DECLARE
  h hold;
BEGIN
  SELECT * INTO h FROM hold WHERE company_id = p_company AND key = p_key;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'hold-unknown' USING ERRCODE = 'RF001', DETAIL = format('hold %s', p_key);
  END IF;
  RETURN h;
END $$;

-- Keeps an amount of a class back, once for its key. Answers 'refused' where there is not enough; that is not remembered.
CREATE FUNCTION ledger_place_hold(
  p_company bigint, p_key text, p_office bigint, p_class text, p_amount bigint, p_expires timestamptz, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_office, p_class, p_amount, p_expires), 0);
  v_answer jsonb := ledger_replay(p_company, 'hold:' || p_key, 'place-hold', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_route record;
  v_room record;
  h hold;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_route := ledger_route(v_book, p_office, p_class);
  v_room := ledger_find_room(p_company, v_route.own, v_route.paid, p_class, p_amount, p_at);
  IF v_room.paid_part IS NULL THEN
    RETURN '{"outcome": "refused"}';
  END IF;
  h := (p_company, p_key, p_class, p_office, 'open', v_route.own, v_room.own_part, v_route.paid, v_room.paid_part, p_at, p_expires, NULL, 0);
  h.seal := seal_of(h);
  INSERT INTO hold SELECT (h).*;
  PERFORM ledger_move_held(p_company, p_class, h.own_wallet_id, h.own_micros, h.paid_wallet_id, h.paid_micros);
  IF ledger_is_held_amply(h) IS NOT TRUE THEN
    PERFORM ledger_note_crossings(v_before);
  END IF;
  RETURN ledger_remember(p_company, 'hold:' || p_key, 'place-hold', v_facts, '{}', p_at);
END $$;

-- Has an open hold keep a larger amount, for longer. Saying the same again changes nothing.
CREATE FUNCTION ledger_extend_hold(p_company bigint, p_key text, p_amount bigint, p_expires timestamptz, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet[] := ledger_wallets(p_company);
  h hold := ledger_find_hold(p_company, p_key);
  v_more bigint := greatest(p_amount - h.own_micros - h.paid_micros, 0);
  v_room record;
BEGIN
  IF h.state <> 'open' THEN
    RAISE EXCEPTION 'hold-resolved' USING ERRCODE = 'RF001', DETAIL = format('hold %s is %s', p_key, h.state);
  END IF;
  IF v_more = 0 AND p_expires <= h.expires_at THEN
    RETURN '{"outcome": "duplicate"}';
  END IF;
  v_room := ledger_find_room(p_company, h.own_wallet_id, h.paid_wallet_id, h.class, v_more, p_at);
  IF v_more > 0 AND v_room.paid_part IS NULL THEN
    RETURN '{"outcome": "refused"}';
  END IF;
  h.own_micros := h.own_micros + coalesce(v_room.own_part, 0);
  h.paid_micros := h.paid_micros + coalesce(v_room.paid_part, 0);
  h.expires_at := greatest(h.expires_at, p_expires);
  PERFORM ledger_save_hold(h);
  PERFORM ledger_move_held(p_company, h.class, h.own_wallet_id, coalesce(v_room.own_part, 0), h.paid_wallet_id, coalesce(v_room.paid_part, 0));
  PERFORM ledger_note_crossings(v_before);
  RETURN '{"outcome": "posted"}';
END $$;

-- Ends a hold: what it kept is free again.
CREATE FUNCTION ledger_end_hold(h hold, p_state text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF h.state = 'open' THEN
    PERFORM ledger_move_held(h.company_id, h.class, h.own_wallet_id, -h.own_micros, h.paid_wallet_id, -h.paid_micros);
  END IF;
  h.state := p_state;
  h.resolved_at := p_at;
  PERFORM ledger_save_hold(h);
END $$;

-- Frees an open hold without usage.
CREATE FUNCTION ledger_release_hold(p_company bigint, p_key text, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet[] := ledger_wallets(p_company);
  h hold := ledger_find_hold(p_company, p_key);
BEGIN
  IF h.state = 'released' THEN
    RETURN '{"outcome": "duplicate"}';
  ELSIF h.state <> 'open' THEN
    RAISE EXCEPTION 'hold-resolved' USING ERRCODE = 'RF001', DETAIL = format('hold %s is %s', p_key, h.state);
  END IF;
  PERFORM ledger_end_hold(h, 'released', p_at);
  PERFORM ledger_note_crossings(v_before);
  RETURN '{"outcome": "posted"}';
END $$;

-- Frees every hold whose time is over. Its usage may still come.
CREATE FUNCTION ledger_expire_holds(p_company bigint, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet[] := ledger_wallets(p_company);
  h hold;
  v_keys jsonb := '[]';
BEGIN
  FOR h IN SELECT * FROM hold WHERE company_id = p_company AND state = 'open' AND expires_at <= p_at ORDER BY expires_at, key LOOP
    PERFORM ledger_end_hold(h, 'expired', p_at);
    v_keys := v_keys || to_jsonb(h.key);
  END LOOP;
  PERFORM ledger_note_crossings(v_before);
  RETURN v_keys;
END $$;

-- Charges what a hold was for under the usage's own key, and frees the hold, also where it was more or had expired. A
-- usage that is not booked leaves the hold as it is. p_usage is a batch of one.
CREATE FUNCTION ledger_settle_hold(p_company bigint, p_key text, p_usage ledger_usages, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  h hold := ledger_find_hold(p_company, p_key);
  v_settled text := p_usage.source[1] || '/' || p_usage.external_id[1];
  v_known text;
  v_before wallet[] := ledger_wallets(p_company);
  v_answer jsonb;
  v_is_ample boolean;
BEGIN
  SELECT p.result->>'usage' INTO v_known FROM posting AS p WHERE p.company_id = p_company AND p.key = 'settle:' || p_key;
  IF h.state = 'released' OR v_known <> v_settled THEN
    RAISE EXCEPTION 'hold-resolved' USING ERRCODE = 'RF001', DETAIL = format('hold %s is %s', p_key, h.state);
  END IF;
  v_answer := coalesce(ledger_post_usage(p_company, p_at, false, true, p_usage)->0, '{"outcome": "posted"}');
  IF v_known IS NULL AND v_answer->>'outcome' IN ('posted', 'duplicate') THEN
    -- Charged and still held, a wallet has least: where it is ample now it was before, and is afterwards.
    v_is_ample := ledger_is_held_amply(h);
    PERFORM ledger_end_hold(h, 'settled', p_at);
    PERFORM ledger_remember(p_company, 'settle:' || p_key, 'settle-hold', 0, jsonb_build_object('usage', v_settled), p_at);
    IF v_is_ample IS NOT TRUE THEN
      PERFORM ledger_note_crossings(v_before);
    END IF;
  END IF;
  RETURN v_answer;
END $$;
