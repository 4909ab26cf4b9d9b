-- Consumes a run of usages from a wallet, in order: usages of one class that see the same grants, those in force at
-- p_burn (R7.2). p_paid says whether the wallet pays all that they need; else it is an office's own, whose bundle alone
-- is consumed while credits are shared. What it gives of p_amounts[i] comes back in consumed[i], with the entry's
-- seqs[i] (null where nothing). The bundle is consumed before general credits, within a kind by earliest expiry, then
-- oldest, then id (R4). The rest of what is to be paid becomes debt of the class (R6). is_ample says that the wallet is
-- far from every level at which somebody is woken.
CREATE OR REPLACE FUNCTION ledger_consume(
  p_company bigint, p_wallet bigint, p_class text, p_burn timestamptz, p_paid boolean, p_amounts bigint[],
  p_source text[], p_external_id text[], p_office bigint[], p_usage_at timestamptz[], p_type text, p_at timestamptz,
  p_actor text, p_reason text, OUT consumed bigint[], OUT seqs bigint[], OUT is_ample boolean
) LANGUAGE plpgsql AS $$
DECLARE
  v_is_ai boolean := p_class = 'ai';
  v_wallet wallet;
  v_grant record;
  -- The grants in the order in which they are consumed, each with the total up to it; the one at v_at pays at present,
  -- up to v_high. What no grant covers is debt: there v_high is null, and so is who pays.
  v_grants bigint[];
  v_highs bigint[];
  v_at int := 1;
  v_high bigint;
  v_payer bigint;
  v_bundle bigint := 0;
  v_total bigint := 0;
  -- For each usage the total consumed with it, and the one grant that paid it.
  v_sums bigint[];
  v_payers bigint[];
  v_consumed bigint := 0;
  v_amount bigint;
  v_balance bigint;
  v_seq bigint;
  v_has_splits boolean := false;
