-- How much of a grant was taken back so far.
CREATE OR REPLACE FUNCTION ledger_reversed(p_company bigint, p_grant bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(-sum(amount_micros), 0)::bigint FROM entry
  WHERE company_id = p_company AND source = 'reversal' AND reference = p_grant::text AND type = 'reversal'
$$;

-- Where a grant's general credits are now, by the wallet that it was credited to: the pool while credits are shared;
-- the pool's own are the primary office's once they are not.
CREATE OR REPLACE FUNCTION ledger_home(p_book book, p_wallet bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_book.pooled THEN p_book.pool_wallet_id
    WHEN p_wallet = p_book.pool_wallet_id THEN p_book.primary_wallet_id ELSE p_wallet END
$$;

-- A grant and what became of it where it was moved.
CREATE OR REPLACE FUNCTION ledger_line_of(p_company bigint, p_grant bigint)
RETURNS SETOF credit_grant LANGUAGE sql STABLE AS $$
  WITH RECURSIVE line AS (
    SELECT credit_grant.* FROM credit_grant WHERE credit_grant.company_id = p_company AND credit_grant.id = p_grant
    UNION ALL
    SELECT credit_grant.* FROM line JOIN credit_grant ON credit_grant.company_id = p_company
      AND credit_grant.source = 'move' AND credit_grant.reference = line.id::text
  )
  SELECT * FROM line
$$;

-- Puts back so much of what has lapsed of a grant, or of what it became, for a reversal that takes it at once: it
-- counts as taken, and the lapse has taken less (R16).
CREATE OR REPLACE FUNCTION ledger_undo_lapse(
  p_company bigint, p_grant bigint, p_amount bigint, p_actor text, p_reason text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_lapsed record;
  v_wallet wallet;
BEGIN
  FOR v_lapsed IN
    WITH lapsed AS (
      SELECT line.wallet_id, line.id, line.expires_at, line.created_at, entries.micros
      FROM ledger_line_of(p_company, p_grant) AS line
      CROSS JOIN LATERAL (
        SELECT coalesce(-sum(entry.amount_micros), 0)::bigint AS micros FROM entry
        WHERE entry.company_id = p_company AND entry.type = 'lapse' AND entry.reference = line.id::text
      ) AS entries
      WHERE line.kind <> 'general' AND entries.micros > 0
    ), summed AS (
      SELECT lapsed.*, (sum(lapsed.micros) OVER (ORDER BY lapsed.expires_at, lapsed.created_at, lapsed.id))::bigint
        AS high FROM lapsed
    )
    SELECT summed.wallet_id, summed.id, least(summed.micros, p_amount - (summed.high - summed.micros)) AS amount
    FROM summed WHERE summed.high - summed.micros < p_amount ORDER BY summed.high
  LOOP
    SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = v_lapsed.wallet_id;
    PERFORM ledger_write_entry(v_wallet, 'lapse', NULL, ARRAY[(v_lapsed.id, NULL, v_lapsed.amount)::ledger_part],
      'lapse', v_lapsed.id::text, v_wallet.office_id, p_actor, p_reason, NULL, p_at);
  END LOOP;
END $$;

-- Takes a grant back, in whole or in part, because its payment was (R16): first what is left of it, or of what it
-- became where it was moved, then what has lapsed of these counts as taken, then other general credits (R4), then debt:
-- of the AI class for an AI bundle, else of calls.
CREATE OR REPLACE FUNCTION ledger_reverse_grant(
  p_company bigint, p_grant bigint, p_amount bigint, p_key text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_grant, p_amount), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'reverse-grant', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_grant credit_grant;
  v_office bigint;
  v_home bigint;
  v_left bigint;
  v_amount bigint;
  v_class text;
  v_wallet wallet;
  v_take record;
  v_entries jsonb := '[]';
BEGIN
  p_at := greatest(p_at, v_book.closed_until);
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  SELECT * INTO v_grant FROM credit_grant WHERE company_id = p_company AND id = p_grant;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'grant-unknown' USING ERRCODE = 'RF001', DETAIL = format('grant %s', p_grant);
  END IF;
  v_left := v_grant.amount_micros - ledger_reversed(p_company, p_grant);
  v_amount := coalesce(p_amount, v_left);
  IF v_amount <= 0 OR v_amount > v_left THEN
    RAISE EXCEPTION 'reversal-too-large' USING ERRCODE = 'RF001',
      DETAIL = format('grant %s has %s left to reverse', p_grant, v_left);
  END IF;
  v_class := CASE v_grant.kind WHEN 'ai' THEN 'ai' ELSE 'calls' END;
  SELECT office_id INTO v_office FROM wallet WHERE company_id = p_company AND id = v_grant.wallet_id;
  v_home := ledger_home(v_book, v_grant.wallet_id);
  PERFORM ledger_undo_lapse(p_company, p_grant, v_amount - left_of_line.micros, p_actor, p_reason, p_at)
  FROM (SELECT coalesce(sum(remaining_micros), 0)::bigint AS micros FROM ledger_line_of(p_company, p_grant))
    AS left_of_line WHERE left_of_line.micros < v_amount;
  FOR v_take IN
    WITH line AS (
      SELECT wallet_id, id, remaining_micros, expires_at, created_at FROM ledger_line_of(p_company, p_grant)
    ), sources AS (
      SELECT 1 AS rank, line.* FROM line WHERE line.remaining_micros > 0
      UNION ALL
      SELECT 2, credit_grant.wallet_id, credit_grant.id, credit_grant.remaining_micros, credit_grant.expires_at,
        credit_grant.created_at FROM credit_grant
      WHERE credit_grant.company_id = p_company AND credit_grant.wallet_id = v_home AND credit_grant.is_open
        AND credit_grant.kind = 'general' AND credit_grant.id NOT IN (SELECT id FROM line)
    ), summed AS (
      SELECT sources.*, (sum(sources.remaining_micros) OVER (ORDER BY sources.rank, sources.expires_at,
        sources.created_at, sources.id))::bigint AS high FROM sources
    ), taken AS (
      SELECT summed.wallet_id, summed.id AS grant_id, NULL::text AS debt_class,
        least(summed.remaining_micros, v_amount - (summed.high - summed.remaining_micros)) AS amount, summed.high
      FROM summed WHERE summed.high - summed.remaining_micros < v_amount
      UNION ALL
      SELECT v_home, NULL, v_class, v_amount - coalesce((SELECT max(high) FROM summed), 0), NULL
      WHERE v_amount > coalesce((SELECT max(high) FROM summed), 0)
    )
    SELECT taken.wallet_id, array_agg((taken.grant_id, taken.debt_class, -taken.amount)::ledger_part
      ORDER BY taken.high) AS parts, min(taken.high) AS first
    FROM taken GROUP BY taken.wallet_id ORDER BY 3
  LOOP
    SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = v_take.wallet_id;
    v_wallet := ledger_write_entry(v_wallet, 'reversal', v_class, v_take.parts, 'reversal', p_grant::text, v_office,
      p_actor, p_reason, NULL, p_at);
    v_entries := v_entries || jsonb_build_object('walletId', v_wallet.id::text, 'seq', v_wallet.seq::text);
  END LOOP;
  PERFORM ledger_note_crossings(v_before);
  RETURN ledger_remember(p_company, p_key, 'reverse-grant', v_facts,
    jsonb_build_object('entries', v_entries, 'reversedMicros', v_amount::text), p_at);
END $$;
