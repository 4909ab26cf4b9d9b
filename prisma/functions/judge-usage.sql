-- The usages that are to be posted (p_outcomes null: all of them) in the order in which they are consumed: calls and
-- messages before AI, then by the time that decides their grants, then by usage time, then as given.
CREATE OR REPLACE FUNCTION ledger_arrange(p_usages ledger_usages, p_outcomes text[])
RETURNS ledger_usages LANGUAGE sql IMMUTABLE AS $$
  SELECT ROW(array_agg(arranged.source), array_agg(arranged.external_id), array_agg(arranged.office_id),
    array_agg(arranged.department_id), array_agg(arranged.member_id), array_agg(arranged.class),
    array_agg(arranged.category), array_agg(arranged.direction), array_agg(arranged.external_number),
    array_agg(arranged.internal_number), array_agg(arranged.usage_at), array_agg(arranged.duration_ms),
    array_agg(arranged.billed_seconds), array_agg(arranged.quantity), array_agg(arranged.cost_micros),
    array_agg(arranged.price), array_agg(arranged.version), array_agg(arranged.own_wallet_id),
    array_agg(arranged.burn_at), array_agg(arranged.keyed_numbers), array_agg(arranged.salt),
    NULL::bigint[])::ledger_usages
  FROM (
    SELECT * FROM (
      SELECT unnest(p_outcomes) AS outcome, generate_subscripts(p_usages.external_id, 1) AS position,
        unnest(p_usages.source) AS source, unnest(p_usages.external_id) AS external_id,
        unnest(p_usages.office_id) AS office_id, unnest(p_usages.department_id) AS department_id,
        unnest(p_usages.member_id) AS member_id, unnest(p_usages.class) AS class, unnest(p_usages.category) AS category,
        unnest(p_usages.direction) AS direction, unnest(p_usages.external_number) AS external_number,
        unnest(p_usages.internal_number) AS internal_number, unnest(p_usages.usage_at) AS usage_at,
        unnest(p_usages.duration_ms) AS duration_ms, unnest(p_usages.billed_seconds) AS billed_seconds,
        unnest(p_usages.quantity) AS quantity, unnest(p_usages.cost_micros) AS cost_micros,
        unnest(p_usages.price) AS price, unnest(p_usages.version) AS version,
        unnest(p_usages.own_wallet_id) AS own_wallet_id, unnest(p_usages.burn_at) AS burn_at,
        unnest(p_usages.keyed_numbers) AS keyed_numbers, unnest(p_usages.salt) AS salt
    ) AS given
    WHERE given.outcome = 'posted' OR p_outcomes IS NULL
    ORDER BY given.class COLLATE "C" DESC, given.burn_at, given.usage_at, given.position
  ) AS arranged
$$;

-- Which time decides the grants that pay each usage: its own; but usage of a bundle's period that comes 6 hours after
-- its end consumes what is in force now (R7).
CREATE OR REPLACE FUNCTION ledger_burn_times(p_book book, p_usages ledger_usages, p_at timestamptz)
RETURNS timestamptz[] LANGUAGE plpgsql AS $$
BEGIN
  RETURN ARRAY(
    SELECT CASE WHEN EXISTS (
        SELECT FROM credit_grant
        WHERE credit_grant.company_id = p_book.company_id
          AND credit_grant.wallet_id IN (usages.own_wallet_id, CASE WHEN p_book.pooled THEN p_book.pool_wallet_id
            ELSE usages.own_wallet_id END)
          AND credit_grant.kind = CASE usages.class WHEN 'ai' THEN 'ai' ELSE 'calling' END
          AND credit_grant.effective_at <= usages.usage_at AND usages.usage_at < credit_grant.expires_at
            AND credit_grant.expires_at <= p_at - interval '6 hours')
      THEN p_at ELSE usages.usage_at END
    FROM (SELECT unnest(p_usages.usage_at) AS usage_at, unnest(p_usages.class) AS class,
      unnest(p_usages.own_wallet_id) AS own_wallet_id) AS usages
  );
END $$;

-- Why a record cannot be booked, null where it can.
CREATE OR REPLACE FUNCTION ledger_rejection(
  p_at timestamptz, p_force boolean, p_source text, p_external_id text, p_class text, p_category text, p_direction text,
  p_usage_at timestamptz, p_duration bigint, p_billed int, p_quantity int, p_cost bigint
) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN p_cost < 0 THEN 'negative-cost'
    WHEN num_nulls(p_source, p_external_id, p_class, p_category, p_direction, p_usage_at, p_duration, p_billed,
      p_quantity, p_cost) > 0
      OR p_cost >= 10000000000000 OR p_class NOT IN ('calls', 'ai') OR p_direction NOT IN ('inbound', 'outbound')
      OR least(p_duration, p_billed, p_quantity) < 0 THEN 'bad-facts'
    WHEN NOT p_force AND p_usage_at > p_at + interval '5 minutes' THEN 'future'
    WHEN NOT p_force AND p_usage_at < p_at - interval '35 days' THEN 'too-old'
  END
