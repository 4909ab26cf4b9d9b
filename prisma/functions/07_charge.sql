-- Usage of a bundle's period that comes 6 hours after its end draws what is in force now: its drafts burn at p_at (R7).
CREATE FUNCTION ledger_set_burn_times(p_company bigint, p_drafts ledger_draft[], p_at timestamptz) RETURNS ledger_draft[]
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM wallet AS w JOIN credit_grant AS g ON g.company_id = w.company_id AND g.wallet_id = w.id
    WHERE w.company_id = p_company AND g.expires_at <= p_at - interval '6 hours'
      AND g.expires_at > (SELECT min(d.usage_at) FROM unnest(p_drafts) AS d)
  ) THEN
    RETURN p_drafts;
  END IF;
  RETURN (
    SELECT array_agg((s.position, s.source, s.external_id, s.revision, s.office_id, s.department_id, s.member_id, s.class, s.category,
        s.direction, s.external_number, s.internal_number, s.usage_at, s.duration_ms, s.billed_seconds, s.quantity, s.cost_micros,
        s.price, s.facts, s.version, s.own_wallet_id, s.paid_wallet_id, s.burn)::ledger_draft
      ORDER BY s.class DESC, s.burn, s.position)
    FROM (
      SELECT d.*, CASE WHEN EXISTS (
          SELECT FROM credit_grant AS g
          WHERE g.company_id = p_company AND g.wallet_id IN (d.own_wallet_id, d.paid_wallet_id)
            AND g.kind = CASE d.class WHEN 'ai' THEN 'ai' ELSE 'calling' END
            AND g.effective_at <= d.usage_at AND d.usage_at < g.expires_at AND g.expires_at <= p_at - interval '6 hours')
        THEN p_at ELSE d.usage_at END AS burn
      FROM unnest(p_drafts) AS d
    ) AS s
  );
END $$;

