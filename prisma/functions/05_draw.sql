-- One usage on its way through a batch, with the wallets that pay it: the office's own bundle first where credits are
-- shared, then the wallet behind it.
CREATE TYPE ledger_draft AS (
  position int, source text, external_id text, revision int, office_id bigint, department_id bigint, member_id bigint,
  class text, category text, direction text, external_number text, internal_number text, usage_at timestamptz,
  duration_ms bigint, billed_seconds int, quantity int, cost_micros bigint, price text, facts bigint, version bigint,
  own_wallet_id bigint, paid_wallet_id bigint, burn_at timestamptz
);

-- What is drawn for each usage of a run from one side of its wallets ('own': the office's own bundle; 'paid': everything
-- else, and debt), in order. `amounts[i]` is what usage i still needs; what this wallet gives of it comes back in
-- `drawn[i]`, with the entry's `seqs[i]` (null where nothing). The bundle is drawn before general credits, within a kind by
-- earliest expiry, then oldest, then id (R4). On the paid side the rest becomes debt of the class (R6), so everything is
-- drawn. All usages are of one class and wallet, and see the same grants: those in force when the first burns (R7).
CREATE FUNCTION ledger_draw(
  p_company bigint, p_side text, p_drafts ledger_draft[], p_amounts bigint[], p_at timestamptz, p_actor text, p_reason text,
  OUT drawn bigint[], OUT seqs bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
  v_first ledger_draft := p_drafts[1];
  v_class text := v_first.class;
  v_is_paid boolean := p_side = 'paid';
  w wallet;
  -- The grants in the order in which they are drawn, each with the totals before it and with it.
  v_grants bigint[];
  v_lows bigint[];
  v_highs bigint[];
  v_bundle bigint;
  v_total bigint;
  v_need bigint;
  v_posted timestamptz;
  v_drawn bigint;
  v_is_split boolean;
  v_last bigint;
BEGIN
  SELECT * INTO w FROM wallet WHERE company_id = p_company AND id = CASE WHEN v_is_paid THEN v_first.paid_wallet_id ELSE v_first.own_wallet_id END;
  -- Posting times never go back within a wallet, whatever the clocks of those who post.
  SELECT array_agg(s.id ORDER BY s.high), array_agg(s.high - s.size ORDER BY s.high), array_agg(s.high ORDER BY s.high),
    coalesce(sum(s.size) FILTER (WHERE s.kind <> 'general'), 0)::bigint, coalesce(max(s.high), 0),
    (SELECT sum(a)::bigint FROM unnest(p_amounts) AS a),
    greatest(p_at, (SELECT e.posted_at FROM entry AS e WHERE e.company_id = w.company_id AND e.wallet_id = w.id AND e.seq = w.seq))
  INTO v_grants, v_lows, v_highs, v_bundle, v_total, v_need, v_posted
  FROM (
    SELECT g.id, g.kind, g.remaining_micros AS size, (sum(g.remaining_micros) OVER (
      ORDER BY g.kind = 'general', g.expires_at, g.created_at, g.id ROWS UNBOUNDED PRECEDING))::bigint AS high
    FROM credit_grant AS g
    WHERE g.company_id = w.company_id AND g.wallet_id = w.id AND g.is_open
      AND (g.kind = CASE v_class WHEN 'ai' THEN 'ai' ELSE 'calling' END OR v_is_paid AND g.kind = 'general')
      AND g.effective_at <= v_first.burn_at AND v_first.burn_at < g.expires_at
  ) AS s;
  v_drawn := CASE WHEN v_is_paid THEN v_need ELSE least(v_need, v_total) END;
  IF v_drawn = 0 THEN
    drawn := array_fill(0::bigint, ARRAY[cardinality(p_amounts)]);
    seqs := array_fill(NULL::bigint, ARRAY[cardinality(p_amounts)]);
    RETURN;
  END IF;

  WITH part AS MATERIALIZED (
    SELECT n.*, n.high - n.low AS amount,
      CASE WHEN n.high > n.low THEN w.seq + (count(*) FILTER (WHERE n.high > n.low) OVER (ORDER BY n.i ROWS UNBOUNDED PRECEDING)) END AS seq,
      -- The source of its first and of its last micro-dollar; the one behind the last grant is debt.
      coalesce(width_bucket(n.low, v_highs), 0) + 1 AS first, coalesce(width_bucket(n.high - 1, v_highs), 0) + 1 AS last,
      -- How much of it, and of those before it, came from the bundle and from all grants.
      least(n.high, v_bundle) AS of_bundle, least(n.high, v_total) AS of_grants
    FROM (
      SELECT d.i, d.revision, d.source, d.external_id, d.office_id, d.usage_at,
        least((sum(d.needed) OVER (ORDER BY d.i ROWS UNBOUNDED PRECEDING))::bigint, v_drawn) AS high,
        least((sum(d.needed) OVER (ORDER BY d.i ROWS UNBOUNDED PRECEDING))::bigint - d.needed, v_drawn) AS low
      FROM ROWS FROM (unnest(p_drafts), unnest(p_amounts)) WITH ORDINALITY AS d(
        position, source, external_id, revision, office_id, department_id, member_id, class, category, direction, external_number,
        internal_number, usage_at, duration_ms, billed_seconds, quantity, cost_micros, price, facts, version, own_wallet_id, paid_wallet_id, burn_at,
        needed, i)
    ) AS n
  ), entries AS (
    INSERT INTO entry
    SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
    FROM (
      SELECT w.company_id, w.id, p.seq, CASE WHEN p.revision = 0 THEN 'usage' ELSE 'correction' END, v_class, -p.amount,
        w.general_micros + w.calling_micros + w.ai_micros - w.debt_calls_micros - w.debt_ai_micros - p.high,
        w.general_micros - (p.of_grants - p.of_bundle),
        w.calling_micros - CASE WHEN v_class = 'calls' THEN p.of_bundle ELSE 0 END,
        w.ai_micros - CASE WHEN v_class = 'ai' THEN p.of_bundle ELSE 0 END,
        w.debt_calls_micros + CASE WHEN v_class = 'calls' THEN p.high - p.of_grants ELSE 0 END,
        w.debt_ai_micros + CASE WHEN v_class = 'ai' THEN p.high - p.of_grants ELSE 0 END,
        CASE WHEN p.first = p.last THEN v_grants[p.first] END, p.first < p.last, p.source, p.external_id, p.office_id,
        p_actor, p_reason, p.usage_at, v_posted
      FROM part AS p
      WHERE p.seq IS NOT NULL
    ) AS x
  )
  SELECT array_agg(p.amount ORDER BY p.i), array_agg(p.seq ORDER BY p.i), max(p.seq), bool_or(p.first < p.last AND p.seq IS NOT NULL)
  INTO drawn, seqs, v_last, v_is_split FROM part AS p;

  IF v_is_split THEN
    INSERT INTO entry_split
    SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
    FROM (
      SELECT w.company_id, w.id, t.seq, t.part, t.grant_id, CASE WHEN t.grant_id IS NULL THEN v_class END, t.amount
      FROM (
        SELECT p.seq, o.grant_id, greatest(p.high - p.amount, o.low) - least(p.high, o.high) AS amount,
          (row_number() OVER (PARTITION BY p.seq ORDER BY o.low))::int AS part, count(*) OVER (PARTITION BY p.seq) AS parts
        FROM (
          SELECT u.seq, u.amount, (sum(u.amount) OVER (ORDER BY u.i ROWS UNBOUNDED PRECEDING))::bigint AS high
          FROM unnest(seqs, drawn) WITH ORDINALITY AS u(seq, amount, i)
        ) AS p
        JOIN unnest(v_grants || NULL::bigint, v_lows || v_total, v_highs || 9223372036854775807) AS o(grant_id, low, high)
          ON o.low < p.high AND o.high > p.high - p.amount
        WHERE p.amount > 0
      ) AS t
      WHERE t.parts > 1
    ) AS x;
  END IF;

  UPDATE credit_grant AS g
  SET remaining_micros = s.high - least(v_drawn, s.high), is_open = s.high > v_drawn
  FROM unnest(v_grants, v_lows, v_highs) AS s(id, low, high)
  WHERE g.company_id = w.company_id AND g.wallet_id = w.id AND g.id = s.id AND s.low < v_drawn;

  UPDATE wallet SET
    general_micros = w.general_micros - (least(v_drawn, v_total) - least(v_drawn, v_bundle)),
    calling_micros = w.calling_micros - CASE WHEN v_class = 'calls' THEN least(v_drawn, v_bundle) ELSE 0 END,
    ai_micros = w.ai_micros - CASE WHEN v_class = 'ai' THEN least(v_drawn, v_bundle) ELSE 0 END,
    debt_calls_micros = w.debt_calls_micros + CASE WHEN v_class = 'calls' THEN greatest(v_drawn - v_total, 0) ELSE 0 END,
    debt_ai_micros = w.debt_ai_micros + CASE WHEN v_class = 'ai' THEN greatest(v_drawn - v_total, 0) ELSE 0 END,
    seq = v_last
  WHERE company_id = w.company_id AND id = w.id;
END $$;
