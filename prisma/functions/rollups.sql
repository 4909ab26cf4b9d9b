-- The quarter-hour that a time lies in, as it begins, and the quarter of a UTC day.
CREATE OR REPLACE FUNCTION ledger_quarter_hour(p_at timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT date_bin('15 minutes', p_at, timestamptz '2000-01-01 00:00:00+00')
$$;

CREATE OR REPLACE FUNCTION ledger_quarter_day(p_at timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT date_bin('6 hours', p_at, timestamptz '2000-01-01 00:00:00+00')
$$;

-- Adds usages to the sums of their times, or takes them out (p_sign -1). Setting up the sums of a batch takes one usage
-- twice as long as adding it by itself.
CREATE OR REPLACE FUNCTION ledger_count_usage(p_book book, p_usages ledger_usages, p_sign int)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(p_usages.category) = 1 THEN
    INSERT INTO usage_rollup
    VALUES (p_book.company_id, ledger_quarter_hour(p_usages.usage_at[1]), coalesce(p_usages.office_id[1], 0),
      coalesce(p_usages.department_id[1], 0), coalesce(p_usages.member_id[1], 0), p_usages.category[1], p_sign,
      p_sign * p_usages.billed_seconds[1]::bigint, p_sign * p_usages.quantity[1]::bigint,
      p_sign * p_usages.cost_micros[1])
    ON CONFLICT (company_id, bucket_at, office_id, department_id, member_id, category) DO UPDATE
    SET records = usage_rollup.records + excluded.records,
      billed_seconds = usage_rollup.billed_seconds + excluded.billed_seconds,
      quantity = usage_rollup.quantity + excluded.quantity,
      cost_micros = usage_rollup.cost_micros + excluded.cost_micros;
  ELSE
    INSERT INTO usage_rollup
    SELECT p_book.company_id, ledger_quarter_hour(usages.usage_at) AS bucket_at,
      coalesce(usages.office_id, 0) AS office, coalesce(usages.department_id, 0) AS department,
      coalesce(usages.member_id, 0) AS member, usages.category, p_sign * count(*), p_sign * sum(usages.billed_seconds),
      p_sign * sum(usages.quantity), p_sign * sum(usages.cost_micros)
    FROM (
      SELECT unnest(p_usages.usage_at) AS usage_at, unnest(p_usages.office_id) AS office_id,
        unnest(p_usages.department_id) AS department_id, unnest(p_usages.member_id) AS member_id,
        unnest(p_usages.category) AS category, unnest(p_usages.billed_seconds) AS billed_seconds,
        unnest(p_usages.quantity) AS quantity, unnest(p_usages.cost_micros) AS cost_micros
    ) AS usages
    GROUP BY 2, office, department, member, usages.category
    ON CONFLICT (company_id, bucket_at, office_id, department_id, member_id, category) DO UPDATE
    SET records = usage_rollup.records + excluded.records,
      billed_seconds = usage_rollup.billed_seconds + excluded.billed_seconds,
      quantity = usage_rollup.quantity + excluded.quantity,
      cost_micros = usage_rollup.cost_micros + excluded.cost_micros;
  END IF;
  IF p_book.summed_until > ANY (p_usages.usage_at) THEN
    PERFORM ledger_count_summed(p_book, p_usages, p_sign);
  END IF;
  IF p_book.is_limited THEN
    PERFORM ledger_count_limited(p_book, p_usages, p_sign);
  END IF;
END $$;

-- Brings usage that comes late into the sums that were made when its quarter-hour was over.
CREATE OR REPLACE FUNCTION ledger_count_summed(p_book book, p_usages ledger_usages, p_sign int)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH counted AS MATERIALIZED (
    SELECT ledger_quarter_hour(usages.usage_at) AS bucket_at, coalesce(usages.office_id, 0) AS office_id,
      coalesce(usages.member_id, 0) AS member_id, usages.category, p_sign * count(*) AS records,
      p_sign * sum(usages.billed_seconds) AS billed_seconds, p_sign * sum(usages.quantity) AS quantity,
      p_sign * sum(usages.cost_micros) AS cost_micros
    FROM (
      SELECT unnest(p_usages.usage_at) AS usage_at, unnest(p_usages.office_id) AS office_id,
        unnest(p_usages.member_id) AS member_id, unnest(p_usages.category) AS category,
        unnest(p_usages.billed_seconds) AS billed_seconds, unnest(p_usages.quantity) AS quantity,
        unnest(p_usages.cost_micros) AS cost_micros
    ) AS usages
    WHERE usages.usage_at < p_book.summed_until
    GROUP BY 1, 2, 3, 4
  ), kinds AS (
    INSERT INTO usage_kind_rollup AS sums
    SELECT p_book.company_id, counted.bucket_at, counted.office_id, counted.category, sum(counted.records),
      sum(counted.billed_seconds), sum(counted.quantity), sum(counted.cost_micros)
    FROM counted GROUP BY 2, 3, 4
    ON CONFLICT (company_id, bucket_at, office_id, category) DO UPDATE
    SET records = sums.records + excluded.records, billed_seconds = sums.billed_seconds + excluded.billed_seconds,
      quantity = sums.quantity + excluded.quantity, cost_micros = sums.cost_micros + excluded.cost_micros
  )
  INSERT INTO usage_member_rollup AS sums
  SELECT p_book.company_id, ledger_quarter_day(counted.bucket_at), counted.office_id, counted.member_id,
    sum(counted.records), sum(counted.billed_seconds), sum(counted.quantity), sum(counted.cost_micros)
  FROM counted WHERE counted.bucket_at < ledger_quarter_day(p_book.summed_until) GROUP BY 2, 3, 4
  ON CONFLICT (company_id, bucket_at, office_id, member_id) DO UPDATE
  SET records = sums.records + excluded.records, billed_seconds = sums.billed_seconds + excluded.billed_seconds,
    quantity = sums.quantity + excluded.quantity, cost_micros = sums.cost_micros + excluded.cost_micros;
END $$;

-- Sums up every quarter-hour that was over at p_until and has not been summed up yet, and every quarter of a day of
-- which the last is among them, anew from its beginning: all usage at once, not one by one as it comes. Rows go in by
-- their time, as they are read. Answers whether there was one.
CREATE OR REPLACE FUNCTION ledger_sum_up(p_company bigint, p_until timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
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
  SELECT usage_rollup.company_id, usage_rollup.bucket_at, usage_rollup.office_id, usage_rollup.category,
    sum(usage_rollup.records), sum(usage_rollup.billed_seconds), sum(usage_rollup.quantity),
    sum(usage_rollup.cost_micros)
  FROM usage_rollup
  WHERE usage_rollup.company_id = p_company AND usage_rollup.bucket_at >= v_book.summed_until
    AND usage_rollup.bucket_at < v_until GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4;
  INSERT INTO usage_member_rollup
  SELECT usage_rollup.company_id, ledger_quarter_day(usage_rollup.bucket_at), usage_rollup.office_id,
    usage_rollup.member_id, sum(usage_rollup.records), sum(usage_rollup.billed_seconds), sum(usage_rollup.quantity),
    sum(usage_rollup.cost_micros)
  FROM usage_rollup
  WHERE usage_rollup.company_id = p_company AND usage_rollup.bucket_at >= v_day AND usage_rollup.bucket_at < v_day_until
  GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
  ON CONFLICT (company_id, bucket_at, office_id, member_id) DO UPDATE
  SET records = excluded.records, billed_seconds = excluded.billed_seconds, quantity = excluded.quantity,
    cost_micros = excluded.cost_micros;
  v_book.summed_until := v_until;
  v_book.seal := seal_of(v_book);
  UPDATE book SET summed_until = v_book.summed_until, seal = v_book.seal WHERE company_id = p_company;
  RETURN true;
END $$;
