-- A batch of usage in columns, one array each: handing rows as wide as these from step to step costs more than writing
-- them. The first seventeen are what the caller told; the last two say whose wallet it counts to and which time decides the
-- grants that pay it. All usages that come as this draw in the order of the arrays.
CREATE TYPE ledger_usages AS (
  source text[], external_id text[], office_id bigint[], department_id bigint[], member_id bigint[], class text[], category text[],
  direction text[], external_number text[], internal_number text[], usage_at timestamptz[], duration_ms bigint[], billed_seconds int[],
  quantity int[], cost_micros bigint[], price text[], version bigint[], own_wallet_id bigint[], burn_at timestamptz[]
);

-- Draws a run of usages from a wallet, in order: usages of one class that see the same grants, those in force at p_burn.
-- p_paid says whether the wallet pays whatever they need; else it is an office's own, whose bundle alone is drawn while
-- credits are shared. What it gives of p_amounts[i] comes back in drawn[i], with the entry's seqs[i] (null where nothing).
-- The bundle is drawn before general credits, within a kind by earliest expiry, then oldest, then id (R4). The rest of what is
-- to be paid becomes debt of the class (R6). is_ample says that the wallet is far from every level at which somebody is woken.
CREATE FUNCTION ledger_draw(
  p_company bigint, p_wallet bigint, p_class text, p_burn timestamptz, p_paid boolean, p_amounts bigint[], p_source text[],
  p_external_id text[], p_office bigint[], p_usage_at timestamptz[], p_type text, p_at timestamptz, p_actor text, p_reason text,
  OUT drawn bigint[], OUT seqs bigint[], OUT is_ample boolean
) LANGUAGE plpgsql AS $$
DECLARE
  v_is_ai boolean := p_class = 'ai';
  w wallet;
  v_grant record;
  -- The grants in the order in which they are drawn, each with the total up to it; the one at v_at pays at present, up to
  -- v_high. What no grant covers is debt: there v_high is null, and so is who pays.
  v_grants bigint[];
  v_highs bigint[];
  v_at int := 1;
  v_high bigint;
  v_payer bigint;
  v_bundle bigint := 0;
  v_total bigint := 0;
  -- For each usage the total drawn with it, and the one grant that paid it.
  v_sums bigint[];
  v_payers bigint[];
  v_drawn bigint := 0;
  v_amount bigint;
  v_balance bigint;
  v_seq bigint;
  v_has_splits boolean := false;
