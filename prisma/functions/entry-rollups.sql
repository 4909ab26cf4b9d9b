-- Needs: rollups

-- The usage that an entry was posted for, as it was when money last moved for it: of the revisions of its record the
-- last that names this entry of the wallet or one before it; else the first. What is given back so that it can be
-- consumed anew counts to what it was consumed for.
CREATE OR REPLACE FUNCTION ledger_usage_at(
  p_company bigint, p_wallet bigint, p_seq bigint, p_source text, p_external_id text
) RETURNS SETOF usage_record LANGUAGE sql STABLE AS $$
  SELECT * FROM usage_record
  WHERE usage_record.company_id = p_company AND usage_record.source = p_source
    AND usage_record.external_id = p_external_id
    AND (usage_record.revision = 0 OR usage_record.own_wallet_id = p_wallet AND usage_record.own_seq <= p_seq
      OR usage_record.paid_wallet_id = p_wallet AND usage_record.paid_seq <= p_seq)
  ORDER BY usage_record.revision DESC LIMIT 1
$$;

-- What a wallet's entries of (p_after, p_last] come to: usage and corrections by quarter-hour of posting, type, class
-- and kind ('' where there is none), everything else by itself. How many they are, what came in and went out, and what
-- each kind of credit gave (negative) or got, and debt, its sign turned.
CREATE OR REPLACE FUNCTION ledger_sums_of_entries(p_company bigint, p_wallet bigint, p_after bigint, p_last bigint)
RETURNS TABLE (bucket_at timestamptz, alone_seq bigint, type text, class text, category text, first_seq bigint,
  entries bigint, in_micros bigint, out_micros bigint, general_micros bigint, calling_micros bigint, ai_micros bigint,
  debt_micros bigint)
LANGUAGE sql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off AS $$
  WITH posted AS MATERIALIZED (
    SELECT ledger_quarter_hour(entry.posted_at) AS bucket_at, CASE WHEN entry.type IN ('usage', 'correction') THEN 0
      ELSE entry.seq END AS alone_seq, entry.type, coalesce(entry.class, '') AS class,
        coalesce(usage.category, '') AS category, entry.seq, entry.amount_micros, entry.grant_id, entry.is_split
    FROM entry
    LEFT JOIN LATERAL ledger_usage_at(p_company, p_wallet, entry.seq, entry.source, entry.reference) AS usage
      ON entry.usage_at IS NOT NULL
    WHERE entry.company_id = p_company AND entry.wallet_id = p_wallet AND entry.seq > p_after AND entry.seq <= p_last
  ), moved AS (
    SELECT posted.bucket_at, posted.alone_seq, posted.type, posted.class, posted.category, posted.seq, 1 AS entries,
      greatest(posted.amount_micros, 0) AS in_micros, greatest(-posted.amount_micros, 0) AS out_micros, posted.grant_id,
      CASE WHEN NOT posted.is_split THEN posted.amount_micros END AS part_micros
    FROM posted
    UNION ALL
    SELECT posted.bucket_at, posted.alone_seq, posted.type, posted.class, posted.category, posted.seq, 0, 0, 0,
      entry_split.grant_id, entry_split.amount_micros
    FROM posted JOIN entry_split ON entry_split.company_id = p_company AND entry_split.wallet_id = p_wallet
      AND entry_split.seq = posted.seq WHERE posted.is_split
  )
  SELECT moved.bucket_at, moved.alone_seq, moved.type, moved.class, moved.category, min(moved.seq),
    sum(moved.entries)::bigint, sum(moved.in_micros)::bigint, sum(moved.out_micros)::bigint,
    coalesce(sum(moved.part_micros) FILTER (WHERE credit_grant.kind = 'general'), 0)::bigint,
    coalesce(sum(moved.part_micros) FILTER (WHERE credit_grant.kind = 'calling'), 0)::bigint,
    coalesce(sum(moved.part_micros) FILTER (WHERE credit_grant.kind = 'ai'), 0)::bigint,
    coalesce(sum(moved.part_micros) FILTER (WHERE credit_grant.id IS NULL), 0)::bigint
  FROM moved LEFT JOIN credit_grant ON credit_grant.company_id = p_company AND credit_grant.wallet_id = p_wallet
    AND credit_grant.id = moved.grant_id
  GROUP BY 1, 2, 3, 4, 5
$$;

-- Sums up the next entries of a wallet, at most so many: those never change, so a sum of them is final. It waits for
-- nobody who posts. Answers how many there were.
CREATE OR REPLACE FUNCTION ledger_sum_entries(p_company bigint, p_wallet bigint, p_most int)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_summed wallet_summed;
  v_last bigint;
  v_count bigint;
BEGIN
  INSERT INTO wallet_summed VALUES (p_company, p_wallet, 0,
    hash_record_extended(ROW(p_company, p_wallet, 0::bigint, 0::bigint), 0))
  ON CONFLICT DO NOTHING;
  SELECT * INTO v_summed FROM wallet_summed WHERE company_id = p_company AND wallet_id = p_wallet FOR UPDATE;
  SELECT least(wallet.seq, v_summed.seq + p_most) INTO v_last FROM wallet
  WHERE wallet.company_id = p_company AND wallet.id = p_wallet;
  v_count := coalesce(v_last - v_summed.seq, 0);
  IF v_count <= 0 THEN
    RETURN 0;
  END IF;
  INSERT INTO entry_rollup
  SELECT p_company, p_wallet, sums.* FROM ledger_sums_of_entries(p_company, p_wallet, v_summed.seq, v_last) AS sums
  ORDER BY sums.bucket_at, sums.first_seq
  ON CONFLICT (company_id, wallet_id, bucket_at, alone_seq, type, class, category) DO UPDATE
  SET entries = entry_rollup.entries + excluded.entries, in_micros = entry_rollup.in_micros + excluded.in_micros,
    out_micros = entry_rollup.out_micros + excluded.out_micros,
    general_micros = entry_rollup.general_micros + excluded.general_micros,
    calling_micros = entry_rollup.calling_micros + excluded.calling_micros,
    ai_micros = entry_rollup.ai_micros + excluded.ai_micros,
    debt_micros = entry_rollup.debt_micros + excluded.debt_micros;
  v_summed.seq := v_last;
  v_summed.seal := seal_of(v_summed);
  UPDATE wallet_summed SET seq = v_summed.seq, seal = v_summed.seal WHERE company_id = p_company
    AND wallet_id = p_wallet;
  RETURN v_count;
END $$;
