-- Nobody posts meanwhile.
LOCK TABLE book IN EXCLUSIVE MODE;

-- Sums of kinds and of people are read by their time and change in place, when usage comes late. Where a changed row finds no
-- room on its page it goes to another one, and after a busy month reading them in order meant a page for each row.
ALTER TABLE usage_kind_rollup SET (fillfactor = 50);
ALTER TABLE usage_member_rollup SET (fillfactor = 50);
CLUSTER usage_kind_rollup USING usage_kind_rollup_pkey;
CLUSTER usage_member_rollup USING usage_member_rollup_pkey;
ALTER TABLE usage_kind_rollup SET WITHOUT CLUSTER;
ALTER TABLE usage_member_rollup SET WITHOUT CLUSTER;

-- A quarter of a day is summed up by person once, when it is over, no longer a quarter-hour at a time.
ALTER TABLE usage_member_rollup DISABLE TRIGGER usage_member_rollup_stays;
DELETE FROM usage_member_rollup AS m USING book AS b
WHERE m.company_id = b.company_id AND m.bucket_at >= date_bin('6 hours', b.summed_until, timestamptz '2000-01-01 00:00:00+00');
ALTER TABLE usage_member_rollup ENABLE TRIGGER usage_member_rollup_stays;

DROP FUNCTION ledger_sum_up;
DROP FUNCTION ledger_count_summed;
DROP FUNCTION ledger_count_usage;

-- 07_charge.sql
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