BEGIN
  SELECT * INTO w FROM wallet WHERE company_id = p_company AND id = p_wallet;
  FOR v_grant IN
    SELECT g.id, g.kind, g.remaining_micros FROM credit_grant AS g
    WHERE g.company_id = p_company AND g.wallet_id = p_wallet AND g.is_open
      AND (g.kind = CASE WHEN v_is_ai THEN 'ai' ELSE 'calling' END OR p_paid AND g.kind = 'general')
      AND g.effective_at <= p_burn AND p_burn < g.expires_at
    -- Bundles come before general credits by the alphabet, too: the index has them in this order.
    ORDER BY g.kind, g.expires_at, g.created_at, g.id
  LOOP
    v_total := v_total + v_grant.remaining_micros;
    v_grants := v_grants || v_grant.id;
    v_highs := v_highs || v_total;
    IF v_grant.kind <> 'general' THEN
      v_bundle := v_total;
    END IF;
  END LOOP;

  v_seq := w.seq;
  v_high := v_highs[1];
  v_payer := v_grants[1];
  FOREACH v_amount IN ARRAY p_amounts LOOP
    IF NOT p_paid THEN
      v_amount := least(v_amount, v_total - v_drawn);
      drawn := drawn || v_amount;
    END IF;
    IF v_amount = 0 THEN
      seqs := seqs || NULL::bigint;
    ELSE
      v_drawn := v_drawn + v_amount;
      IF v_drawn > v_high THEN
        WHILE v_highs[v_at] <= v_drawn - v_amount LOOP
          v_at := v_at + 1;
        END LOOP;
        v_high := v_highs[v_at];
        v_has_splits := v_has_splits OR coalesce(v_drawn > v_high, false);
        v_payer := CASE WHEN v_drawn > v_high THEN NULL ELSE v_grants[v_at] END;
      END IF;
      v_seq := v_seq + 1;
      seqs := seqs || v_seq;
    END IF;
    v_sums := v_sums || v_drawn;
    v_payers := v_payers || v_payer;
  END LOOP;
  drawn := coalesce(drawn, p_amounts);
  IF v_drawn = 0 THEN
    is_ample := true;
    RETURN;
  END IF;

  -- Posting times never go back within a wallet, whatever the clocks of those who post.
  w.posted_at := greatest(p_at, w.posted_at);
  v_balance := w.general_micros + w.calling_micros + w.ai_micros - w.debt_calls_micros - w.debt_ai_micros;
  INSERT INTO entry
  SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
  FROM (
    SELECT p_company, p_wallet, n.seq, p_type, p_class, -n.amount,
      v_balance - n.high,
      w.general_micros - (n.of_grants - n.of_bundle),
      w.calling_micros - CASE WHEN v_is_ai THEN 0 ELSE n.of_bundle END,
      w.ai_micros - CASE WHEN v_is_ai THEN n.of_bundle ELSE 0 END,
      w.debt_calls_micros + CASE WHEN v_is_ai THEN 0 ELSE n.high - n.of_grants END,
      w.debt_ai_micros + CASE WHEN v_is_ai THEN n.high - n.of_grants ELSE 0 END,
      n.payer, n.payer IS NULL AND n.high - n.amount < v_total, n.source, n.external_id, n.office_id, p_actor, p_reason, n.usage_at,
      w.posted_at
    FROM (
      -- How much of it, and of those before it, came from the bundle and from all grants.
      SELECT u.*, least(u.high, v_bundle) AS of_bundle, least(u.high, v_total) AS of_grants
      FROM (
        SELECT unnest(seqs) AS seq, unnest(drawn) AS amount, unnest(v_sums) AS high, unnest(v_payers) AS payer,
          unnest(p_source) AS source, unnest(p_external_id) AS external_id, unnest(p_office) AS office_id, unnest(p_usage_at) AS usage_at
      ) AS u
      WHERE u.seq IS NOT NULL
    ) AS n
  ) AS x;

  IF v_has_splits THEN
    INSERT INTO entry_split
    SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
    FROM (
      SELECT p_company, p_wallet, t.seq, (row_number() OVER (PARTITION BY t.seq ORDER BY o.low))::int,
        o.grant_id, CASE WHEN o.grant_id IS NULL THEN p_class END, greatest(t.high - t.amount, o.low) - least(t.high, o.high)
      FROM (SELECT unnest(seqs) AS seq, unnest(drawn) AS amount, unnest(v_sums) AS high, unnest(v_payers) AS payer) AS t
      JOIN unnest(v_grants || NULL::bigint, 0::bigint || v_highs, v_highs || 9223372036854775807) AS o(grant_id, low, high)
        ON o.low < t.high AND o.high > t.high - t.amount
      WHERE t.seq IS NOT NULL AND t.payer IS NULL AND t.high - t.amount < v_total
    ) AS x;
  END IF;

  FOR i IN 1 .. coalesce(cardinality(v_grants), 0) LOOP
    UPDATE credit_grant
    SET remaining_micros = greatest(v_highs[i] - v_drawn, 0), is_open = v_highs[i] > v_drawn
    WHERE company_id = p_company AND wallet_id = p_wallet AND id = v_grants[i];
    EXIT WHEN v_highs[i] >= v_drawn;
  END LOOP;

  v_total := least(v_drawn, v_total);
  v_bundle := least(v_drawn, v_bundle);
  w.general_micros := w.general_micros - (v_total - v_bundle);
  IF v_is_ai THEN
    w.ai_micros := w.ai_micros - v_bundle;
    w.debt_ai_micros := w.debt_ai_micros + v_drawn - v_total;
  ELSE
    w.calling_micros := w.calling_micros - v_bundle;
    w.debt_calls_micros := w.debt_calls_micros + v_drawn - v_total;
  END IF;
  UPDATE wallet SET general_micros = w.general_micros, calling_micros = w.calling_micros, ai_micros = w.ai_micros,
    debt_calls_micros = w.debt_calls_micros, debt_ai_micros = w.debt_ai_micros, seq = v_seq, posted_at = w.posted_at
  WHERE company_id = p_company AND id = p_wallet;
  is_ample := ledger_is_ample(w);
END $$;

-- Draws amounts for usages: where credits are shared, from the office's own bundle first, then from the pool (R5). Where
-- all of them are of one class and wallet, and no grant starts or ends inside their times, they are one run. Answers the
-- entries on either side, by usage (own_seqs is null where credits are not shared), and whether all wallets that gave are ample.
CREATE FUNCTION ledger_draw_usage(
  p_book book, u ledger_usages, p_amounts bigint[], p_type text, p_at timestamptz, p_actor text, p_reason text,
  OUT own_seqs bigint[], OUT paid_seqs bigint[], OUT is_ample boolean
) LANGUAGE plpgsql AS $$
DECLARE
  v_size int := cardinality(p_amounts);
  v_rest bigint[] := p_amounts;
  v_wallets bigint[] := u.own_wallet_id;
  v_bounds timestamptz[];
  v_is_paid boolean := NOT p_book.pooled;
  v_drawn record;
