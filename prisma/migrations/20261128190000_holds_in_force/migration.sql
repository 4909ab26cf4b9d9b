-- Holds count on nothing but bundles in force, and never on the other class's bundle; a pool stands behind what the bundles of its offices no longer cover (R6).

DROP FUNCTION ledger_find_room;
DROP FUNCTION ledger_spendable;
DROP FUNCTION ledger_available;

-- 02_book.sql
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
