-- What each wallet of a company has to spend at a moment, and how that stands (R6, R11): the one place that decides
-- what is available, low or out. Grants that are over or have not begun do not count. Shared credits stand behind every
-- office's own bundle, AI is paid by the primary office's bundle whoever uses it, and the pool is what the holds of
-- offices leave it (R5). The free general credits and their level are a wallet's own.
CREATE OR REPLACE FUNCTION ledger_balance(p_company bigint, p_at timestamptz)
RETURNS TABLE (wallet_id bigint, available_calls_micros bigint, available_ai_micros bigint, free_general_micros bigint,
  level_calls text, level_ai text, level_general text)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  WITH in_force AS MATERIALIZED (
    SELECT wallet.id, ledger_in_force(wallet, p_at) AS wallet FROM wallet WHERE wallet.company_id = p_company
  ), shared AS MATERIALIZED (
    SELECT book.pooled, book.pool_wallet_id, main.wallet AS main,
      CASE WHEN book.pooled THEN ledger_with_holds_of_offices(pool.wallet, p_at) ELSE pool.wallet END AS pool
    FROM book
    JOIN in_force AS pool ON pool.id = book.pool_wallet_id
    JOIN in_force AS main ON main.id = book.primary_wallet_id
    WHERE book.company_id = p_company
  ), standing AS (
    SELECT shared.*, in_force.id, in_force.id = shared.pool_wallet_id AS is_pool,
      CASE WHEN in_force.id = shared.pool_wallet_id THEN shared.pool ELSE in_force.wallet END AS wallet
    FROM shared CROSS JOIN in_force
  ), figures AS (
    SELECT standing.id, standing.wallet, ledger_free_general(standing.wallet) AS free_general,
      CASE
        WHEN standing.is_pool OR NOT standing.pooled THEN ledger_available(standing.wallet, 'calls')
        ELSE ledger_available(standing.pool, 'calls') + greatest(ledger_available(standing.wallet, 'calls'), 0)
      END AS calls,
      CASE
        WHEN standing.pooled
          THEN ledger_available(standing.pool, 'ai') + greatest(ledger_available(standing.main, 'ai'), 0)
        WHEN standing.is_pool THEN ledger_available(standing.wallet, 'ai')
        ELSE ledger_available(standing.main, 'ai')
      END AS ai
    FROM standing
  )
  SELECT figures.id, figures.calls, figures.ai, figures.free_general,
    ledger_level_of('calls', figures.calls, ledger_watched(figures.wallet, 'calls')),
    ledger_level_of('ai', figures.ai, ledger_watched(figures.wallet, 'ai')),
    ledger_level_of('general', figures.free_general, ledger_watched(figures.wallet, 'general'))
  FROM figures;
END $$;