BEGIN
  IF v_size > 1 THEN
    SELECT array_agg(DISTINCT b.at ORDER BY b.at) INTO v_bounds
    FROM credit_grant AS g, LATERAL (VALUES (g.effective_at), (g.expires_at)) AS b(at)
    WHERE g.company_id = p_book.company_id AND g.is_open
      AND b.at > (SELECT min(t) FROM unnest(u.burn_at) AS t) AND b.at <= (SELECT max(t) FROM unnest(u.burn_at) AS t);
  END IF;
  LOOP
    IF v_size = 1 OR v_bounds IS NULL AND u.class = array_fill(u.class[1], ARRAY[v_size]) AND v_wallets = array_fill(v_wallets[1], ARRAY[v_size]) THEN
      v_drawn := ledger_draw(p_book.company_id, v_wallets[1], u.class[1], u.burn_at[1], v_is_paid, v_rest, u.source, u.external_id, u.office_id,
        u.usage_at, p_type, p_at, p_actor, p_reason);
    ELSE
      v_drawn := ledger_draw_runs(p_book.company_id, v_wallets, v_bounds, v_is_paid, u, v_rest, p_type, p_at, p_actor, p_reason);
    END IF;
    is_ample := v_drawn.is_ample AND is_ample IS NOT FALSE;
    EXIT WHEN v_is_paid;
    own_seqs := v_drawn.seqs;
    v_rest := ARRAY(SELECT r.rest - r.drawn FROM (SELECT unnest(v_rest) AS rest, unnest(v_drawn.drawn) AS drawn) AS r);
    v_wallets := array_fill(p_book.pool_wallet_id, ARRAY[v_size]);
    v_is_paid := true;
  END LOOP;
  paid_seqs := v_drawn.seqs;
END $$;

-- Draws from p_wallets[i] what usage i still needs, run by run. p_bounds are the times inside the batch at which grants start
-- or end, null where there are none.
CREATE FUNCTION ledger_draw_runs(
  p_company bigint, p_wallets bigint[], p_bounds timestamptz[], p_paid boolean, u ledger_usages, p_amounts bigint[], p_type text,
  p_at timestamptz, p_actor text, p_reason text, OUT drawn bigint[], OUT seqs bigint[], OUT is_ample boolean
) LANGUAGE plpgsql AS $$
DECLARE
  v_size int := cardinality(p_amounts);
  v_run record;
  v_part record;
BEGIN
  drawn := array_fill(0::bigint, ARRAY[v_size]);
  seqs := array_fill(NULL::bigint, ARRAY[v_size]);
  is_ample := true;
  FOR v_run IN
    SELECT s.wallet_id, s.class, min(s.burn_at) AS burn_at, array_agg(s.position ORDER BY s.position) AS positions,
      array_agg(s.source ORDER BY s.position) AS source, array_agg(s.external_id ORDER BY s.position) AS external_id,
      array_agg(s.office_id ORDER BY s.position) AS office_id, array_agg(s.usage_at ORDER BY s.position) AS usage_at,
      array_agg(s.amount ORDER BY s.position) AS amounts
    FROM (
      SELECT d.*, CASE WHEN p_bounds IS NULL THEN 0 ELSE width_bucket(d.burn_at, p_bounds) END AS period
      FROM (
        SELECT generate_subscripts(p_amounts, 1) AS position, unnest(p_amounts) AS amount, unnest(u.class) AS class,
          unnest(p_wallets) AS wallet_id, unnest(u.burn_at) AS burn_at, unnest(u.source) AS source, unnest(u.external_id) AS external_id,
          unnest(u.office_id) AS office_id, unnest(u.usage_at) AS usage_at
      ) AS d
      WHERE d.amount > 0
    ) AS s
    GROUP BY s.wallet_id, s.class, s.period
    ORDER BY s.class DESC, s.period, s.wallet_id
  LOOP
    v_part := ledger_draw(p_company, v_run.wallet_id, v_run.class, v_run.burn_at, p_paid, v_run.amounts, v_run.source, v_run.external_id,
      v_run.office_id, v_run.usage_at, p_type, p_at, p_actor, p_reason);
    is_ample := is_ample AND v_part.is_ample;
    FOR i IN 1 .. cardinality(v_run.positions) LOOP
      drawn[v_run.positions[i]] := v_part.drawn[i];
      seqs[v_run.positions[i]] := v_part.seqs[i];
    END LOOP;
  END LOOP;
END $$;
