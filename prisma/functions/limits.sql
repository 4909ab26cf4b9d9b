-- Spending limits (R31). What usage costs by its own time is added up for each limit as it is posted, for the period
-- that the limit counts at present; where another period has begun, or the company's zone was changed, it is added up
-- anew from the quarter-hours. All of it under the book's lock.

-- The first instant of a local day: one o'clock where clocks skip midnight, the earlier midnight where they repeat it.
CREATE OR REPLACE FUNCTION ledger_first_instant(p_local timestamp, p_zone text) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN (midnight - interval '1 hour') AT TIME ZONE p_zone >= p_local THEN midnight - interval '1 hour'
    ELSE midnight END
  FROM (SELECT p_local AT TIME ZONE p_zone AS midnight) AS later
$$;

-- The cost from which on the next level of a limit is reached, after the one that was notified; null: none is left. A
-- limit of nothing is reached by the first usage that costs anything.
CREATE OR REPLACE FUNCTION ledger_limit_wake(p_amount bigint, p_levels int[], p_notified int) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
  SELECT greatest(ceil(p_amount::numeric * min(levels) / 100), 1)::bigint
  FROM unnest(p_levels) AS levels WHERE levels > p_notified
$$;

-- Enqueues the job that decides which levels of a company's limits are notified. At most one waits.
CREATE OR REPLACE FUNCTION ledger_wake_limits(p_company bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM graphile_worker.add_job('watch-limits', ledger_traced(json_build_object('companyId', p_company::text)),
    queue_name => format('watch-limits:%s', p_company), job_key => format('watch-limits:%s', p_company));
END $$;

-- The limits in force with the period that they count at a moment, and what usage in it has cost: as it was added up,
-- or where another period is counted by now anew from the quarter-hours.
CREATE OR REPLACE FUNCTION ledger_limits_at(p_company bigint, p_at timestamptz) RETURNS TABLE (
  id bigint, period_day date, starts_at timestamptz, ends_at timestamptz, spent_micros bigint, is_stale boolean
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_zone text := coalesce((SELECT company.time_zone FROM company WHERE company.id = p_company), 'UTC');
  v_local timestamp := p_at AT TIME ZONE v_zone;
BEGIN
  RETURN QUERY
  WITH spans AS MATERIALIZED (
    SELECT unit.period, date_trunc(unit.period, v_local) AS first_day,
      ledger_first_instant(date_trunc(unit.period, v_local), v_zone) AS starts_at,
      ledger_first_instant(date_trunc(unit.period, v_local) + unit.length, v_zone) AS ends_at
    FROM (VALUES ('month', interval '1 month'), ('day', interval '1 day')) AS unit(period, length)
  ), current AS MATERIALIZED (
    SELECT spending_limit.*, spans.first_day::date AS new_day, spans.starts_at AS new_start, spans.ends_at AS new_end,
      (spans.starts_at, spans.ends_at) <> (spending_limit.starts_at, spending_limit.ends_at) AS is_over
    FROM spending_limit JOIN spans ON spans.period = spending_limit.period
    WHERE spending_limit.company_id = p_company AND spending_limit.ended_at IS NULL
  ), sums AS MATERIALIZED (
    SELECT spans.period, usage_rollup.office_id, usage_rollup.department_id, usage_rollup.member_id,
      sum(usage_rollup.cost_micros) AS micros
    FROM spans
    JOIN usage_rollup ON usage_rollup.company_id = p_company AND usage_rollup.bucket_at >= spans.starts_at
      AND usage_rollup.bucket_at < spans.ends_at
    WHERE EXISTS (SELECT FROM current WHERE current.is_over AND current.period = spans.period)
    GROUP BY 1, 2, 3, 4
  )
  SELECT current.id, current.new_day, current.new_start, current.new_end,
    CASE WHEN NOT current.is_over THEN current.spent_micros
      ELSE coalesce((
        SELECT sum(sums.micros) FROM sums
        WHERE sums.period = current.period AND (sums.office_id = current.office_id
          OR sums.department_id = current.department_id OR sums.member_id = current.member_id)), 0)::bigint END,
    current.is_over
  FROM current;
END $$;

-- Has every limit count the period of a moment. In a new one no level was notified yet.
CREATE OR REPLACE FUNCTION ledger_roll_limits(p_company bigint, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_lock_book(p_company);
  UPDATE spending_limit SET period_day = present.period_day, starts_at = present.starts_at, ends_at = present.ends_at,
    spent_micros = present.spent_micros, notified_level = present.notified,
    wake_micros = ledger_limit_wake(present.amount_micros, present.levels, present.notified)
  FROM (
    SELECT counted.*, known.amount_micros, known.levels,
      CASE WHEN known.period_day = counted.period_day THEN known.notified_level ELSE 0 END AS notified
    FROM ledger_limits_at(p_company, p_at) AS counted
    JOIN spending_limit AS known ON known.company_id = p_company AND known.id = counted.id
    WHERE counted.is_stale
  ) AS present
  WHERE spending_limit.company_id = p_company AND spending_limit.id = present.id;
END $$;

-- Sets a limit of one office, department or person, and answers its number: a new one, or the one that is there with
-- another amount or other levels. What was spent in its period before counts. Levels that what is spent does not reach
-- any more may be notified once more.
CREATE OR REPLACE FUNCTION ledger_set_limit(
  p_company bigint, p_office bigint, p_department bigint, p_member bigint, p_period text, p_amount bigint,
  p_levels int[], p_set_by text, p_at timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_limit spending_limit;
BEGIN
  PERFORM ledger_lock_book(p_company);
  INSERT INTO spending_limit (company_id, office_id, department_id, member_id, period, amount_micros, levels, set_by,
    set_at, revision, period_day, starts_at, ends_at, spent_micros, notified_level)
  VALUES (p_company, p_office, p_department, p_member, p_period, p_amount, p_levels, p_set_by, p_at, 0, '-infinity',
    '-infinity', '-infinity', 0, 0)
  ON CONFLICT (company_id, period, office_id, department_id, member_id) DO UPDATE
  -- Nothing was counted while it was ended.
  SET starts_at = CASE WHEN spending_limit.ended_at IS NULL THEN spending_limit.starts_at ELSE '-infinity' END,
    amount_micros = excluded.amount_micros, levels = excluded.levels, set_by = excluded.set_by, ended_at = NULL,
    set_at = excluded.set_at, revision = spending_limit.revision + 1
  RETURNING * INTO v_limit;
  UPDATE book SET is_limited = true WHERE company_id = p_company AND NOT is_limited;
  PERFORM ledger_roll_limits(p_company, p_at);
  SELECT * INTO v_limit FROM spending_limit WHERE company_id = p_company AND id = v_limit.id;
  PERFORM ledger_arm_limit(p_company, v_limit.id, least(v_limit.notified_level, coalesce((
    SELECT max(levels) FROM unnest(p_levels) AS levels
    WHERE v_limit.spent_micros > 0 AND v_limit.spent_micros::numeric * 100 >= p_amount::numeric * levels), 0)));
  RETURN v_limit.id;
END $$;

-- Stores the highest level of a limit that was notified in its period.
CREATE OR REPLACE FUNCTION ledger_arm_limit(p_company bigint, p_id bigint, p_notified int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_lock_book(p_company);
  UPDATE spending_limit SET notified_level = p_notified,
    wake_micros = ledger_limit_wake(spending_limit.amount_micros, spending_limit.levels, p_notified)
  WHERE company_id = p_company AND id = p_id;
END $$;

-- Ends a limit. False where there is none in force.
CREATE OR REPLACE FUNCTION ledger_end_limit(p_company bigint, p_id bigint, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_is_ended boolean;
BEGIN
  PERFORM ledger_lock_book(p_company);
  UPDATE spending_limit SET ended_at = p_at WHERE company_id = p_company AND id = p_id AND ended_at IS NULL;
  v_is_ended := FOUND;
  UPDATE book SET is_limited = EXISTS (
    SELECT FROM spending_limit WHERE spending_limit.company_id = p_company AND spending_limit.ended_at IS NULL)
  WHERE company_id = p_company;
  RETURN v_is_ended;
END $$;

-- Adds usages to what the limits of their offices, departments and people count, or takes them out (p_sign -1), and
-- wakes the job where a level is reached that was not notified, or a period has begun that is not counted yet.
CREATE OR REPLACE FUNCTION ledger_count_limited(p_book book, p_usages ledger_usages, p_sign int)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_is_reached boolean;
BEGIN
  WITH usages AS MATERIALIZED (
    SELECT unnest(p_usages.office_id) AS office_id, unnest(p_usages.department_id) AS department_id,
      unnest(p_usages.member_id) AS member_id, unnest(p_usages.usage_at) AS usage_at,
      unnest(p_usages.cost_micros) AS cost_micros
  ), limits AS MATERIALIZED (
    SELECT * FROM spending_limit WHERE spending_limit.company_id = p_book.company_id
      AND spending_limit.ended_at IS NULL
  ), matched AS (
    SELECT limits.id, limits.starts_at, limits.ends_at, usages.usage_at, usages.cost_micros
    FROM usages JOIN limits ON limits.office_id = usages.office_id
    UNION ALL
    SELECT limits.id, limits.starts_at, limits.ends_at, usages.usage_at, usages.cost_micros
    FROM usages JOIN limits ON limits.department_id = usages.department_id
    UNION ALL
    SELECT limits.id, limits.starts_at, limits.ends_at, usages.usage_at, usages.cost_micros
    FROM usages JOIN limits ON limits.member_id = usages.member_id
  ), spent AS (
    SELECT matched.id, coalesce(sum(matched.cost_micros) FILTER (WHERE matched.usage_at >= matched.starts_at
        AND matched.usage_at < matched.ends_at), 0) AS micros,
      bool_or(matched.usage_at >= matched.ends_at) AS is_later
    FROM matched GROUP BY matched.id
  ), counted AS (
    UPDATE spending_limit SET spent_micros = spending_limit.spent_micros + p_sign * spent.micros
    FROM spent WHERE spending_limit.company_id = p_book.company_id AND spending_limit.id = spent.id
    RETURNING spent.is_later OR spending_limit.spent_micros >= spending_limit.wake_micros AS is_reached
  )
  SELECT bool_or(counted.is_reached) INTO v_is_reached FROM counted;
  IF v_is_reached AND p_sign > 0 THEN
    PERFORM ledger_wake_limits(p_book.company_id);
  END IF;
END $$;

-- What is kept back at present for the usage that a limit counts. As usage, a hold of no known office is the primary
-- one's (R5).
CREATE OR REPLACE FUNCTION ledger_limit_held(p_limit spending_limit) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(hold.own_micros + hold.paid_micros), 0)::bigint
  FROM hold
  JOIN book ON book.company_id = hold.company_id
  JOIN wallet AS main ON main.company_id = book.company_id AND main.id = book.primary_wallet_id
  LEFT JOIN wallet AS own ON own.company_id = hold.company_id AND own.office_id = hold.office_id
  WHERE hold.company_id = p_limit.company_id AND hold.state = 'open'
    AND (coalesce(own.office_id, main.office_id) = p_limit.office_id OR hold.department_id = p_limit.department_id
      OR hold.member_id = p_limit.member_id)
$$;

-- Decides whether a further amount may be held: what was spent and what is held, with it, is at most each limit of its
-- office, department and person. Answers the limit with the least room where it is more; null where it may be.
CREATE OR REPLACE FUNCTION ledger_refusing_limit(
  p_book book, p_office bigint, p_department bigint, p_member bigint, p_amount bigint, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_office bigint;
BEGIN
  IF NOT p_book.is_limited THEN
    RETURN NULL;
  END IF;
  v_office := ledger_known_office(p_book, p_office);
  PERFORM ledger_roll_limits(p_book.company_id, p_at);
  RETURN (
    SELECT jsonb_build_object('id', limits.id::text, 'officeId', limits.office_id::text, 'departmentId',
      limits.department_id::text, 'memberId', limits.member_id::text, 'period', limits.period, 'amountMicros',
      limits.amount_micros::text, 'spentMicros', limits.spent_micros::text, 'heldMicros', limits.held::text)
    FROM (
      SELECT spending_limit.*, ledger_limit_held(spending_limit) AS held FROM spending_limit
      WHERE spending_limit.company_id = p_book.company_id AND spending_limit.ended_at IS NULL
        AND (spending_limit.office_id = v_office OR spending_limit.department_id = p_department
          OR spending_limit.member_id = p_member)
    ) AS limits
    WHERE limits.spent_micros + limits.held + p_amount > limits.amount_micros
    ORDER BY limits.amount_micros - limits.spent_micros - limits.held, limits.id LIMIT 1);
END $$;
