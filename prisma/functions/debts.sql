-- What a wallet still owes, piece by piece, by the entries that made the debts. Debt is paid first in, first out, so
-- what is still owed of a class are its latest debts.
CREATE OR REPLACE FUNCTION ledger_unpaid(p_wallet wallet)
RETURNS TABLE (seq bigint, posted_at timestamptz, class text, amount bigint) LANGUAGE sql STABLE AS $$
  WITH made AS (
    SELECT entry.seq, entry.posted_at,
      entry.debt_calls_after_micros - lag(entry.debt_calls_after_micros, 1, 0::bigint) OVER in_order AS calls,
      entry.debt_ai_after_micros - lag(entry.debt_ai_after_micros, 1, 0::bigint) OVER in_order AS ai
    FROM entry
    WHERE entry.company_id = p_wallet.company_id AND entry.wallet_id = p_wallet.id AND entry.seq >= coalesce((
      SELECT max(cleared.seq) FROM entry AS cleared WHERE cleared.company_id = p_wallet.company_id
        AND cleared.wallet_id = p_wallet.id
        AND cleared.debt_calls_after_micros = 0 AND cleared.debt_ai_after_micros = 0), 0)
    WINDOW in_order AS (ORDER BY entry.seq)
  ), owed AS (
    -- The newest debts first: what of each is still unpaid.
    SELECT made.seq, made.posted_at, debts.class, debts.made, debts.debt,
      coalesce(sum(debts.made) OVER (
        PARTITION BY debts.class ORDER BY made.seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer
    FROM made CROSS JOIN LATERAL (VALUES ('calls', made.calls, p_wallet.debt_calls_micros),
      ('ai', made.ai, p_wallet.debt_ai_micros)) AS debts(class, made, debt)
    WHERE debts.made > 0
  )
  SELECT owed.seq, owed.posted_at, owed.class, least(owed.made, owed.debt - owed.newer)::bigint FROM owed
  WHERE owed.newer < owed.debt
$$;

-- How much of an amount fills which class's debt: a bundle its own class's, general credits the oldest of either (R6).
CREATE OR REPLACE FUNCTION ledger_plan_fill(
  p_wallet wallet, p_kind text, p_amount bigint, OUT calls bigint, OUT ai bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  calls := CASE WHEN p_kind IN ('general', 'calling') THEN least(p_amount, p_wallet.debt_calls_micros) ELSE 0 END;
  ai := CASE WHEN p_kind IN ('general', 'ai') THEN least(p_amount, p_wallet.debt_ai_micros) ELSE 0 END;
  IF calls + ai <= p_amount THEN
    RETURN;
  END IF;
  -- Both classes owe, and the amount does not cover both: oldest first.
  SELECT coalesce(sum(filled.amount) FILTER (WHERE filled.class = 'calls'), 0)::bigint,
    coalesce(sum(filled.amount) FILTER (WHERE filled.class = 'ai'), 0)::bigint
  INTO calls, ai
  FROM (
    SELECT unpaid.class, greatest(least(unpaid.amount, p_amount
      - coalesce(sum(unpaid.amount) OVER (
        ORDER BY unpaid.seq, unpaid.class ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)), 0) AS amount
    FROM ledger_unpaid(p_wallet) AS unpaid
  ) AS filled;
END $$;

-- What is filled of each class's debt, as parts of an entry.
CREATE OR REPLACE FUNCTION ledger_debt_parts(p_calls bigint, p_ai bigint)
RETURNS ledger_part[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_calls > 0 THEN ARRAY[(NULL, 'calls', p_calls)::ledger_part] ELSE '{}' END
    || CASE WHEN p_ai > 0 THEN ARRAY[(NULL, 'ai', p_ai)::ledger_part] ELSE '{}' END
$$;

-- How an amount of a wallet's general credits is taken from its grants, the oldest first, as parts of an entry.
CREATE OR REPLACE FUNCTION ledger_general_parts(p_wallet wallet, p_amount bigint)
RETURNS ledger_part[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg((summed.id, NULL,
    -least(summed.remaining_micros, p_amount - (summed.high - summed.remaining_micros)))::ledger_part
      ORDER BY summed.high), '{}')
  FROM (
    SELECT credit_grant.id, credit_grant.remaining_micros,
      (sum(credit_grant.remaining_micros) OVER (ORDER BY credit_grant.created_at, credit_grant.id))::bigint AS high
    FROM credit_grant
    WHERE credit_grant.company_id = p_wallet.company_id AND credit_grant.wallet_id = p_wallet.id
      AND credit_grant.kind = 'general' AND credit_grant.is_open
  ) AS summed
  WHERE summed.high - summed.remaining_micros < p_amount
$$;

-- Fills what a wallet owes from its general credits, so that the two never stand beside each other.
CREATE OR REPLACE FUNCTION ledger_fill_debt(
  p_wallet wallet, p_source text, p_reference text, p_actor text, p_at timestamptz
) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE
  v_amount bigint := least(p_wallet.general_micros, p_wallet.debt_calls_micros + p_wallet.debt_ai_micros);
  v_fill record;
  v_parts ledger_part[];
BEGIN
  IF v_amount = 0 THEN
    RETURN p_wallet;
  END IF;
  v_fill := ledger_plan_fill(p_wallet, 'general', v_amount);
  v_parts := ledger_general_parts(p_wallet, v_amount);
  RETURN ledger_write_entry(p_wallet, 'fill', NULL, v_parts || ledger_debt_parts(v_fill.calls, v_fill.ai), p_source,
    p_reference, p_wallet.office_id, p_actor, 'Fills what was owed', NULL, p_at);
END $$;

-- How much of an amount goes to a class's debt in a wallet, as parts of an entry.
CREATE OR REPLACE FUNCTION ledger_repay(p_company bigint, p_wallet bigint, p_class text, p_amount bigint)
RETURNS ledger_part[] LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN least(p_amount, owed.debt) > 0 THEN ARRAY[(NULL, p_class, least(p_amount, owed.debt))::ledger_part]
    ELSE '{}' END
  FROM wallet,
    LATERAL (SELECT CASE p_class WHEN 'ai' THEN wallet.debt_ai_micros ELSE wallet.debt_calls_micros END AS debt) AS owed
  WHERE wallet.company_id = p_company AND wallet.id = p_wallet
$$;