BEGIN
  SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = p_wallet;
  FOR v_grant IN
    SELECT credit_grant.id, credit_grant.kind, credit_grant.remaining_micros FROM credit_grant
    WHERE credit_grant.company_id = p_company AND credit_grant.wallet_id = p_wallet AND credit_grant.is_open
      AND (credit_grant.kind = CASE WHEN v_is_ai THEN 'ai' ELSE 'calling' END
        OR p_paid AND credit_grant.kind = 'general')
      AND credit_grant.effective_at <= p_burn AND p_burn < credit_grant.expires_at
    -- Bundles come before general credits by the alphabet, too: the index has them in this order.
    ORDER BY credit_grant.kind, credit_grant.expires_at, credit_grant.created_at, credit_grant.id
  LOOP
    v_total := v_total + v_grant.remaining_micros;
    v_grants := v_grants || v_grant.id;
    v_highs := v_highs || v_total;
    IF v_grant.kind <> 'general' THEN
      v_bundle := v_total;
    END IF;
  END LOOP;

  v_seq := v_wallet.seq;
  v_high := v_highs[1];
  v_payer := v_grants[1];
  FOREACH v_amount IN ARRAY p_amounts LOOP
    IF NOT p_paid THEN
      v_amount := least(v_amount, v_total - v_consumed);
      consumed := consumed || v_amount;
    END IF;
    IF v_amount = 0 THEN
      seqs := seqs || NULL::bigint;
    ELSE
      v_consumed := v_consumed + v_amount;
      IF v_consumed > v_high THEN
        WHILE v_highs[v_at] <= v_consumed - v_amount LOOP
          v_at := v_at + 1;
        END LOOP;
        v_high := v_highs[v_at];
        v_has_splits := v_has_splits OR coalesce(v_consumed > v_high, false);
        v_payer := CASE WHEN v_consumed > v_high THEN NULL ELSE v_grants[v_at] END;
      END IF;
      v_seq := v_seq + 1;
      seqs := seqs || v_seq;
    END IF;
    v_sums := v_sums || v_consumed;
    v_payers := v_payers || v_payer;
  END LOOP;
  consumed := coalesce(consumed, p_amounts);
  IF v_consumed = 0 THEN
    is_ample := true;
    RETURN;
  END IF;

  -- Posting times never go back within a wallet, whatever the clocks of those who post.
  v_wallet.posted_at := greatest(p_at, v_wallet.posted_at);
  v_balance := v_wallet.general_micros + v_wallet.calling_micros + v_wallet.ai_micros - v_wallet.debt_calls_micros
    - v_wallet.debt_ai_micros;
  INSERT INTO entry
  SELECT written.*, hash_record_extended(ROW(written.*, 0::bigint), 0)
  FROM (
    SELECT p_company, p_wallet, paid.seq, p_type, p_class, -paid.amount,
      v_balance - paid.high,
      v_wallet.general_micros - (paid.of_grants - paid.of_bundle),
      v_wallet.calling_micros - CASE WHEN v_is_ai THEN 0 ELSE paid.of_bundle END,
      v_wallet.ai_micros - CASE WHEN v_is_ai THEN paid.of_bundle ELSE 0 END,
      v_wallet.debt_calls_micros + CASE WHEN v_is_ai THEN 0 ELSE paid.high - paid.of_grants END,
      v_wallet.debt_ai_micros + CASE WHEN v_is_ai THEN paid.high - paid.of_grants ELSE 0 END,
      paid.payer, paid.payer IS NULL AND paid.high - paid.amount < v_total, paid.source, paid.external_id,
      paid.office_id, p_actor, p_reason, paid.usage_at, v_wallet.posted_at
    FROM (
      -- How much of it, and of those before it, came from the bundle and from all grants.
      SELECT usages.*, least(usages.high, v_bundle) AS of_bundle, least(usages.high, v_total) AS of_grants
      FROM (
        SELECT unnest(seqs) AS seq, unnest(consumed) AS amount, unnest(v_sums) AS high, unnest(v_payers) AS payer,
          unnest(p_source) AS source, unnest(p_external_id) AS external_id, unnest(p_office) AS office_id,
          unnest(p_usage_at) AS usage_at
      ) AS usages
      WHERE usages.seq IS NOT NULL
    ) AS paid
  ) AS written;

  IF v_has_splits THEN
    INSERT INTO entry_split
    SELECT written.*, hash_record_extended(ROW(written.*, 0::bigint), 0)
    FROM (
      SELECT p_company, p_wallet, paid.seq, (row_number() OVER (PARTITION BY paid.seq ORDER BY payers.low))::int,
        payers.grant_id, CASE WHEN payers.grant_id IS NULL THEN p_class END,
        greatest(paid.high - paid.amount, payers.low) - least(paid.high, payers.high)
      FROM (
        SELECT unnest(seqs) AS seq, unnest(consumed) AS amount, unnest(v_sums) AS high, unnest(v_payers) AS payer
      ) AS paid
      JOIN unnest(v_grants || NULL::bigint, 0::bigint || v_highs, v_highs || 9223372036854775807)
        AS payers(grant_id, low, high) ON payers.low < paid.high AND payers.high > paid.high - paid.amount
      WHERE paid.seq IS NOT NULL AND paid.payer IS NULL AND paid.high - paid.amount < v_total
    ) AS written;
  END IF;

  FOR i IN 1 .. coalesce(cardinality(v_grants), 0) LOOP
    UPDATE credit_grant
    SET remaining_micros = greatest(v_highs[i] - v_consumed, 0), is_open = v_highs[i] > v_consumed
    WHERE company_id = p_company AND wallet_id = p_wallet AND id = v_grants[i];
    EXIT WHEN v_highs[i] >= v_consumed;
  END LOOP;

  v_total := least(v_consumed, v_total);
  v_bundle := least(v_consumed, v_bundle);
  v_wallet.general_micros := v_wallet.general_micros - (v_total - v_bundle);
  IF v_is_ai THEN
    v_wallet.ai_micros := v_wallet.ai_micros - v_bundle;
    v_wallet.debt_ai_micros := v_wallet.debt_ai_micros + v_consumed - v_total;
  ELSE
    v_wallet.calling_micros := v_wallet.calling_micros - v_bundle;
    v_wallet.debt_calls_micros := v_wallet.debt_calls_micros + v_consumed - v_total;
  END IF;
  UPDATE wallet SET general_micros = v_wallet.general_micros, calling_micros = v_wallet.calling_micros,
    ai_micros = v_wallet.ai_micros, debt_calls_micros = v_wallet.debt_calls_micros,
    debt_ai_micros = v_wallet.debt_ai_micros, seq = v_seq, posted_at = v_wallet.posted_at
  WHERE company_id = p_company AND id = p_wallet;
  is_ample := ledger_is_ample(v_wallet);
END $$;

-- Consumes amounts for usages: where credits are shared, from the office's own bundle first, then from the pool (R5).
-- Where all of them are of one class and wallet, and no grant starts or ends inside their times, they are one run.
-- Answers the entries on either side, by usage (own_seqs is null where credits are not shared), and whether all wallets
-- that gave are ample.
CREATE OR REPLACE FUNCTION ledger_consume_usage(
  p_book book, p_usages ledger_usages, p_amounts bigint[], p_type text, p_at timestamptz, p_actor text, p_reason text,
  OUT own_seqs bigint[], OUT paid_seqs bigint[], OUT is_ample boolean
) LANGUAGE plpgsql AS $$
DECLARE
  v_size int := cardinality(p_amounts);
  v_rest bigint[] := p_amounts;
  v_wallets bigint[] := p_usages.own_wallet_id;
  v_bounds timestamptz[];
  v_is_paid boolean := NOT p_book.pooled;
  v_consumed record;
