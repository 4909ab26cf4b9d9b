-- Puts a new grant into a wallet: an entry for the credit and, where something is owed, one of amount 0 that moves part
-- of it to the debt. AI debt stands on the pool while credits are shared, and the AI bundle on the primary office's
-- wallet: what fills it is a pair of entries, one on each.
CREATE OR REPLACE FUNCTION ledger_add_grant(
  p_wallet wallet, p_kind text, p_amount bigint, p_effective timestamptz, p_expires timestamptz, p_type text,
  p_source text, p_reference text, p_actor text, p_reason text, p_at timestamptz, p_grant_source text DEFAULT NULL,
  OUT after wallet, OUT grant_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
  v_fill record;
  v_pool wallet;
  v_rest bigint := p_amount;
BEGIN
  grant_id := nextval(pg_get_serial_sequence('credit_grant', 'id'));
  INSERT INTO credit_grant OVERRIDING SYSTEM VALUE
  VALUES (p_wallet.company_id, p_wallet.id, grant_id, p_kind, p_amount, 0, p_effective, p_expires, false,
    coalesce(p_grant_source, p_source), p_reference, p_at,
    hash_record_extended(ROW(p_wallet.company_id, p_wallet.id, grant_id, p_kind, p_amount, 0::bigint, p_effective,
      p_expires, NULL::boolean, coalesce(p_grant_source, p_source), p_reference, p_at, 0::bigint), 0));
  after := ledger_write_entry(p_wallet, p_type, NULL, ARRAY[(grant_id, NULL, p_amount)::ledger_part],
    p_source, p_reference, p_wallet.office_id, p_actor, p_reason, NULL, p_at);
  v_fill := ledger_plan_fill(after, p_kind, p_amount);
  IF v_fill.calls + v_fill.ai > 0 THEN
    after := ledger_write_entry(after, 'fill', NULL,
      ARRAY[(grant_id, NULL, -(v_fill.calls + v_fill.ai))::ledger_part] || ledger_debt_parts(v_fill.calls, v_fill.ai),
      p_source, p_reference, p_wallet.office_id, p_actor, 'Fills what was owed', NULL, p_at);
    v_rest := v_rest - v_fill.calls - v_fill.ai;
  END IF;
  IF p_kind = 'ai' AND v_rest > 0 THEN
    SELECT wallet.* INTO v_pool FROM book JOIN wallet ON wallet.company_id = book.company_id
      AND wallet.id = book.pool_wallet_id
    WHERE book.company_id = after.company_id AND book.pooled AND wallet.id <> after.id AND wallet.debt_ai_micros > 0;
    IF FOUND THEN
      v_rest := least(v_rest, v_pool.debt_ai_micros);
      after := ledger_write_entry(after, 'fill', 'ai', ARRAY[(grant_id, NULL, -v_rest)::ledger_part], p_source,
        p_reference, p_wallet.office_id, p_actor, 'Fills what was owed', NULL, p_at);
      PERFORM ledger_write_entry(v_pool, 'fill', 'ai', ARRAY[(NULL, 'ai', v_rest)::ledger_part], p_source, p_reference,
        p_wallet.office_id, p_actor, 'Fills what was owed', NULL, p_at);
    END IF;
  END IF;
END $$;

-- Which wallet a kind of credit belongs to: AI bundles to the primary office, general credits of a pooled company to
-- the pool, everything else to the office named (null: the pool, or the primary office where nothing is shared, so that
-- no credit that was paid for is ever without a home). See R5.
CREATE OR REPLACE FUNCTION ledger_credit_wallet(p_book book, p_office bigint, p_kind text)
RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE
  v_wallet wallet;
BEGIN
  IF p_kind = 'ai' OR (p_office IS NULL AND NOT p_book.pooled) THEN
    SELECT * INTO v_wallet FROM wallet WHERE company_id = p_book.company_id AND id = p_book.primary_wallet_id;
  ELSIF p_book.pooled AND (p_kind = 'general' OR p_office IS NULL) THEN
    SELECT * INTO v_wallet FROM wallet WHERE company_id = p_book.company_id AND id = p_book.pool_wallet_id;
  ELSE
    SELECT * INTO v_wallet FROM wallet WHERE company_id = p_book.company_id AND office_id = p_office;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'office-unknown' USING ERRCODE = 'RF001', DETAIL = format('office %s has no wallet', p_office);
    END IF;
  END IF;
  RETURN v_wallet;
END $$;

-- Credits an amount, once for its key. Without p_effective, general credits pay usage of any time and bundles usage
-- from now on; what the caller did not say is no part of the facts, so a later retry under the key is the same request.
CREATE OR REPLACE FUNCTION ledger_grant(
  p_company bigint, p_office bigint, p_kind text, p_amount bigint, p_effective timestamptz, p_expires timestamptz,
  p_key text, p_source text, p_reference text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_office, p_kind, p_amount, p_effective, p_expires, p_source, p_reference),
    0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'grant', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_wallet wallet;
  v_done record;
BEGIN
  p_at := greatest(p_at, v_book.closed_until);
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_wallet := ledger_credit_wallet(v_book, p_office, p_kind);
  v_done := ledger_add_grant(v_wallet, p_kind, p_amount,
    coalesce(p_effective, CASE WHEN p_kind = 'general' THEN '-infinity' ELSE p_at END), coalesce(p_expires, 'infinity'),
    'grant', p_source, p_reference, p_actor, p_reason, p_at);
  PERFORM ledger_note_added(v_before);
  RETURN ledger_remember(p_company, p_key, 'grant', v_facts,
    jsonb_build_object('walletId', (v_done.after).id::text, 'seq', (v_wallet.seq + 1)::text, 'grantId',
      v_done.grant_id::text), p_at);
END $$;
