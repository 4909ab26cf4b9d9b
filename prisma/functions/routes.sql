-- The office that usage counts to: one that has a wallet, else the primary one (R5).
CREATE OR REPLACE FUNCTION ledger_known_office(p_book book, p_office bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT wallet.office_id FROM wallet
  WHERE wallet.company_id = p_book.company_id AND (wallet.office_id = p_office OR wallet.id = p_book.primary_wallet_id)
  ORDER BY wallet.office_id IS NOT DISTINCT FROM p_office DESC LIMIT 1
$$;

-- Which wallets pay usage of an office and class: the office's own bundle from the first, everything else from the
-- second; the same one twice where credits are not shared (R5).
CREATE OR REPLACE FUNCTION ledger_route(p_book book, p_office bigint, p_class text, OUT own bigint, OUT paid bigint)
LANGUAGE plpgsql AS $$
BEGIN
  own := coalesce((SELECT wallet.id FROM wallet
    WHERE wallet.company_id = p_book.company_id AND wallet.office_id = p_office AND p_class <> 'ai'),
      p_book.primary_wallet_id);
  paid := CASE WHEN p_book.pooled THEN p_book.pool_wallet_id ELSE own END;
END $$;