$$;

-- Judges one record at a time, so that a bad one does not hold up the others: what cannot be booked is rejected; a
-- key that is known is a duplicate where its facts are the present ones, or older ones that are no newer version;
-- else a conflict. A known key whose facts are null, because they are compared no more (R23), is a duplicate
-- whatever comes, also what would be too old by now. Of two of one key that nobody knew before the first counts,
-- and the other is judged by it. Outcomes come in the order given, with the reason where one was rejected, and for
-- a known key whose facts are compared the version booked of it.
CREATE OR REPLACE FUNCTION ledger_judge_usage(
  p_book book, p_at timestamptz, p_force boolean, p_usages ledger_usages, OUT outcomes text[], OUT reasons text[],
  OUT booked bigint[]
) LANGUAGE plpgsql AS $$
BEGIN
  WITH given AS (
    SELECT given.position, given.source, given.external_id, coalesce(given.version, 0) AS version,
      ledger_usage_facts(given.class, given.category, given.direction, given.keyed_numbers, given.usage_at,
        given.duration_ms, given.quantity) AS facts,
      ledger_rejection(p_at, p_force, given.source, given.external_id, given.class, given.category, given.direction,
        given.usage_at, given.duration_ms, given.billed_seconds, given.quantity, given.cost_micros) AS reason,
      (SELECT ARRAY[usage_record.facts, usage_record.version] FROM usage_record
        WHERE usage_record.company_id = p_book.company_id AND usage_record.source = given.source
          AND usage_record.external_id = given.external_id
        ORDER BY usage_record.revision DESC LIMIT 1) AS last
    FROM (
      SELECT generate_subscripts(p_usages.external_id, 1) AS position, unnest(p_usages.source) AS source,
        unnest(p_usages.external_id) AS external_id, unnest(p_usages.class) AS class,
        unnest(p_usages.category) AS category, unnest(p_usages.direction) AS direction,
        unnest(p_usages.keyed_numbers) AS keyed_numbers, unnest(p_usages.usage_at) AS usage_at,
        unnest(p_usages.duration_ms) AS duration_ms, unnest(p_usages.billed_seconds) AS billed_seconds,
        unnest(p_usages.quantity) AS quantity, unnest(p_usages.cost_micros) AS cost_micros,
        unnest(p_usages.version) AS version
    ) AS given
    OFFSET 0
  ), judged AS (
    SELECT given.*, given.last IS NOT NULL AND given.last[1] IS NULL AS is_forgotten,
      coalesce(given.last[2], first_value(given.version) OVER same) AS booked, CASE
        WHEN given.last IS NOT NULL AND given.last[1] IS NULL AND coalesce(given.reason, 'too-old') = 'too-old'
          THEN 'duplicate'
        WHEN given.reason IS NOT NULL THEN 'rejected'
        WHEN given.last[1] = given.facts THEN 'duplicate'
        WHEN given.last IS NOT NULL THEN CASE WHEN given.version <= given.last[2] AND EXISTS (
            SELECT FROM usage_record WHERE usage_record.company_id = p_book.company_id
              AND usage_record.source = given.source AND usage_record.external_id = given.external_id
              AND usage_record.facts = given.facts) THEN 'duplicate' ELSE 'conflict' END
        WHEN row_number() OVER same = 1 THEN 'posted'
        WHEN first_value(given.facts) OVER same = given.facts THEN 'duplicate'
        ELSE 'conflict'
      END AS outcome
    FROM given
    WINDOW same AS (PARTITION BY given.reason IS NULL, given.external_id COLLATE "C", given.source COLLATE "C"
      ORDER BY given.position)
  )
  SELECT array_agg(judged.outcome ORDER BY judged.position),
    array_agg(CASE judged.outcome WHEN 'rejected' THEN judged.reason END ORDER BY judged.position),
    array_agg(CASE WHEN judged.outcome IN ('duplicate', 'conflict') AND NOT judged.is_forgotten THEN judged.booked END
      ORDER BY judged.position)
  INTO outcomes, reasons, booked
  FROM judged;
END $$;
