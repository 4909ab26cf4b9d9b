-- The usage that an entry was posted for, as it was when money last moved for it: of the revisions of its record the last that
-- names this entry of the wallet or one before it; else the first. What is given back so that it can be drawn anew counts to
-- what it was drawn for.
CREATE FUNCTION ledger_usage_at(p_company bigint, p_wallet bigint, p_seq bigint, p_source text, p_external_id text) RETURNS SETOF usage_record
LANGUAGE sql STABLE AS $$
  SELECT * FROM usage_record AS u
  WHERE u.company_id = p_company AND u.source = p_source AND u.external_id = p_external_id
    AND (u.revision = 0 OR u.own_wallet_id = p_wallet AND u.own_seq <= p_seq OR u.paid_wallet_id = p_wallet AND u.paid_seq <= p_seq)
  ORDER BY u.revision DESC LIMIT 1
$$;

-- What a wallet's entries of (p_after, p_last] come to: usage and corrections by quarter-hour of posting, type, class and kind
-- ('' where there is none), everything else by itself. How many they are, what came in and went out, and what each kind of
-- credit gave (negative) or got, and debt, its sign turned.
CREATE FUNCTION ledger_sums_of_entries(p_company bigint, p_wallet bigint, p_after bigint, p_last bigint)
RETURNS TABLE (bucket_at timestamptz, alone_seq bigint, type text, class text, category text, first_seq bigint, entries bigint, in_micros bigint, out_micros bigint,
  general_micros bigint, calling_micros bigint, ai_micros bigint, debt_micros bigint)
LANGUAGE sql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off AS $$
  WITH posted AS MATERIALIZED (
    SELECT ledger_quarter_hour(e.posted_at) AS bucket_at, CASE WHEN e.type IN ('usage', 'correction') THEN 0 ELSE e.seq END AS alone_seq,
      e.type, coalesce(e.class, '') AS class, coalesce(u.category, '') AS category, e.seq, e.amount_micros, e.grant_id, e.is_split
    FROM entry AS e
    LEFT JOIN LATERAL ledger_usage_at(p_company, p_wallet, e.seq, e.source, e.reference) AS u ON e.usage_at IS NOT NULL
    WHERE e.company_id = p_company AND e.wallet_id = p_wallet AND e.seq > p_after AND e.seq <= p_last
  ), moved AS (
    SELECT p.bucket_at, p.alone_seq, p.type, p.class, p.category, p.seq, 1 AS entries, greatest(p.amount_micros, 0) AS in_micros,
      greatest(-p.amount_micros, 0) AS out_micros, p.grant_id, CASE WHEN NOT p.is_split THEN p.amount_micros END AS part_micros
    FROM posted AS p
    UNION ALL
    SELECT p.bucket_at, p.alone_seq, p.type, p.class, p.category, p.seq, 0, 0, 0, s.grant_id, s.amount_micros
    FROM posted AS p JOIN entry_split AS s ON s.company_id = p_company AND s.wallet_id = p_wallet AND s.seq = p.seq WHERE p.is_split
  )
  SELECT m.bucket_at, m.alone_seq, m.type, m.class, m.category, min(m.seq), sum(m.entries)::bigint, sum(m.in_micros)::bigint, sum(m.out_micros)::bigint,
    coalesce(sum(m.part_micros) FILTER (WHERE g.kind = 'general'), 0)::bigint, coalesce(sum(m.part_micros) FILTER (WHERE g.kind = 'calling'), 0)::bigint,
    coalesce(sum(m.part_micros) FILTER (WHERE g.kind = 'ai'), 0)::bigint, coalesce(sum(m.part_micros) FILTER (WHERE g.id IS NULL), 0)::bigint
  FROM moved AS m LEFT JOIN credit_grant AS g ON g.company_id = p_company AND g.wallet_id = p_wallet AND g.id = m.grant_id
  GROUP BY 1, 2, 3, 4, 5
$$;

-- Sums up the next entries of a wallet, at most so many: those never change, so a sum of them is final. It waits for nobody who
-- posts. Answers how many there were.
CREATE FUNCTION ledger_sum_entries(p_company bigint, p_wallet bigint, p_most int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v wallet_summed;
  v_last bigint;
  v_count bigint;
BEGIN
  INSERT INTO wallet_summed VALUES (p_company, p_wallet, 0, hash_record_extended(ROW(p_company, p_wallet, 0::bigint, 0::bigint), 0))
  ON CONFLICT DO NOTHING;
  SELECT * INTO v FROM wallet_summed WHERE company_id = p_company AND wallet_id = p_wallet FOR UPDATE;
  SELECT least(w.seq, v.seq + p_most) INTO v_last FROM wallet AS w WHERE w.company_id = p_company AND w.id = p_wallet;
  v_count := coalesce(v_last - v.seq, 0);
  IF v_count <= 0 THEN
    RETURN 0;
  END IF;
  INSERT INTO entry_rollup AS r
  SELECT p_company, p_wallet, s.* FROM ledger_sums_of_entries(p_company, p_wallet, v.seq, v_last) AS s ORDER BY s.bucket_at, s.first_seq
  ON CONFLICT (company_id, wallet_id, bucket_at, alone_seq, type, class, category) DO UPDATE
  SET entries = r.entries + excluded.entries, in_micros = r.in_micros + excluded.in_micros, out_micros = r.out_micros + excluded.out_micros,
    general_micros = r.general_micros + excluded.general_micros, calling_micros = r.calling_micros + excluded.calling_micros,
    ai_micros = r.ai_micros + excluded.ai_micros, debt_micros = r.debt_micros + excluded.debt_micros;
  v.seq := v_last;
  v.seal := seal_of(v);
  UPDATE wallet_summed SET seq = v.seq, seal = v.seal WHERE company_id = p_company AND wallet_id = p_wallet;
  RETURN v_count;
END $$;