BEGIN
  IF v_size > 1 THEN
    SELECT array_agg(DISTINCT bounds.at ORDER BY bounds.at) INTO v_bounds
    FROM credit_grant, LATERAL (VALUES (credit_grant.effective_at), (credit_grant.expires_at)) AS bounds(at)
    WHERE credit_grant.company_id = p_book.company_id AND credit_grant.is_open
      AND bounds.at > (SELECT min(burn_at) FROM unnest(p_usages.burn_at) AS burn_at)
      AND bounds.at <= (SELECT max(burn_at) FROM unnest(p_usages.burn_at) AS burn_at);
  END IF;
  LOOP
    IF v_size = 1 OR v_bounds IS NULL AND p_usages.class = array_fill(p_usages.class[1], ARRAY[v_size])
      AND v_wallets = array_fill(v_wallets[1], ARRAY[v_size]) THEN
      v_consumed := ledger_consume(p_book.company_id, v_wallets[1], p_usages.class[1], p_usages.burn_at[1], v_is_paid,
        v_rest, p_usages.source, p_usages.external_id, p_usages.office_id, p_usages.usage_at, p_type, p_at, p_actor,
        p_reason);
    ELSE
      v_consumed := ledger_consume_runs(p_book.company_id, v_wallets, v_bounds, v_is_paid, p_usages, v_rest, p_type,
        p_at, p_actor, p_reason);
    END IF;
    is_ample := v_consumed.is_ample AND is_ample IS NOT FALSE;
    EXIT WHEN v_is_paid;
    own_seqs := v_consumed.seqs;
    v_rest := ARRAY(SELECT rests.rest - rests.consumed
      FROM (SELECT unnest(v_rest) AS rest, unnest(v_consumed.consumed) AS consumed) AS rests);
    v_wallets := array_fill(p_book.pool_wallet_id, ARRAY[v_size]);
    v_is_paid := true;
  END LOOP;
  paid_seqs := v_consumed.seqs;
END $$;

-- Consumes from p_wallets[i] what usage i still needs, run by run. p_bounds are the times inside the batch at which
-- grants start or end, null where there are none.
CREATE OR REPLACE FUNCTION ledger_consume_runs(
  p_company bigint, p_wallets bigint[], p_bounds timestamptz[], p_paid boolean, p_usages ledger_usages,
  p_amounts bigint[], p_type text, p_at timestamptz, p_actor text, p_reason text, OUT consumed bigint[],
  OUT seqs bigint[], OUT is_ample boolean
) LANGUAGE plpgsql AS $$
DECLARE
  v_size int := cardinality(p_amounts);
  v_run record;
  v_part record;
BEGIN
  consumed := array_fill(0::bigint, ARRAY[v_size]);
  seqs := array_fill(NULL::bigint, ARRAY[v_size]);
  is_ample := true;
  FOR v_run IN
    SELECT in_periods.wallet_id, in_periods.class, min(in_periods.burn_at) AS burn_at,
      array_agg(in_periods.position ORDER BY in_periods.position) AS positions,
      array_agg(in_periods.source ORDER BY in_periods.position) AS source,
      array_agg(in_periods.external_id ORDER BY in_periods.position) AS external_id,
      array_agg(in_periods.office_id ORDER BY in_periods.position) AS office_id,
      array_agg(in_periods.usage_at ORDER BY in_periods.position) AS usage_at,
      array_agg(in_periods.amount ORDER BY in_periods.position) AS amounts
    FROM (
      SELECT usages.*, CASE WHEN p_bounds IS NULL THEN 0 ELSE width_bucket(usages.burn_at, p_bounds) END AS period
      FROM (
        SELECT generate_subscripts(p_amounts, 1) AS position, unnest(p_amounts) AS amount,
          unnest(p_usages.class) AS class, unnest(p_wallets) AS wallet_id, unnest(p_usages.burn_at) AS burn_at,
          unnest(p_usages.source) AS source, unnest(p_usages.external_id) AS external_id,
          unnest(p_usages.office_id) AS office_id, unnest(p_usages.usage_at) AS usage_at
      ) AS usages
      WHERE usages.amount > 0
    ) AS in_periods
    GROUP BY in_periods.wallet_id, in_periods.class, in_periods.period
    ORDER BY in_periods.class DESC, in_periods.period, in_periods.wallet_id
  LOOP
    v_part := ledger_consume(p_company, v_run.wallet_id, v_run.class, v_run.burn_at, p_paid, v_run.amounts,
      v_run.source, v_run.external_id, v_run.office_id, v_run.usage_at, p_type, p_at, p_actor, p_reason);
    is_ample := is_ample AND v_part.is_ample;
    FOR i IN 1 .. cardinality(v_run.positions) LOOP
      consumed[v_run.positions[i]] := v_part.consumed[i];
      seqs[v_run.positions[i]] := v_part.seqs[i];
    END LOOP;
  END LOOP;
END $$;
