-- Takes what is left of every grant that ended 6 hours ago or earlier (R7). Run again, it finds nothing to take.
-- Returns what lapsed: wallet, grant, kind, amount and entry.
CREATE OR REPLACE FUNCTION ledger_lapse(p_company bigint, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet[] := ledger_wallets(p_company);
  v_wallet wallet;
  v_grant credit_grant;
  v_lapsed jsonb := '[]';
BEGIN
  p_at := greatest(p_at, v_book.closed_until);
  FOR v_grant IN
    SELECT * FROM credit_grant
    WHERE company_id = p_company AND is_open AND expires_at <= p_at - interval '6 hours'
    ORDER BY wallet_id, expires_at, id
  LOOP
    v_wallet := ledger_lapse_part(p_company, v_grant.wallet_id, v_grant.id, v_grant.remaining_micros, p_at);
    v_lapsed := v_lapsed || jsonb_build_object('walletId', v_wallet.id::text, 'grantId', v_grant.id::text, 'kind',
      v_grant.kind, 'micros', v_grant.remaining_micros::text, 'seq', v_wallet.seq::text);
  END LOOP;
  PERFORM ledger_note_crossings(v_before);
  RETURN v_lapsed;
END $$;

-- Lapses an amount of a grant. Returns its wallet afterwards.
CREATE OR REPLACE FUNCTION ledger_lapse_part(
  p_company bigint, p_wallet bigint, p_grant bigint, p_amount bigint, p_at timestamptz
) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE
  v_wallet wallet;
BEGIN
  SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = p_wallet;
  RETURN ledger_write_entry(v_wallet, 'lapse', NULL, ARRAY[(p_grant, NULL, -p_amount)::ledger_part], 'lapse',
    p_grant::text, v_wallet.office_id, NULL, 'Its period ended', NULL, p_at);
END $$;
