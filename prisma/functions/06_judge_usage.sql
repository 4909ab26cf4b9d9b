-- What of a record is compared when its key comes again: what its sender told (R23). Neither what it cost, nor what we
-- made of it when it came: whose it was, and which kind of call that made it.
CREATE FUNCTION ledger_usage_facts(
  p_class text, p_category text, p_direction text, p_external text, p_internal text, p_usage_at timestamptz, p_duration bigint, p_quantity int
) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hash_record_extended(ROW(p_class, CASE WHEN p_category IN ('sms', 'mms', 'fax', 'ai_conversation') THEN p_category END, p_direction,
    p_external, p_internal, p_usage_at, p_duration, p_quantity), 0)
$$;

-- The usages that are to be posted (p_outcomes null: all of them) in the order in which they are drawn: calls and messages
-- before AI, then by the time that decides their grants, then by usage time, then as given.
CREATE FUNCTION ledger_arrange(u ledger_usages, p_outcomes text[]) RETURNS ledger_usages LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW(array_agg(s.source), array_agg(s.external_id), array_agg(s.office_id), array_agg(s.department_id), array_agg(s.member_id),
    array_agg(s.class), array_agg(s.category), array_agg(s.direction), array_agg(s.external_number), array_agg(s.internal_number),
    array_agg(s.usage_at), array_agg(s.duration_ms), array_agg(s.billed_seconds), array_agg(s.quantity), array_agg(s.cost_micros),
    array_agg(s.price), array_agg(s.version), array_agg(s.own_wallet_id), array_agg(s.burn_at))::ledger_usages
  FROM (
    SELECT * FROM (
      SELECT unnest(p_outcomes) AS outcome, generate_subscripts(u.external_id, 1) AS position, unnest(u.source) AS source,
        unnest(u.external_id) AS external_id, unnest(u.office_id) AS office_id, unnest(u.department_id) AS department_id,
        unnest(u.member_id) AS member_id, unnest(u.class) AS class, unnest(u.category) AS category, unnest(u.direction) AS direction,
        unnest(u.external_number) AS external_number, unnest(u.internal_number) AS internal_number, unnest(u.usage_at) AS usage_at,
        unnest(u.duration_ms) AS duration_ms, unnest(u.billed_seconds) AS billed_seconds, unnest(u.quantity) AS quantity,
        unnest(u.cost_micros) AS cost_micros, unnest(u.price) AS price, unnest(u.version) AS version,
        unnest(u.own_wallet_id) AS own_wallet_id, unnest(u.burn_at) AS burn_at
    ) AS g
    WHERE g.outcome = 'posted' OR p_outcomes IS NULL
    ORDER BY g.class COLLATE "C" DESC, g.burn_at, g.usage_at, g.position
  ) AS s
$$;

-- Which time decides the grants that pay each usage: its own; but usage of a bundle's period that comes 6 hours after its end
-- draws what is in force now (R7).
CREATE FUNCTION ledger_burn_times(p_book book, u ledger_usages, p_at timestamptz) RETURNS timestamptz[] LANGUAGE plpgsql AS $$
BEGIN
  RETURN ARRAY(
    SELECT CASE WHEN EXISTS (
        SELECT FROM credit_grant AS g
        WHERE g.company_id = p_book.company_id
          AND g.wallet_id IN (d.own_wallet_id, CASE WHEN p_book.pooled THEN p_book.pool_wallet_id ELSE d.own_wallet_id END)
          AND g.kind = CASE d.class WHEN 'ai' THEN 'ai' ELSE 'calling' END
          AND g.effective_at <= d.usage_at AND d.usage_at < g.expires_at AND g.expires_at <= p_at - interval '6 hours')
      THEN p_at ELSE d.usage_at END
    FROM (SELECT unnest(u.usage_at) AS usage_at, unnest(u.class) AS class, unnest(u.own_wallet_id) AS own_wallet_id) AS d
  );
END $$;

