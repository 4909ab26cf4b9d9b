-- What comes back and what moves after the scope was switched, and after a time was corrected (R5, R6, R8).

DROP FUNCTION ledger_reroute_holds;
DROP FUNCTION ledger_revise_usage;
DROP FUNCTION ledger_sees_others;

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

-- 13_scope.sql
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
      h.own_micros := least(v_amount, greatest(ledger_spendable(v_own, h.class, p_at), 0));
    END IF;
    h.paid_micros := v_amount - h.own_micros;
    PERFORM ledger_save_hold(h);
    PERFORM ledger_move_held(h.company_id, h.class, h.own_wallet_id, h.own_micros, h.paid_wallet_id, h.paid_micros);
  END LOOP;
END $$;