-- Draws amounts for drafts from one side of their wallets ('own': the office's own bundle; 'paid': everything else, and
-- debt). The batch falls into runs that see the same grants of the same wallet: where no grant starts or ends inside
-- the batch's times, that is one run a wallet and class. What was drawn and the entries come back by draft.
CREATE FUNCTION ledger_draw_side(
  p_company bigint, p_side text, p_drafts ledger_draft[], p_amounts bigint[], p_at timestamptz, p_actor text, p_reason text,
  OUT drawn bigint[], OUT seqs bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
  v_first timestamptz;
  v_last timestamptz;
  v_is_run boolean;
  v_bounds timestamptz[];
  v_run record;
  v_drawn bigint[];
  v_seqs bigint[];
BEGIN
  SELECT min(d.burn_at), max(d.burn_at), min(d.class) = max(d.class) AND min(d.wallet_id) = max(d.wallet_id)
  INTO v_first, v_last, v_is_run
  FROM (SELECT u.burn_at, u.class, CASE p_side WHEN 'own' THEN u.own_wallet_id ELSE u.paid_wallet_id END AS wallet_id FROM unnest(p_drafts) AS u) AS d;
  IF v_first < v_last THEN
    SELECT array_agg(DISTINCT b.at ORDER BY b.at) INTO v_bounds
    FROM credit_grant AS g, LATERAL (VALUES (g.effective_at), (g.expires_at)) AS b(at)
    WHERE g.company_id = p_company AND g.is_open AND b.at > v_first AND b.at <= v_last;
  END IF;
  IF v_is_run AND v_bounds IS NULL THEN
    SELECT d.drawn, d.seqs INTO drawn, seqs FROM ledger_draw(p_company, p_side, p_drafts, p_amounts, p_at, p_actor, p_reason) AS d;
    RETURN;
  END IF;
  drawn := array_fill(0::bigint, ARRAY[cardinality(p_amounts)]);
  seqs := array_fill(NULL::bigint, ARRAY[cardinality(p_amounts)]);
  FOR v_run IN
    SELECT array_agg(s.i ORDER BY s.i) AS picks, array_agg(s.draft ORDER BY s.i) AS drafts, array_agg(s.amount ORDER BY s.i) AS amounts
    FROM (
      SELECT CASE p_side WHEN 'own' THEN d.own_wallet_id ELSE d.paid_wallet_id END AS wallet_id, d.class, d.i, d.draft, a.amount,
        CASE WHEN v_bounds IS NULL THEN 0 ELSE width_bucket(d.burn_at, v_bounds) END AS period
      FROM (SELECT u.*, u AS draft, row_number() OVER () AS i FROM unnest(p_drafts) AS u) AS d
      JOIN unnest(p_amounts) WITH ORDINALITY AS a(amount, i) ON a.i = d.i
      WHERE a.amount > 0
    ) AS s
    GROUP BY s.wallet_id, s.class, s.period
    ORDER BY s.class DESC, s.period, s.wallet_id
  LOOP
    SELECT r.drawn, r.seqs INTO v_drawn, v_seqs FROM ledger_draw(p_company, p_side, v_run.drafts, v_run.amounts, p_at, p_actor, p_reason) AS r;
    SELECT array_agg(coalesce(p.drawn, o.drawn) ORDER BY o.i), array_agg(coalesce(p.seq, o.seq) ORDER BY o.i)
    INTO drawn, seqs
    FROM unnest(drawn, seqs) WITH ORDINALITY AS o(drawn, seq, i)
    LEFT JOIN unnest(v_run.picks, v_drawn, v_seqs) AS p(i, drawn, seq) ON p.i = o.i;
  END LOOP;
END $$;

-- Writes the usage records of drafts, with the entries that paid them, and counts them in their quarter-hours (R25).
CREATE FUNCTION ledger_record_usage(p_company bigint, p_drafts ledger_draft[], p_own_seqs bigint[], p_paid_seqs bigint[], p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_record
  SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
  FROM (
    SELECT p_company, d.source, d.external_id, d.revision, d.office_id, d.department_id, d.member_id, d.class, d.category, d.direction,
      d.external_number, d.internal_number, d.usage_at, d.duration_ms, d.billed_seconds, d.quantity, d.cost_micros, d.price, d.facts, d.version,
      CASE WHEN d.own_seq IS NOT NULL THEN d.own_wallet_id END, d.own_seq,
      CASE WHEN d.paid_seq IS NOT NULL THEN d.paid_wallet_id END, d.paid_seq, p_at
    FROM ROWS FROM (unnest(p_drafts), unnest(p_own_seqs), unnest(p_paid_seqs)) AS d(
      position, source, external_id, revision, office_id, department_id, member_id, class, category, direction, external_number,
      internal_number, usage_at, duration_ms, billed_seconds, quantity, cost_micros, price, facts, version, own_wallet_id, paid_wallet_id, burn_at,
      own_seq, paid_seq)
  ) AS x;
  PERFORM ledger_count_usage(p_company, p_drafts, 1);
END $$;

-- Adds drafts to the sums of their times, or takes them out (p_sign -1).
CREATE FUNCTION ledger_count_usage(p_company bigint, p_drafts ledger_draft[], p_sign int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH counted AS MATERIALIZED (
    SELECT date_bin('15 minutes', d.usage_at, timestamptz '2000-01-01 00:00:00+00') AS bucket_at, coalesce(d.office_id, 0) AS office_id,
      coalesce(d.department_id, 0) AS department_id, coalesce(d.member_id, 0) AS member_id, d.category, p_sign * count(*) AS records,
      p_sign * sum(d.billed_seconds) AS billed_seconds, p_sign * sum(d.quantity) AS quantity, p_sign * sum(d.cost_micros) AS cost_micros
    FROM unnest(p_drafts) AS d
    GROUP BY 1, 2, 3, 4, 5
  ), quarter_hours AS (
    INSERT INTO usage_rollup AS r SELECT p_company, c.* FROM counted AS c
    ON CONFLICT (company_id, bucket_at, office_id, department_id, member_id, category) DO UPDATE
    SET records = r.records + excluded.records, billed_seconds = r.billed_seconds + excluded.billed_seconds,
      quantity = r.quantity + excluded.quantity, cost_micros = r.cost_micros + excluded.cost_micros
  ), kinds AS (
    INSERT INTO usage_kind_rollup AS r
    SELECT p_company, c.bucket_at, c.office_id, c.category, sum(c.records), sum(c.billed_seconds), sum(c.quantity), sum(c.cost_micros)
    FROM counted AS c GROUP BY 2, 3, 4
    ON CONFLICT (company_id, bucket_at, office_id, category) DO UPDATE
    SET records = r.records + excluded.records, billed_seconds = r.billed_seconds + excluded.billed_seconds,
      quantity = r.quantity + excluded.quantity, cost_micros = r.cost_micros + excluded.cost_micros
  )
  INSERT INTO usage_member_rollup AS r
  SELECT p_company, date_bin('6 hours', c.bucket_at, timestamptz '2000-01-01 00:00:00+00'), c.office_id, c.member_id, sum(c.records),
    sum(c.billed_seconds), sum(c.quantity), sum(c.cost_micros)
  FROM counted AS c GROUP BY 2, 3, 4
  ON CONFLICT (company_id, bucket_at, office_id, member_id) DO UPDATE
  SET records = r.records + excluded.records, billed_seconds = r.billed_seconds + excluded.billed_seconds,
    quantity = r.quantity + excluded.quantity, cost_micros = r.cost_micros + excluded.cost_micros;
END $$;

-- Draws amounts for drafts: where credits are shared, from the office's own bundle first, then from the pool (R5).
CREATE FUNCTION ledger_draw_all(
  p_book book, p_drafts ledger_draft[], p_amounts bigint[], p_at timestamptz, p_actor text, p_reason text,
  OUT own_seqs bigint[], OUT paid_seqs bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
  v_rest bigint[] := p_amounts;
  v_side record;
BEGIN
  own_seqs := array_fill(NULL::bigint, ARRAY[cardinality(p_drafts)]);
  IF p_book.pooled THEN
    v_side := ledger_draw_side(p_book.company_id, 'own', p_drafts, v_rest, p_at, p_actor, p_reason);
    own_seqs := v_side.seqs;
    SELECT array_agg(r.rest - r.drawn ORDER BY r.i) INTO v_rest FROM unnest(v_rest, v_side.drawn) WITH ORDINALITY AS r(rest, drawn, i);
  END IF;
  v_side := ledger_draw_side(p_book.company_id, 'paid', p_drafts, v_rest, p_at, p_actor, p_reason);
  paid_seqs := v_side.seqs;
END $$;

-- Posts a batch of usage, each record once for its source and key (R23). Returns outcomes in the order given. Of a
-- duplicate that is a newer version, that version is kept, so that an older one does not win. Plans are kept, so they must
-- not be made for the tables as they are in an installation's first minutes, when reading all of them looks cheap.
CREATE FUNCTION ledger_post_usage(
  p_company bigint, p_at timestamptz, p_force boolean, p_source text[], p_external_id text[], p_office bigint[], p_department bigint[],
  p_member bigint[], p_class text[], p_category text[], p_direction text[], p_external text[], p_internal text[],
  p_usage_at timestamptz[], p_duration bigint[], p_billed int[], p_quantity int[], p_cost bigint[], p_price text[], p_version bigint[],
  OUT outcomes text[], OUT reasons text[], OUT booked bigint[]
) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_batch ledger_batch;
  v_before wallet[];
  v_costs bigint[];
  v_seqs record;
  v_newer record;
BEGIN
  v_batch := ledger_judge_usage(v_book, p_at, p_force, p_source, p_external_id, p_office, p_department, p_member, p_class, p_category,
    p_direction, p_external, p_internal, p_usage_at, p_duration, p_billed, p_quantity, p_cost, p_price, p_version);
  outcomes := v_batch.outcomes;
  reasons := v_batch.reasons;
  booked := v_batch.booked;
  IF v_batch.drafts IS NOT NULL THEN
    v_before := ledger_wallets(p_company);
    v_batch.drafts := ledger_set_burn_times(p_company, v_batch.drafts, p_at);
    v_costs := ARRAY(SELECT d.cost_micros FROM unnest(v_batch.drafts) AS d);
    v_seqs := ledger_draw_all(v_book, v_batch.drafts, v_costs, p_at, NULL, NULL);
    PERFORM ledger_record_usage(p_company, v_batch.drafts, v_seqs.own_seqs, v_seqs.paid_seqs, p_at);
    PERFORM ledger_note_crossings(v_before);
  END IF;
  IF 'duplicate' = ANY (outcomes) THEN
    FOR v_newer IN
      SELECT g.source, g.external_id, max(g.version) AS version
      FROM unnest(p_source, p_external_id, p_version, outcomes, booked) AS g(source, external_id, version, outcome, booked)
      WHERE g.outcome = 'duplicate' AND g.version > g.booked GROUP BY 1, 2 ORDER BY 1, 2
    LOOP
      PERFORM ledger_confirm_usage(v_book, ledger_find_usage(p_company, v_newer.source, v_newer.external_id), v_newer.version, p_at);
    END LOOP;
  END IF;
END $$;