-- Why a record cannot be booked, null where it can.
CREATE FUNCTION ledger_rejection(
  p_at timestamptz, p_force boolean, p_source text, p_external_id text, p_class text, p_category text, p_direction text, p_usage_at timestamptz,
  p_duration bigint, p_billed int, p_quantity int, p_cost bigint
) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN p_cost < 0 THEN 'negative-cost'
    WHEN num_nulls(p_source, p_external_id, p_class, p_category, p_direction, p_usage_at, p_duration, p_billed, p_quantity, p_cost) > 0
      OR p_cost >= 10000000000000 OR p_class NOT IN ('calls', 'ai') OR p_direction NOT IN ('inbound', 'outbound')
      OR least(p_duration, p_billed, p_quantity) < 0 THEN 'bad-facts'
    WHEN NOT p_force AND p_usage_at > p_at + interval '5 minutes' THEN 'future'
    WHEN NOT p_force AND p_usage_at < p_at - interval '35 days' THEN 'too-old'
  END
$$;

-- Judges one record at a time, so that a bad one does not hold up the others: what cannot be booked is rejected; a key that
-- is known is a duplicate where its facts are the present ones, or older ones that are no newer version; else a conflict. Of
-- two of one key that nobody knew before the first counts, and the other is judged by it. Outcomes come in the order given,
-- with the reason where one was rejected, and for a known key the version booked of it.
CREATE FUNCTION ledger_judge_usage(
  p_book book, p_at timestamptz, p_force boolean, u ledger_usages, OUT outcomes text[], OUT reasons text[], OUT booked bigint[]
) LANGUAGE plpgsql AS $$
BEGIN
  WITH given AS (
    SELECT g.position, g.source, g.external_id, coalesce(g.version, 0) AS version,
      ledger_usage_facts(g.class, g.category, g.direction, g.external_number, g.internal_number, g.usage_at, g.duration_ms, g.quantity) AS facts,
      ledger_rejection(p_at, p_force, g.source, g.external_id, g.class, g.category, g.direction, g.usage_at, g.duration_ms,
        g.billed_seconds, g.quantity, g.cost_micros) AS reason,
      (SELECT ARRAY[r.facts, r.version] FROM usage_record AS r
        WHERE r.company_id = p_book.company_id AND r.source = g.source AND r.external_id = g.external_id
        ORDER BY r.revision DESC LIMIT 1) AS last
    FROM (
      SELECT generate_subscripts(u.external_id, 1) AS position, unnest(u.source) AS source, unnest(u.external_id) AS external_id,
        unnest(u.class) AS class, unnest(u.category) AS category, unnest(u.direction) AS direction, unnest(u.external_number) AS external_number,
        unnest(u.internal_number) AS internal_number, unnest(u.usage_at) AS usage_at, unnest(u.duration_ms) AS duration_ms,
        unnest(u.billed_seconds) AS billed_seconds, unnest(u.quantity) AS quantity, unnest(u.cost_micros) AS cost_micros,
        unnest(u.version) AS version
    ) AS g
    OFFSET 0
  ), judged AS (
    SELECT g.*, coalesce(g.last[2], first_value(g.version) OVER same) AS booked, CASE
        WHEN g.reason IS NOT NULL THEN 'rejected'
        WHEN g.last[1] = g.facts THEN 'duplicate'
        WHEN g.last IS NOT NULL THEN CASE WHEN g.version <= g.last[2] AND EXISTS (
            SELECT FROM usage_record AS r WHERE r.company_id = p_book.company_id AND r.source = g.source AND r.external_id = g.external_id
              AND r.facts = g.facts) THEN 'duplicate' ELSE 'conflict' END
        WHEN row_number() OVER same = 1 THEN 'posted'
        WHEN first_value(g.facts) OVER same = g.facts THEN 'duplicate'
        ELSE 'conflict'
      END AS outcome
    FROM given AS g
    WINDOW same AS (PARTITION BY g.reason IS NULL, g.external_id COLLATE "C", g.source COLLATE "C" ORDER BY g.position)
  )
  SELECT array_agg(j.outcome ORDER BY j.position), array_agg(j.reason ORDER BY j.position),
    array_agg(CASE WHEN j.outcome IN ('duplicate', 'conflict') THEN j.booked END ORDER BY j.position)
  INTO outcomes, reasons, booked
  FROM judged AS j;
END $$;
