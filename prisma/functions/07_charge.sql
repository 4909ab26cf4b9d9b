-- Writes the usage records of a revision, with the entries that paid them, and counts them in their quarter-hours (R25).
CREATE FUNCTION ledger_record_usage(
  p_book book, u ledger_usages, p_revision int, p_own_seqs bigint[], p_paid_seqs bigint[], p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_record
  SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
  FROM (
    SELECT p_book.company_id, d.source, d.external_id, p_revision, d.office_id, d.department_id, d.member_id, d.class, d.category, d.direction,
      d.external_number, d.internal_number, d.usage_at, d.duration_ms, d.billed_seconds, d.quantity, d.cost_micros, d.price,
      ledger_usage_facts(d.class, d.category, d.direction, d.external_number, d.internal_number, d.usage_at, d.duration_ms, d.quantity),
      coalesce(d.version, 0), CASE WHEN d.own_seq IS NOT NULL THEN d.own_wallet_id END, d.own_seq,
      CASE WHEN d.paid_seq IS NOT NULL THEN CASE WHEN p_book.pooled THEN p_book.pool_wallet_id ELSE d.own_wallet_id END END, d.paid_seq, p_at
    FROM (
      SELECT unnest(u.source) AS source, unnest(u.external_id) AS external_id, unnest(u.office_id) AS office_id,
        unnest(u.department_id) AS department_id, unnest(u.member_id) AS member_id, unnest(u.class) AS class, unnest(u.category) AS category,
        unnest(u.direction) AS direction, unnest(u.external_number) AS external_number, unnest(u.internal_number) AS internal_number,
        unnest(u.usage_at) AS usage_at, unnest(u.duration_ms) AS duration_ms, unnest(u.billed_seconds) AS billed_seconds,
        unnest(u.quantity) AS quantity, unnest(u.cost_micros) AS cost_micros, unnest(u.price) AS price, unnest(u.version) AS version,
        unnest(u.own_wallet_id) AS own_wallet_id, unnest(p_own_seqs) AS own_seq, unnest(p_paid_seqs) AS paid_seq
    ) AS d
  ) AS x;
  PERFORM ledger_count_usage(p_book, u, 1);
END $$;

-- The quarter-hour that a time lies in, as it begins, and the quarter of a UTC day.
CREATE FUNCTION ledger_quarter_hour(p_at timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT date_bin('15 minutes', p_at, timestamptz '2000-01-01 00:00:00+00')
$$;
CREATE FUNCTION ledger_quarter_day(p_at timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT date_bin('6 hours', p_at, timestamptz '2000-01-01 00:00:00+00')
$$;

-- Adds usages to the sums of their times, or takes them out (p_sign -1). Setting up the sums of a batch takes one usage twice
-- as long as adding it by itself.
CREATE FUNCTION ledger_count_usage(p_book book, u ledger_usages, p_sign int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(u.category) = 1 THEN
    INSERT INTO usage_rollup AS r
    VALUES (p_book.company_id, ledger_quarter_hour(u.usage_at[1]), coalesce(u.office_id[1], 0),
      coalesce(u.department_id[1], 0), coalesce(u.member_id[1], 0), u.category[1], p_sign, p_sign * u.billed_seconds[1]::bigint,
      p_sign * u.quantity[1]::bigint, p_sign * u.cost_micros[1])
    ON CONFLICT (company_id, bucket_at, office_id, department_id, member_id, category) DO UPDATE
    SET records = r.records + excluded.records, billed_seconds = r.billed_seconds + excluded.billed_seconds,
      quantity = r.quantity + excluded.quantity, cost_micros = r.cost_micros + excluded.cost_micros;
  ELSE
    INSERT INTO usage_rollup AS r
    SELECT p_book.company_id, ledger_quarter_hour(d.usage_at) AS bucket_at, coalesce(d.office_id, 0) AS office,
      coalesce(d.department_id, 0) AS department, coalesce(d.member_id, 0) AS member, d.category, p_sign * count(*), p_sign * sum(d.billed_seconds),
      p_sign * sum(d.quantity), p_sign * sum(d.cost_micros)
    FROM (
      SELECT unnest(u.usage_at) AS usage_at, unnest(u.office_id) AS office_id, unnest(u.department_id) AS department_id,
        unnest(u.member_id) AS member_id, unnest(u.category) AS category, unnest(u.billed_seconds) AS billed_seconds,
        unnest(u.quantity) AS quantity, unnest(u.cost_micros) AS cost_micros
    ) AS d
    GROUP BY 2, office, department, member, d.category
    ON CONFLICT (company_id, bucket_at, office_id, department_id, member_id, category) DO UPDATE
    SET records = r.records + excluded.records, billed_seconds = r.billed_seconds + excluded.billed_seconds,
      quantity = r.quantity + excluded.quantity, cost_micros = r.cost_micros + excluded.cost_micros;
  END IF;
  IF p_book.summed_until > ANY (u.usage_at) THEN
    PERFORM ledger_count_summed(p_book, u, p_sign);
  END IF;
END $$;

-- Brings usage that comes late into the sums that were made when its quarter-hour was over.
CREATE FUNCTION ledger_count_summed(p_book book, u ledger_usages, p_sign int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH counted AS MATERIALIZED (
    SELECT ledger_quarter_hour(d.usage_at) AS bucket_at, coalesce(d.office_id, 0) AS office_id,
      coalesce(d.member_id, 0) AS member_id, d.category, p_sign * count(*) AS records,
      p_sign * sum(d.billed_seconds) AS billed_seconds, p_sign * sum(d.quantity) AS quantity, p_sign * sum(d.cost_micros) AS cost_micros
    FROM (
      SELECT unnest(u.usage_at) AS usage_at, unnest(u.office_id) AS office_id, unnest(u.member_id) AS member_id, unnest(u.category) AS category,
        unnest(u.billed_seconds) AS billed_seconds, unnest(u.quantity) AS quantity, unnest(u.cost_micros) AS cost_micros
    ) AS d
    WHERE d.usage_at < p_book.summed_until
    GROUP BY 1, 2, 3, 4
  ), kinds AS (
    INSERT INTO usage_kind_rollup AS r
    SELECT p_book.company_id, c.bucket_at, c.office_id, c.category, sum(c.records), sum(c.billed_seconds), sum(c.quantity), sum(c.cost_micros)
    FROM counted AS c GROUP BY 2, 3, 4
    ON CONFLICT (company_id, bucket_at, office_id, category) DO UPDATE
    SET records = r.records + excluded.records, billed_seconds = r.billed_seconds + excluded.billed_seconds,
      quantity = r.quantity + excluded.quantity, cost_micros = r.cost_micros + excluded.cost_micros
  )
  INSERT INTO usage_member_rollup AS r
  SELECT p_book.company_id, ledger_quarter_day(c.bucket_at), c.office_id, c.member_id, sum(c.records),
    sum(c.billed_seconds), sum(c.quantity), sum(c.cost_micros)
  FROM counted AS c WHERE c.bucket_at < ledger_quarter_day(p_book.summed_until) GROUP BY 2, 3, 4
  ON CONFLICT (company_id, bucket_at, office_id, member_id) DO UPDATE
  SET records = r.records + excluded.records, billed_seconds = r.billed_seconds + excluded.billed_seconds,
    quantity = r.quantity + excluded.quantity, cost_micros = r.cost_micros + excluded.cost_micros;
END $$;

-- Sums up every quarter-hour that was over at p_until and has not been summed up yet, and every quarter of a day of which the last
-- is among them, anew from its beginning: all usage at once, not one by one as it comes. Rows go in by their time, as they are
-- read. Answers whether there was one.
CREATE FUNCTION ledger_sum_up(p_company bigint, p_until timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_until timestamptz := ledger_quarter_hour(p_until);
  v_day timestamptz := ledger_quarter_day(v_book.summed_until);
  v_day_until timestamptz := ledger_quarter_day(v_until);
BEGIN
  IF v_until <= v_book.summed_until THEN
    RETURN false;
  END IF;
  INSERT INTO usage_kind_rollup
  SELECT r.company_id, r.bucket_at, r.office_id, r.category, sum(r.records), sum(r.billed_seconds), sum(r.quantity), sum(r.cost_micros)
  FROM usage_rollup AS r
  WHERE r.company_id = p_company AND r.bucket_at >= v_book.summed_until AND r.bucket_at < v_until GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4;
  INSERT INTO usage_member_rollup
  SELECT r.company_id, ledger_quarter_day(r.bucket_at), r.office_id, r.member_id, sum(r.records), sum(r.billed_seconds), sum(r.quantity),
    sum(r.cost_micros)
  FROM usage_rollup AS r
  WHERE r.company_id = p_company AND r.bucket_at >= v_day AND r.bucket_at < v_day_until GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
  ON CONFLICT (company_id, bucket_at, office_id, member_id) DO UPDATE
  SET records = excluded.records, billed_seconds = excluded.billed_seconds, quantity = excluded.quantity, cost_micros = excluded.cost_micros;
  v_book.summed_until := v_until;
  v_book.seal := seal_of(v_book);
  UPDATE book SET summed_until = v_book.summed_until, seal = v_book.seal WHERE company_id = p_company;
  RETURN true;
END $$;

-- Of duplicates that are newer versions, keeps those versions, so that an older one does not win.
CREATE FUNCTION ledger_confirm_newer(p_book book, u ledger_usages, p_outcomes text[], p_booked bigint[], p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_newer record;
BEGIN
  FOR v_newer IN
    SELECT g.source, g.external_id, max(g.version) AS version
    FROM unnest(u.source, u.external_id, u.version, p_outcomes, p_booked) AS g(source, external_id, version, outcome, booked)
    WHERE g.outcome = 'duplicate' AND g.version > g.booked GROUP BY 1, 2 ORDER BY 1, 2
  LOOP
    PERFORM ledger_confirm_usage(p_book, ledger_find_usage(p_book.company_id, v_newer.source, v_newer.external_id), v_newer.version, p_at);
  END LOOP;
END $$;

-- Posts one usage the short way: a call or message of the last hours, of which one grant pays all. False, and nothing done,
-- where anything at all is otherwise: the long way knows why. It asks the same questions in the same order.
CREATE FUNCTION ledger_post_lone(p_book book, p_at timestamptz, p_force boolean, p_usage ledger_usages) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  u ledger_usages := p_usage;
  w wallet;
  v_before wallet;
  v_grant record;
BEGIN
  IF u.class[1] <> 'calls' OR u.usage_at[1] < p_at - interval '6 hours' OR u.cost_micros[1] = 0
    OR ledger_rejection(p_at, p_force, u.source[1], u.external_id[1], u.class[1], u.category[1], u.direction[1], u.usage_at[1], u.duration_ms[1],
      u.billed_seconds[1], u.quantity[1], u.cost_micros[1]) IS NOT NULL
  THEN
    RETURN false;
  END IF;
  SELECT * INTO w FROM wallet WHERE company_id = p_book.company_id AND office_id = u.office_id[1];
  u.own_wallet_id := ARRAY[w.id];
  IF p_book.pooled THEN
    IF w.calling_micros > 0 THEN
      RETURN false;
    END IF;
    SELECT * INTO w FROM wallet WHERE company_id = p_book.company_id AND id = p_book.pool_wallet_id AND u.own_wallet_id[1] IS NOT NULL;
  END IF;
  -- The one that ledger_draw would begin with.
  SELECT g.id, g.remaining_micros, EXISTS (
      SELECT FROM usage_record AS r
      WHERE r.company_id = p_book.company_id AND r.source = u.source[1] AND r.external_id = u.external_id[1] AND r.revision = 0) AS is_known
  INTO v_grant FROM credit_grant AS g
  WHERE g.company_id = w.company_id AND g.wallet_id = w.id AND g.is_open AND g.kind <> 'ai'
    AND g.effective_at <= u.usage_at[1] AND u.usage_at[1] < g.expires_at
  ORDER BY g.kind, g.expires_at, g.created_at, g.id LIMIT 1;
  IF (v_grant.remaining_micros >= u.cost_micros[1] AND NOT v_grant.is_known) IS NOT TRUE THEN
    RETURN false;
  END IF;
  v_before := w;
  w := ledger_write_entry(w, 'usage', 'calls', ARRAY[(v_grant.id, NULL, -u.cost_micros[1])::ledger_part], u.source[1], u.external_id[1],
    u.office_id[1], NULL, NULL, u.usage_at[1], p_at);
  PERFORM ledger_record_usage(p_book, u, 0, NULL, ARRAY[w.seq], p_at);
  IF NOT ledger_is_ample(w) THEN
    PERFORM ledger_note_crossings(ARRAY[v_before]);
  END IF;
  RETURN true;
END $$;

-- Posts a batch of usage, each record once for its source and key (R23). A record by itself is tried the short way. Nearly
-- always every record of a batch can be booked and none is known: one look tells, and the answer is null. Else the records are
-- judged one by one, and what each came to is answered in the order given. p_plain: no key is there twice, and the records stand
-- in the order in which they draw, each at its own time. Plans are kept, so they must not be made for the tables as they are
-- in an installation's first minutes, when reading all of them looks cheap.
CREATE FUNCTION ledger_post_usage(p_company bigint, p_at timestamptz, p_force boolean, p_plain boolean, p_usages ledger_usages) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off AS $$
DECLARE
  u ledger_usages := p_usages;
  v_book book := ledger_lock_book(p_company);
  v_before wallet[];
  v_offices bigint[];
  v_wallets bigint[];
  v_is_clear boolean;
  v_is_late boolean;
  v_judged record;
  v_drawn record;
BEGIN
  IF cardinality(u.external_id) = 1 AND ledger_post_lone(v_book, p_at, p_force, u) THEN
    RETURN NULL;
  END IF;
  SELECT array_agg(w), array_agg(w.office_id) FILTER (WHERE w.office_id IS NOT NULL), array_agg(w.id) FILTER (WHERE w.office_id IS NOT NULL)
  INTO v_before, v_offices, v_wallets FROM wallet AS w WHERE w.company_id = p_company;
  -- Of each office its wallet; whatever else is said counts to the primary office (R5).
  SELECT array_agg(CASE WHEN g.office_id = ANY (v_offices) THEN g.office_id
      ELSE v_offices[array_position(v_wallets, v_book.primary_wallet_id)] END),
    array_agg(CASE WHEN g.class <> 'ai' THEN coalesce(v_wallets[array_position(v_offices, g.office_id)], v_book.primary_wallet_id)
      ELSE v_book.primary_wallet_id END),
    bool_and(ledger_rejection(p_at, p_force, g.source, g.external_id, g.class, g.category, g.direction, g.usage_at, g.duration_ms,
        g.billed_seconds, g.quantity, g.cost_micros) IS NULL)
      -- By whole keys, so that it stays a look-up of those however the statistics look. One walk finds them all.
      AND NOT EXISTS (SELECT FROM usage_record AS r WHERE r.company_id = p_company AND r.source = ANY (u.source)
        AND r.external_id = ANY (u.external_id) AND r.revision = 0),
    -- That it ends at all is said for the index of ends.
    min(g.usage_at) < p_at - interval '6 hours' AND EXISTS (
      SELECT FROM credit_grant AS c
      WHERE c.company_id = p_company AND c.expires_at < 'infinity' AND c.expires_at <= p_at - interval '6 hours' AND c.expires_at > min(g.usage_at))
  INTO u.office_id, u.own_wallet_id, v_is_clear, v_is_late
  FROM (
    SELECT unnest(u.source) AS source, unnest(u.external_id) AS external_id, unnest(u.office_id) AS office_id, unnest(u.class) AS class,
      unnest(u.category) AS category, unnest(u.direction) AS direction, unnest(u.usage_at) AS usage_at, unnest(u.duration_ms) AS duration_ms,
      unnest(u.billed_seconds) AS billed_seconds, unnest(u.quantity) AS quantity, unnest(u.cost_micros) AS cost_micros
  ) AS g;
  u.burn_at := CASE WHEN v_is_late THEN ledger_burn_times(v_book, u, p_at) ELSE u.usage_at END;
  IF v_is_clear AND (v_is_late OR NOT p_plain) THEN
    v_is_clear := (SELECT count(DISTINCT k COLLATE "C") FROM unnest(u.external_id) AS k) = cardinality(u.external_id);
    IF v_is_clear THEN
      u := ledger_arrange(u, NULL);
    END IF;
  END IF;
  IF NOT v_is_clear THEN
    v_judged := ledger_judge_usage(v_book, p_at, p_force, p_usages);
    u := ledger_arrange(u, v_judged.outcomes);
  END IF;

  IF u.external_id IS NOT NULL THEN
    v_drawn := ledger_draw_usage(v_book, u, u.cost_micros, 'usage', p_at, NULL, NULL);
    PERFORM ledger_record_usage(v_book, u, 0, v_drawn.own_seqs, v_drawn.paid_seqs, p_at);
    IF NOT v_drawn.is_ample THEN
      PERFORM ledger_note_crossings(v_before);
    END IF;
  END IF;
  IF v_is_clear THEN
    RETURN NULL;
  END IF;
  PERFORM ledger_confirm_newer(v_book, p_usages, v_judged.outcomes, v_judged.booked, p_at);
  RETURN (
    SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('outcome', j.outcome, 'reason', j.reason, 'bookedVersion', j.booked::text)))
    FROM (SELECT unnest(v_judged.outcomes) AS outcome, unnest(v_judged.reasons) AS reason, unnest(v_judged.booked) AS booked) AS j
  );
END $$;
