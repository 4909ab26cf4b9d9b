-- What each record of a batch came to, in the order in which it was given; for a known key, the version booked of it.
CREATE TYPE ledger_batch AS (outcomes text[], reasons text[], booked bigint[], drafts ledger_draft[]);

-- What of a record is compared when its key comes again: what its sender told (R23). Neither what it cost, nor what we
-- made of it when it came: whose it was, and which kind of call that made it.
CREATE FUNCTION ledger_usage_facts(
  p_class text, p_category text, p_direction text, p_external text, p_internal text, p_usage_at timestamptz, p_duration bigint, p_quantity int
) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hash_record_extended(ROW(p_class, CASE WHEN p_category IN ('sms', 'mms', 'fax', 'ai_conversation') THEN p_category END, p_direction,
    p_external, p_internal, p_usage_at, p_duration, p_quantity), 0)
$$;

-- Judges a batch against the book and against itself, one bad record at a time: future, too-old and what else cannot be
-- booked is rejected; a key that is known is a duplicate where its facts are the present ones, or older ones that are no
-- newer version; else a conflict. Of two in one batch the first counts. What is left becomes drafts, with the wallets that pay (R5) and the time that decides which grants (R7).
CREATE FUNCTION ledger_judge_usage(
  p_book book, p_at timestamptz, p_force boolean, p_source text[], p_external_id text[], p_office bigint[], p_department bigint[],
  p_member bigint[], p_class text[], p_category text[], p_direction text[], p_external text[], p_internal text[],
  p_usage_at timestamptz[], p_duration bigint[], p_billed int[], p_quantity int[], p_cost bigint[], p_price text[], p_version bigint[]
) RETURNS ledger_batch LANGUAGE plpgsql AS $$
DECLARE
  v ledger_batch;
  v_primary bigint;
  v_offices bigint[];
  v_wallets bigint[];
BEGIN
  -- Of each office its wallet; whatever else is said counts to the primary office (R5).
  SELECT array_agg(w.office_id), array_agg(w.id), min(w.office_id) FILTER (WHERE w.id = p_book.primary_wallet_id)
  INTO v_offices, v_wallets, v_primary
  FROM wallet AS w WHERE w.company_id = p_book.company_id AND w.office_id IS NOT NULL;
  WITH given AS (
    SELECT r.*, coalesce(r.told_version, 0) AS version,
      CASE WHEN r.told_office = ANY (v_offices) THEN r.told_office ELSE v_primary END AS office_id,
      CASE WHEN r.class = 'ai' THEN p_book.primary_wallet_id
        ELSE coalesce(v_wallets[array_position(v_offices, r.told_office)], p_book.primary_wallet_id) END AS own_wallet,
      ledger_usage_facts(r.class, r.category, r.direction, r.external_number, r.internal_number, r.usage_at, r.duration_ms, r.quantity) AS facts
    FROM unnest(p_source, p_external_id, p_office, p_department, p_member, p_class, p_category, p_direction, p_external, p_internal,
      p_usage_at, p_duration, p_billed, p_quantity, p_cost, p_price, p_version) WITH ORDINALITY AS r(
      source, external_id, told_office, department_id, member_id, class, category, direction, external_number, internal_number,
      usage_at, duration_ms, billed_seconds, quantity, cost_micros, price, told_version, position)
  ), checked AS MATERIALIZED (
    SELECT g.*, CASE
        WHEN g.cost_micros < 0 THEN 'negative-cost'
        WHEN num_nulls(g.source, g.external_id, g.category, g.usage_at, g.cost_micros) > 0 OR g.cost_micros > 1e13
          OR g.class IS NULL OR g.class NOT IN ('calls', 'ai') OR g.direction IS NULL OR g.direction NOT IN ('inbound', 'outbound')
          OR coalesce(g.duration_ms, -1) < 0 OR coalesce(g.billed_seconds, -1) < 0 OR coalesce(g.quantity, -1) < 0 THEN 'bad-facts'
        WHEN g.usage_at > p_at + interval '5 minutes' AND NOT p_force THEN 'future'
        WHEN g.usage_at < p_at - interval '35 days' AND NOT p_force THEN 'too-old'
      END AS reason
    FROM given AS g
  ), known AS MATERIALIZED (
    -- A subquery a record, so that it stays a look-up by key however the statistics look.
    SELECT c.*, (SELECT ARRAY[u.facts, u.version] FROM usage_record AS u
      WHERE u.company_id = p_book.company_id AND u.source = c.source AND u.external_id = c.external_id
      ORDER BY u.revision DESC LIMIT 1) AS last
    FROM checked AS c
  ), compared AS (
    SELECT c.*, coalesce(c.last[2], first_value(c.version) OVER same) AS booked, CASE
        WHEN c.reason IS NOT NULL THEN 'rejected'
        WHEN c.last[1] = c.facts THEN 'duplicate'
        WHEN c.last IS NOT NULL THEN CASE WHEN c.version <= c.last[2] AND EXISTS (
            SELECT FROM usage_record AS u WHERE u.company_id = p_book.company_id AND u.source = c.source AND u.external_id = c.external_id
              AND u.facts = c.facts) THEN 'duplicate' ELSE 'conflict' END
        WHEN lag(c.facts) OVER same IS NULL THEN 'posted'
        WHEN first_value(c.facts) OVER same = c.facts THEN 'duplicate'
        ELSE 'conflict'
      END AS outcome
    FROM known AS c
    WINDOW same AS (PARTITION BY c.reason IS NULL, c.external_id COLLATE "C", c.source COLLATE "C" ORDER BY c.position)
  )
  SELECT array_agg(c.outcome ORDER BY c.position), array_agg(c.reason ORDER BY c.position),
    array_agg(CASE WHEN c.outcome IN ('duplicate', 'conflict') THEN c.booked END ORDER BY c.position),
    array_agg((c.position, c.source, c.external_id, 0, c.office_id, c.department_id, c.member_id, c.class, c.category, c.direction,
      c.external_number, c.internal_number, c.usage_at, c.duration_ms, c.billed_seconds, c.quantity, c.cost_micros, c.price, c.facts, c.version,
      c.own_wallet, CASE WHEN p_book.pooled THEN p_book.pool_wallet_id ELSE c.own_wallet END, c.usage_at)::ledger_draft
      ORDER BY c.class COLLATE "C" DESC, c.usage_at, c.position) FILTER (WHERE c.outcome = 'posted')
  INTO v FROM compared AS c;
  RETURN v;
END $$;
