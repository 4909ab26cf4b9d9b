-- One usage on its way through a batch, with the wallets that pay it: the office's own bundle first where credits are
-- shared, then the wallet behind it.
CREATE TYPE ledger_draft AS (
  position int, source text, external_id text, revision int, office_id bigint, department_id bigint, member_id bigint,
  class text, category text, direction text, external_number text, internal_number text, usage_at timestamptz,
  duration_ms bigint, billed_seconds int, quantity int, cost_micros bigint, price text, facts bigint, version bigint,
  own_wallet_id bigint, paid_wallet_id bigint, burn_at timestamptz
);

-- What is drawn from one wallet for each usage of a batch, in order. `amounts[i]` is what usage i still needs; what
-- this wallet gives of it comes back in `drawn[i]`, with the entry's `seqs[i]` (null where nothing). Kinds are drawn in
-- the order given, within a kind by earliest expiry, then oldest, then id (R4). With p_owe the rest becomes debt of the
-- class (R6), so everything is drawn. All usages see the same grants: those in force at p_burn_at (R7).
CREATE FUNCTION ledger_draw(
  p_wallet wallet, p_kinds text[], p_owe boolean, p_drafts ledger_draft[], p_amounts bigint[], p_burn_at timestamptz, p_at timestamptz,
  p_actor text, p_reason text, OUT after wallet, OUT drawn bigint[], OUT seqs bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
  v_posted timestamptz;
  v_class text := (p_drafts[1]).class;
  v_grants bigint[];
  v_highs bigint[];
  v_kinds text[];
  v_total bigint := 0;
  v_need bigint;
  v_drawn bigint;
BEGIN
  after := p_wallet;
  SELECT coalesce(sum(a), 0)::bigint INTO v_need FROM unnest(p_amounts) AS a;
  -- The grants in the order in which they are drawn, each with the total up to and with it.
  SELECT array_agg(s.id ORDER BY s.high), array_agg(s.high ORDER BY s.high), array_agg(s.kind ORDER BY s.high), coalesce(max(s.high), 0)
  INTO v_grants, v_highs, v_kinds, v_total
  FROM (
    SELECT g.id, g.kind, (sum(g.remaining_micros) OVER (
      ORDER BY array_position(p_kinds, g.kind), g.expires_at, g.created_at, g.id ROWS UNBOUNDED PRECEDING))::bigint AS high
    FROM credit_grant AS g
    WHERE g.company_id = p_wallet.company_id AND g.wallet_id = p_wallet.id AND g.is_open AND g.kind = ANY (p_kinds)
      AND g.effective_at <= p_burn_at AND p_burn_at < g.expires_at
  ) AS s;
  v_drawn := CASE WHEN p_owe THEN v_need ELSE least(v_need, v_total) END;
  IF v_drawn = 0 THEN
    drawn := array_fill(0::bigint, ARRAY[cardinality(p_amounts)]);
    seqs := array_fill(NULL::bigint, ARRAY[cardinality(p_amounts)]);
    RETURN;
  END IF;
  -- Debt is the last source, without an end.
  v_grants := v_grants || NULL::bigint;
  v_highs := v_highs || 9223372036854775807;
  v_kinds := v_kinds || ('debt_' || v_class);

  SELECT greatest(p_at, (SELECT e.posted_at FROM entry AS e
    WHERE e.company_id = p_wallet.company_id AND e.wallet_id = p_wallet.id AND e.seq = p_wallet.seq)) INTO v_posted;

  WITH need AS (
    SELECT a.i, least((sum(a.amount) OVER (ORDER BY a.i ROWS UNBOUNDED PRECEDING))::bigint, v_drawn) AS high,
      least((sum(a.amount) OVER (ORDER BY a.i ROWS UNBOUNDED PRECEDING))::bigint - a.amount, v_drawn) AS low
    FROM unnest(p_amounts) WITH ORDINALITY AS a(amount, i)
  ), part AS MATERIALIZED (
    SELECT n.i, n.low, n.high, n.high - n.low AS amount,
      CASE WHEN n.high > n.low THEN p_wallet.seq + sum((n.high > n.low)::int) OVER (ORDER BY n.i ROWS UNBOUNDED PRECEDING) END AS seq,
      -- The source of its first and of its last micro-dollar.
      width_bucket(n.low, v_highs) + 1 AS first, width_bucket(n.high - 1, v_highs) + 1 AS last
    FROM need AS n
  ), kind AS (
    SELECT k.kind, min(k.high - k.size) AS low, max(k.high) AS high
    FROM (SELECT kind, high, high - lag(high, 1, 0::bigint) OVER (ORDER BY o) AS size FROM unnest(v_kinds, v_highs) WITH ORDINALITY AS s(kind, high, o)) AS k
    GROUP BY k.kind
  ), spans AS (
    SELECT
      coalesce(max(low) FILTER (WHERE kind = 'general'), 0) AS g0, coalesce(max(high) FILTER (WHERE kind = 'general'), 0) AS g1,
      coalesce(max(low) FILTER (WHERE kind = 'calling'), 0) AS c0, coalesce(max(high) FILTER (WHERE kind = 'calling'), 0) AS c1,
      coalesce(max(low) FILTER (WHERE kind = 'ai'), 0) AS a0, coalesce(max(high) FILTER (WHERE kind = 'ai'), 0) AS a1
    FROM kind
  ), posted AS (
    SELECT p.i, p.seq::bigint AS seq, p.amount, p.first, p.last,
      p_wallet.general_micros - (least(greatest(p.high, s.g0), s.g1) - s.g0) AS general,
      p_wallet.calling_micros - (least(greatest(p.high, s.c0), s.c1) - s.c0) AS calling,
      p_wallet.ai_micros - (least(greatest(p.high, s.a0), s.a1) - s.a0) AS ai,
      p_wallet.debt_calls_micros + CASE WHEN v_class = 'calls' THEN greatest(p.high - v_total, 0) ELSE 0 END AS debt_calls,
      p_wallet.debt_ai_micros + CASE WHEN v_class = 'ai' THEN greatest(p.high - v_total, 0) ELSE 0 END AS debt_ai
    FROM part AS p, spans AS s
    WHERE p.seq IS NOT NULL
  ), entries AS (
    INSERT INTO entry
    SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
    FROM (
      SELECT p_wallet.company_id, p_wallet.id, p.seq, CASE WHEN d.revision = 0 THEN 'usage' ELSE 'correction' END, d.class, -p.amount,
        p.general + p.calling + p.ai - p.debt_calls - p.debt_ai, p.general, p.calling, p.ai, p.debt_calls, p.debt_ai,
        CASE WHEN p.first = p.last THEN v_grants[p.first] END, p.first < p.last, d.source, d.external_id, d.office_id,
        p_actor, p_reason, d.usage_at, v_posted
      FROM posted AS p JOIN unnest(p_drafts) WITH ORDINALITY AS d(
        position, source, external_id, revision, office_id, department_id, member_id, class, category, direction, external_number,
        internal_number, usage_at, duration_ms, billed_seconds, quantity, cost_micros, price, facts, version, own_wallet_id, paid_wallet_id, burn_at, i)
        ON d.i = p.i
    ) AS x
  ), splits AS (
    INSERT INTO entry_split
    SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
    FROM (
      SELECT p_wallet.company_id, p_wallet.id, p.seq::bigint, (o.source - p.first + 1)::int, v_grants[o.source],
        CASE WHEN v_grants[o.source] IS NULL THEN v_class END,
        greatest(p.low, coalesce(v_highs[o.source - 1], 0)) - least(p.high, v_highs[o.source])
      FROM part AS p CROSS JOIN LATERAL generate_series(p.first, p.last) AS o(source)
      WHERE p.seq IS NOT NULL AND p.first < p.last
    ) AS x
  ), grants AS (
    UPDATE credit_grant AS g
    SET remaining_micros = s.high - least(greatest(v_drawn, s.low), s.high), is_open = s.high > v_drawn
    FROM (SELECT id, high, lag(high, 1, 0::bigint) OVER (ORDER BY o) AS low FROM unnest(v_grants, v_highs) WITH ORDINALITY AS u(id, high, o)) AS s
    WHERE g.company_id = p_wallet.company_id AND g.wallet_id = p_wallet.id AND g.id = s.id AND s.low < v_drawn
  )
  SELECT array_agg(p.amount ORDER BY p.i), array_agg(p.seq::bigint ORDER BY p.i) INTO drawn, seqs FROM part AS p;

  SELECT e.general_after_micros, e.calling_after_micros, e.ai_after_micros, e.debt_calls_after_micros, e.debt_ai_after_micros, e.seq
  INTO after.general_micros, after.calling_micros, after.ai_micros, after.debt_calls_micros, after.debt_ai_micros, after.seq
  FROM entry AS e WHERE e.company_id = p_wallet.company_id AND e.wallet_id = p_wallet.id
    AND e.seq = (SELECT max(s) FROM unnest(seqs) AS s);
  UPDATE wallet SET general_micros = after.general_micros, calling_micros = after.calling_micros, ai_micros = after.ai_micros,
    debt_calls_micros = after.debt_calls_micros, debt_ai_micros = after.debt_ai_micros, seq = after.seq
  WHERE company_id = after.company_id AND id = after.id;
END $$;
