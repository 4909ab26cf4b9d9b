-- A record by itself takes two thirds of what it did, and a batch three fifths. Rules about one column are its type's, which a
-- session reads once, where a CHECK is read anew for every statement; and a batch is handed on in columns, not as rows.
CREATE DOMAIN unsigned_int AS integer CHECK (VALUE >= 0);
CREATE DOMAIN unsigned_bigint AS bigint CHECK (VALUE >= 0);
CREATE DOMAIN positive_bigint AS bigint CHECK (VALUE > 0);
CREATE DOMAIN credit_kind AS text CHECK (VALUE IN ('general', 'calling', 'ai'));
CREATE DOMAIN usage_class AS text CHECK (VALUE IN ('calls', 'ai'));
CREATE DOMAIN usage_direction AS text CHECK (VALUE IN ('inbound', 'outbound'));
CREATE DOMAIN entry_type AS text CHECK (VALUE IN ('grant', 'fill', 'usage', 'correction', 'refund', 'lapse', 'reversal', 'move'));

DROP TRIGGER credit_grant_stays ON credit_grant;
DO $$
DECLARE
  v_check record;
BEGIN
  -- Those of one column; what ties columns to each other stays.
  FOR v_check IN
    SELECT conrelid::regclass AS of_table, conname FROM pg_constraint
    WHERE contype = 'c' AND cardinality(conkey) = 1 AND conrelid IN ('wallet'::regclass, 'credit_grant'::regclass, 'entry'::regclass, 'usage_record'::regclass)
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', v_check.of_table, v_check.conname);
  END LOOP;
END $$;
ALTER TABLE wallet
  ALTER general_micros TYPE unsigned_bigint, ALTER calling_micros TYPE unsigned_bigint, ALTER ai_micros TYPE unsigned_bigint,
  ALTER debt_calls_micros TYPE unsigned_bigint, ALTER debt_ai_micros TYPE unsigned_bigint, ALTER held_calls_micros TYPE unsigned_bigint,
  ALTER held_ai_micros TYPE unsigned_bigint, ALTER seq TYPE unsigned_bigint, ALTER watch_calls_micros TYPE unsigned_bigint,
  ALTER watch_ai_micros TYPE unsigned_bigint, ALTER watch_general_micros TYPE unsigned_bigint;
ALTER TABLE credit_grant ALTER kind TYPE credit_kind, ALTER amount_micros TYPE positive_bigint;
ALTER TABLE entry
  ALTER seq TYPE positive_bigint, ALTER type TYPE entry_type, ALTER class TYPE usage_class, ALTER general_after_micros TYPE unsigned_bigint,
  ALTER calling_after_micros TYPE unsigned_bigint, ALTER ai_after_micros TYPE unsigned_bigint,
  ALTER debt_calls_after_micros TYPE unsigned_bigint, ALTER debt_ai_after_micros TYPE unsigned_bigint;
ALTER TABLE usage_record
  ALTER revision TYPE unsigned_int, ALTER class TYPE usage_class, ALTER direction TYPE usage_direction, ALTER duration_ms TYPE unsigned_bigint,
  ALTER billed_seconds TYPE unsigned_int, ALTER quantity TYPE unsigned_int, ALTER cost_micros TYPE unsigned_bigint;
CREATE TRIGGER credit_grant_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, wallet_id, id, kind, amount_micros, effective_at,
  expires_at, source, reference, created_at, seal
  ON credit_grant FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

DROP FUNCTION ledger_settle_hold;
DROP FUNCTION ledger_refund_usage;
DROP FUNCTION ledger_revise_usage;
DROP FUNCTION ledger_sees_others;
DROP FUNCTION ledger_next_draft;
DROP FUNCTION ledger_post_usage;
DROP FUNCTION ledger_draw_all;
DROP FUNCTION ledger_count_usage;
DROP FUNCTION ledger_record_usage;
DROP FUNCTION ledger_draw_side;
DROP FUNCTION ledger_set_burn_times;
DROP FUNCTION ledger_judge_usage;
DROP FUNCTION ledger_draw;
DROP FUNCTION ledger_wallets;
DROP TYPE ledger_batch;
DROP TYPE ledger_draft;

-- 02_book.sql
-- True where no class of a wallet is low or out, nor its general credits low, by figures that are quick to look at: what
-- was ok before and only gave, and is ample still, has crossed no level.
CREATE FUNCTION ledger_is_ample(w wallet) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT w.general_micros - w.debt_calls_micros - w.debt_ai_micros - w.held_calls_micros - w.held_ai_micros
    >= greatest(w.watch_calls_micros, w.watch_ai_micros, w.watch_general_micros, 1)
$$;

-- A company's wallets as they are, to compare with later.
CREATE FUNCTION ledger_wallets(p_company bigint) RETURNS wallet[] LANGUAGE plpgsql AS $$
BEGIN
  RETURN ARRAY(SELECT w FROM wallet AS w WHERE w.company_id = p_company ORDER BY w.id);
END $$;

-- 05_draw.sql
-- A batch of usage in columns, one array each: handing rows as wide as these from step to step costs more than writing
-- them. The first seventeen are what the caller told; the last two say whose wallet it counts to and which time decides the
-- grants that pay it. All usages that come as this draw in the order of the arrays.
CREATE TYPE ledger_usages AS (
  source text[], external_id text[], office_id bigint[], department_id bigint[], member_id bigint[], class text[], category text[],
  direction text[], external_number text[], internal_number text[], usage_at timestamptz[], duration_ms bigint[], billed_seconds int[],
  quantity int[], cost_micros bigint[], price text[], version bigint[], own_wallet_id bigint[], burn_at timestamptz[]
);

-- Draws a run of usages from a wallet, in order: usages of one class that see the same grants, those in force at p_burn.
-- p_paid says whether the wallet pays whatever they need; else it is an office's own, whose bundle alone is drawn while
-- credits are shared. What it gives of p_amounts[i] comes back in drawn[i], with the entry's seqs[i] (null where nothing).
-- The bundle is drawn before general credits, within a kind by earliest expiry, then oldest, then id (R4). The rest of what is
-- to be paid becomes debt of the class (R6). is_ample says that the wallet is far from every level at which somebody is woken.
CREATE FUNCTION ledger_draw(
  p_company bigint, p_wallet bigint, p_class text, p_burn timestamptz, p_paid boolean, p_amounts bigint[], p_source text[],
  p_external_id text[], p_office bigint[], p_usage_at timestamptz[], p_type text, p_at timestamptz, p_actor text, p_reason text,
  OUT drawn bigint[], OUT seqs bigint[], OUT is_ample boolean
) LANGUAGE plpgsql AS $$
DECLARE
  v_is_ai boolean := p_class = 'ai';
  w wallet;
  v_grant record;
  -- The grants in the order in which they are drawn, each with the total up to it; the one at v_at pays at present, up to
  -- v_high. What no grant covers is debt: there v_high is null, and so is who pays.
  v_grants bigint[];
  v_highs bigint[];
  v_at int := 1;
  v_high bigint;
  v_payer bigint;
  v_bundle bigint := 0;
  v_total bigint := 0;
  -- For each usage the total drawn with it, and the one grant that paid it.
  v_sums bigint[];
  v_payers bigint[];
  v_drawn bigint := 0;
  v_amount bigint;
  v_balance bigint;
  v_seq bigint;
  v_has_splits boolean := false;
BEGIN
  SELECT * INTO w FROM wallet WHERE company_id = p_company AND id = p_wallet;
  FOR v_grant IN
    SELECT g.id, g.kind, g.remaining_micros FROM credit_grant AS g
    WHERE g.company_id = p_company AND g.wallet_id = p_wallet AND g.is_open
      AND (g.kind = CASE WHEN v_is_ai THEN 'ai' ELSE 'calling' END OR p_paid AND g.kind = 'general')
      AND g.effective_at <= p_burn AND p_burn < g.expires_at
    ORDER BY g.kind = 'general', g.expires_at, g.created_at, g.id
  LOOP
    v_total := v_total + v_grant.remaining_micros;
    v_grants := v_grants || v_grant.id;
    v_highs := v_highs || v_total;
    IF v_grant.kind <> 'general' THEN
      v_bundle := v_total;
    END IF;
  END LOOP;

  v_seq := w.seq;
  v_high := v_highs[1];
  v_payer := v_grants[1];
  FOREACH v_amount IN ARRAY p_amounts LOOP
    IF NOT p_paid THEN
      v_amount := least(v_amount, v_total - v_drawn);
      drawn := drawn || v_amount;
    END IF;
    IF v_amount = 0 THEN
      seqs := seqs || NULL::bigint;
    ELSE
      v_drawn := v_drawn + v_amount;
      IF v_drawn > v_high THEN
        WHILE v_highs[v_at] <= v_drawn - v_amount LOOP
          v_at := v_at + 1;
        END LOOP;
        v_high := v_highs[v_at];
        v_has_splits := v_has_splits OR coalesce(v_drawn > v_high, false);
        v_payer := CASE WHEN v_drawn > v_high THEN NULL ELSE v_grants[v_at] END;
      END IF;
      v_seq := v_seq + 1;
      seqs := seqs || v_seq;
    END IF;
    v_sums := v_sums || v_drawn;
    v_payers := v_payers || v_payer;
  END LOOP;
  drawn := coalesce(drawn, p_amounts);
  IF v_drawn = 0 THEN
    is_ample := true;
    RETURN;
  END IF;

  v_balance := w.general_micros + w.calling_micros + w.ai_micros - w.debt_calls_micros - w.debt_ai_micros;
  INSERT INTO entry
  SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
  FROM (
    SELECT p_company, p_wallet, n.seq, p_type, p_class, -n.amount,
      v_balance - n.high,
      w.general_micros - (n.of_grants - n.of_bundle),
      w.calling_micros - CASE WHEN v_is_ai THEN 0 ELSE n.of_bundle END,
      w.ai_micros - CASE WHEN v_is_ai THEN n.of_bundle ELSE 0 END,
      w.debt_calls_micros + CASE WHEN v_is_ai THEN 0 ELSE n.high - n.of_grants END,
      w.debt_ai_micros + CASE WHEN v_is_ai THEN n.high - n.of_grants ELSE 0 END,
      n.payer, n.payer IS NULL AND n.high - n.amount < v_total, n.source, n.external_id, n.office_id, p_actor, p_reason, n.usage_at,
      -- Posting times never go back within a wallet, whatever the clocks of those who post.
      greatest(p_at, (SELECT e.posted_at FROM entry AS e WHERE e.company_id = p_company AND e.wallet_id = p_wallet ORDER BY e.seq DESC LIMIT 1))
    FROM (
      -- How much of it, and of those before it, came from the bundle and from all grants.
      SELECT u.*, least(u.high, v_bundle) AS of_bundle, least(u.high, v_total) AS of_grants
      FROM (
        SELECT unnest(seqs) AS seq, unnest(drawn) AS amount, unnest(v_sums) AS high, unnest(v_payers) AS payer,
          unnest(p_source) AS source, unnest(p_external_id) AS external_id, unnest(p_office) AS office_id, unnest(p_usage_at) AS usage_at
      ) AS u
      WHERE u.seq IS NOT NULL
    ) AS n
  ) AS x;

  IF v_has_splits THEN
    INSERT INTO entry_split
    SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
    FROM (
      SELECT p_company, p_wallet, t.seq, (row_number() OVER (PARTITION BY t.seq ORDER BY o.low))::int,
        o.grant_id, CASE WHEN o.grant_id IS NULL THEN p_class END, greatest(t.high - t.amount, o.low) - least(t.high, o.high)
      FROM (SELECT unnest(seqs) AS seq, unnest(drawn) AS amount, unnest(v_sums) AS high, unnest(v_payers) AS payer) AS t
      JOIN unnest(v_grants || NULL::bigint, 0::bigint || v_highs, v_highs || 9223372036854775807) AS o(grant_id, low, high)
        ON o.low < t.high AND o.high > t.high - t.amount
      WHERE t.seq IS NOT NULL AND t.payer IS NULL AND t.high - t.amount < v_total
    ) AS x;
  END IF;

  FOR i IN 1 .. coalesce(cardinality(v_grants), 0) LOOP
    UPDATE credit_grant
    SET remaining_micros = greatest(v_highs[i] - v_drawn, 0), is_open = v_highs[i] > v_drawn
    WHERE company_id = p_company AND wallet_id = p_wallet AND id = v_grants[i];
    EXIT WHEN v_highs[i] >= v_drawn;
  END LOOP;

  v_total := least(v_drawn, v_total);
  v_bundle := least(v_drawn, v_bundle);
  w.general_micros := w.general_micros - (v_total - v_bundle);
  IF v_is_ai THEN
    w.ai_micros := w.ai_micros - v_bundle;
    w.debt_ai_micros := w.debt_ai_micros + v_drawn - v_total;
  ELSE
    w.calling_micros := w.calling_micros - v_bundle;
    w.debt_calls_micros := w.debt_calls_micros + v_drawn - v_total;
  END IF;
  UPDATE wallet SET general_micros = w.general_micros, calling_micros = w.calling_micros, ai_micros = w.ai_micros,
    debt_calls_micros = w.debt_calls_micros, debt_ai_micros = w.debt_ai_micros, seq = v_seq
  WHERE company_id = p_company AND id = p_wallet;
  is_ample := ledger_is_ample(w);
END $$;

-- Draws amounts for usages: where credits are shared, from the office's own bundle first, then from the pool (R5). Where
-- all of them are of one class and wallet, and no grant starts or ends inside their times, they are one run. Answers the
-- entries on either side, by usage (own_seqs is null where credits are not shared), and whether all wallets that gave are ample.
CREATE FUNCTION ledger_draw_usage(
  p_book book, u ledger_usages, p_amounts bigint[], p_type text, p_at timestamptz, p_actor text, p_reason text,
  OUT own_seqs bigint[], OUT paid_seqs bigint[], OUT is_ample boolean
) LANGUAGE plpgsql AS $$
DECLARE
  v_size int := cardinality(p_amounts);
  v_rest bigint[] := p_amounts;
  v_wallets bigint[] := u.own_wallet_id;
  v_bounds timestamptz[];
  v_is_paid boolean := NOT p_book.pooled;
  v_drawn record;
BEGIN
  IF v_size > 1 THEN
    SELECT array_agg(DISTINCT b.at ORDER BY b.at) INTO v_bounds
    FROM credit_grant AS g, LATERAL (VALUES (g.effective_at), (g.expires_at)) AS b(at)
    WHERE g.company_id = p_book.company_id AND g.is_open
      AND b.at > (SELECT min(t) FROM unnest(u.burn_at) AS t) AND b.at <= (SELECT max(t) FROM unnest(u.burn_at) AS t);
  END IF;
  LOOP
    IF v_size = 1 OR v_bounds IS NULL AND u.class = array_fill(u.class[1], ARRAY[v_size]) AND v_wallets = array_fill(v_wallets[1], ARRAY[v_size]) THEN
      v_drawn := ledger_draw(p_book.company_id, v_wallets[1], u.class[1], u.burn_at[1], v_is_paid, v_rest, u.source, u.external_id, u.office_id,
        u.usage_at, p_type, p_at, p_actor, p_reason);
    ELSE
      v_drawn := ledger_draw_runs(p_book.company_id, v_wallets, v_bounds, v_is_paid, u, v_rest, p_type, p_at, p_actor, p_reason);
    END IF;
    is_ample := v_drawn.is_ample AND is_ample IS NOT FALSE;
    EXIT WHEN v_is_paid;
    own_seqs := v_drawn.seqs;
    v_rest := ARRAY(SELECT r.rest - r.drawn FROM (SELECT unnest(v_rest) AS rest, unnest(v_drawn.drawn) AS drawn) AS r);
    v_wallets := array_fill(p_book.pool_wallet_id, ARRAY[v_size]);
    v_is_paid := true;
  END LOOP;
  paid_seqs := v_drawn.seqs;
END $$;

-- Draws from p_wallets[i] what usage i still needs, run by run. p_bounds are the times inside the batch at which grants start
-- or end, null where there are none.
CREATE FUNCTION ledger_draw_runs(
  p_company bigint, p_wallets bigint[], p_bounds timestamptz[], p_paid boolean, u ledger_usages, p_amounts bigint[], p_type text,
  p_at timestamptz, p_actor text, p_reason text, OUT drawn bigint[], OUT seqs bigint[], OUT is_ample boolean
) LANGUAGE plpgsql AS $$
DECLARE
  v_size int := cardinality(p_amounts);
  v_run record;
  v_part record;
BEGIN
  drawn := array_fill(0::bigint, ARRAY[v_size]);
  seqs := array_fill(NULL::bigint, ARRAY[v_size]);
  is_ample := true;
  FOR v_run IN
    SELECT s.wallet_id, s.class, min(s.burn_at) AS burn_at, array_agg(s.position ORDER BY s.position) AS positions,
      array_agg(s.source ORDER BY s.position) AS source, array_agg(s.external_id ORDER BY s.position) AS external_id,
      array_agg(s.office_id ORDER BY s.position) AS office_id, array_agg(s.usage_at ORDER BY s.position) AS usage_at,
      array_agg(s.amount ORDER BY s.position) AS amounts
    FROM (
      SELECT d.*, CASE WHEN p_bounds IS NULL THEN 0 ELSE width_bucket(d.burn_at, p_bounds) END AS period
      FROM (
        SELECT generate_subscripts(p_amounts, 1) AS position, unnest(p_amounts) AS amount, unnest(u.class) AS class,
          unnest(p_wallets) AS wallet_id, unnest(u.burn_at) AS burn_at, unnest(u.source) AS source, unnest(u.external_id) AS external_id,
          unnest(u.office_id) AS office_id, unnest(u.usage_at) AS usage_at
      ) AS d
      WHERE d.amount > 0
    ) AS s
    GROUP BY s.wallet_id, s.class, s.period
    ORDER BY s.class DESC, s.period, s.wallet_id
  LOOP
    v_part := ledger_draw(p_company, v_run.wallet_id, v_run.class, v_run.burn_at, p_paid, v_run.amounts, v_run.source, v_run.external_id,
      v_run.office_id, v_run.usage_at, p_type, p_at, p_actor, p_reason);
    is_ample := is_ample AND v_part.is_ample;
    FOR i IN 1 .. cardinality(v_run.positions) LOOP
      drawn[v_run.positions[i]] := v_part.drawn[i];
      seqs[v_run.positions[i]] := v_part.seqs[i];
    END LOOP;
  END LOOP;
END $$;

-- 06_judge_usage.sql
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

-- 07_charge.sql
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
  PERFORM ledger_count_usage(p_book.company_id, u, 1);
END $$;

-- Adds one usage to the sums of its time, or takes it out (p_sign -1). Setting up the sums of a batch takes twice as long.
CREATE FUNCTION ledger_count_one(
  p_company bigint, p_usage_at timestamptz, p_office bigint, p_department bigint, p_member bigint, p_category text, p_sign int,
  p_seconds bigint, p_quantity bigint, p_cost bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_bucket timestamptz := date_bin('15 minutes', p_usage_at, timestamptz '2000-01-01 00:00:00+00');
BEGIN
  INSERT INTO usage_rollup AS r VALUES (p_company, v_bucket, p_office, p_department, p_member, p_category, p_sign, p_seconds, p_quantity, p_cost)
  ON CONFLICT (company_id, bucket_at, office_id, department_id, member_id, category) DO UPDATE
  SET records = r.records + p_sign, billed_seconds = r.billed_seconds + p_seconds, quantity = r.quantity + p_quantity,
    cost_micros = r.cost_micros + p_cost;
  INSERT INTO usage_kind_rollup AS r VALUES (p_company, v_bucket, p_office, p_category, p_sign, p_seconds, p_quantity, p_cost)
  ON CONFLICT (company_id, bucket_at, office_id, category) DO UPDATE
  SET records = r.records + p_sign, billed_seconds = r.billed_seconds + p_seconds, quantity = r.quantity + p_quantity,
    cost_micros = r.cost_micros + p_cost;
  INSERT INTO usage_member_rollup AS r VALUES (p_company, date_bin('6 hours', p_usage_at, timestamptz '2000-01-01 00:00:00+00'), p_office,
    p_member, p_sign, p_seconds, p_quantity, p_cost)
  ON CONFLICT (company_id, bucket_at, office_id, member_id) DO UPDATE
  SET records = r.records + p_sign, billed_seconds = r.billed_seconds + p_seconds, quantity = r.quantity + p_quantity,
    cost_micros = r.cost_micros + p_cost;
END $$;

-- Adds usages to the sums of their times, or takes them out (p_sign -1).
CREATE FUNCTION ledger_count_usage(p_company bigint, u ledger_usages, p_sign int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(u.category) = 1 THEN
    PERFORM ledger_count_one(p_company, u.usage_at[1], coalesce(u.office_id[1], 0), coalesce(u.department_id[1], 0), coalesce(u.member_id[1], 0),
      u.category[1], p_sign, p_sign * u.billed_seconds[1]::bigint, p_sign * u.quantity[1]::bigint, p_sign * u.cost_micros[1]);
    RETURN;
  END IF;
  WITH counted AS MATERIALIZED (
    SELECT date_bin('15 minutes', d.usage_at, timestamptz '2000-01-01 00:00:00+00') AS bucket_at, coalesce(d.office_id, 0) AS office_id,
      coalesce(d.department_id, 0) AS department_id, coalesce(d.member_id, 0) AS member_id, d.category, p_sign * count(*) AS records,
      p_sign * sum(d.billed_seconds) AS billed_seconds, p_sign * sum(d.quantity) AS quantity, p_sign * sum(d.cost_micros) AS cost_micros
    FROM (
      SELECT unnest(u.usage_at) AS usage_at, unnest(u.office_id) AS office_id, unnest(u.department_id) AS department_id,
        unnest(u.member_id) AS member_id, unnest(u.category) AS category, unnest(u.billed_seconds) AS billed_seconds,
        unnest(u.quantity) AS quantity, unnest(u.cost_micros) AS cost_micros
    ) AS d
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

-- Posts a batch of usage, each record once for its source and key (R23). Nearly always every record can be booked and none is
-- known: one look tells, and the answer is null. Else the records are judged one by one, and what each came to is answered in
-- the order given. p_plain: no key is there twice, and the records stand in the order in which they draw, each at its own time. Plans are kept, so they must not be made for the tables as they are in an installation's first minutes,
-- when reading all of them looks cheap.
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

-- 11_correct.sql
-- A usage as a batch of its own.
CREATE FUNCTION ledger_usages_of(u usage_record) RETURNS ledger_usages LANGUAGE plpgsql AS $$
BEGIN
  RETURN (ARRAY[u.source], ARRAY[u.external_id], ARRAY[u.office_id], ARRAY[u.department_id], ARRAY[u.member_id], ARRAY[u.class],
    ARRAY[u.category], ARRAY[u.direction], ARRAY[u.external_number], ARRAY[u.internal_number], ARRAY[u.usage_at], ARRAY[u.duration_ms],
    ARRAY[u.billed_seconds], ARRAY[u.quantity], ARRAY[u.cost_micros], ARRAY[u.price], ARRAY[u.version], NULL, NULL)::ledger_usages;
END $$;

-- True where a usage of another time would draw from other bundles of these wallets (R7).
CREATE FUNCTION ledger_sees_others(p_own bigint, p_paid bigint, p_usage_at timestamptz, p_other_at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF p_usage_at = p_other_at THEN
    RETURN false;
  END IF;
  RETURN EXISTS (
    SELECT FROM wallet AS w JOIN credit_grant AS g ON g.company_id = w.company_id AND g.wallet_id = w.id,
      LATERAL (VALUES (g.effective_at), (g.expires_at)) AS bound(at)
    WHERE w.id IN (p_own, p_paid)
      AND bound.at > least(p_usage_at, p_other_at) AND bound.at <= greatest(p_usage_at, p_other_at));
END $$;

-- Writes the next revision of a usage, moves it in the quarter-hour sums, and brings what was paid in line with it (R8).
-- Where the same wallets pay, only the difference is posted; where the office or class changed, or a bundle begins or ends
-- between the old time and the new, everything is given back and drawn anew. Usage draws at its own time, as if it had come now (R7).
CREATE FUNCTION ledger_revise_usage(
  p_book book, p_old usage_record, p_new usage_record, p_type text, p_keep boolean, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_old_route record := ledger_route(p_book, p_old.office_id, p_old.class);
  v_route record := ledger_route(p_book, p_new.office_id, p_new.class);
  v_usages ledger_usages := ledger_usages_of(p_new);
  v_is_moved boolean;
  v_back bigint;
  v_draw bigint;
  v_done record;
  v_own bigint;
  v_paid bigint;
  v_before wallet[] := ledger_wallets(p_book.company_id);
BEGIN
  v_usages.own_wallet_id := ARRAY[v_route.own];
  v_is_moved := (v_old_route.own, p_old.class) <> (v_route.own, p_new.class)
    OR ledger_sees_others(v_route.own, v_route.paid, p_old.usage_at, p_new.usage_at);
  v_back := CASE WHEN v_is_moved THEN p_old.cost_micros ELSE greatest(p_old.cost_micros - p_new.cost_micros, 0) END;
  v_draw := CASE WHEN v_is_moved THEN p_new.cost_micros ELSE greatest(p_new.cost_micros - p_old.cost_micros, 0) END;
  IF v_back > 0 THEN
    v_done := ledger_return(p_book, p_old, v_back, p_type, p_keep, p_actor, p_reason, p_at);
    -- A record names the entries of the wallets that pay it now.
    v_own := CASE WHEN NOT v_is_moved THEN v_done.own_seq END;
    v_paid := CASE WHEN NOT v_is_moved THEN v_done.paid_seq END;
  END IF;
  IF v_draw > 0 THEN
    v_usages.burn_at := ledger_burn_times(p_book, v_usages, p_at);
    v_done := ledger_draw_usage(p_book, v_usages, ARRAY[v_draw], 'correction', p_at, p_actor, p_reason);
    v_own := v_done.own_seqs[1];
    v_paid := v_done.paid_seqs[1];
  END IF;
  PERFORM ledger_count_usage(p_book.company_id, ledger_usages_of(p_old), -1);
  PERFORM ledger_record_usage(p_book, v_usages, p_old.revision + 1, ARRAY[v_own], ARRAY[v_paid], p_at);
  PERFORM ledger_note_crossings(v_before);
  RETURN jsonb_build_object('revision', p_old.revision + 1, 'returnedMicros', v_back::text, 'drawnMicros', v_draw::text,
    'actor', p_actor, 'reason', p_reason);
END $$;

-- Gives back part of what a usage cost (null: all of it), once for its key.
CREATE FUNCTION ledger_refund_usage(
  p_company bigint, p_source text, p_external_id text, p_amount bigint, p_keep boolean, p_key text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_source, p_external_id, p_amount, p_keep), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'refund-usage', v_facts);
  v_old usage_record;
  v_new usage_record;
  v_amount bigint;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_old := ledger_find_usage(p_company, p_source, p_external_id);
  v_new := v_old;
  v_amount := coalesce(p_amount, v_old.cost_micros);
  IF v_amount <= 0 OR v_amount > v_old.cost_micros THEN
    RAISE EXCEPTION 'refund-too-large' USING ERRCODE = 'RF001', DETAIL = format('%s/%s costs %s', p_source, p_external_id, v_old.cost_micros);
  END IF;
  v_new.cost_micros := v_old.cost_micros - v_amount;
  RETURN ledger_remember(p_company, p_key, 'refund-usage', v_facts,
    ledger_revise_usage(v_book, v_old, v_new, 'refund', p_keep, p_actor, p_reason, p_at), p_at);
END $$;

-- 12_holds.sql
-- Charges what a hold was for under the usage's own key, and frees the hold, also where it was more or had expired. A
-- usage that is not booked leaves the hold as it is. p_usage is a batch of one.
CREATE FUNCTION ledger_settle_hold(p_company bigint, p_key text, p_usage ledger_usages, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  h hold := ledger_find_hold(p_company, p_key);
  v_settled text := p_usage.source[1] || '/' || p_usage.external_id[1];
  v_known text;
  v_before wallet[] := ledger_wallets(p_company);
  v_answer jsonb;
BEGIN
  SELECT p.result->>'usage' INTO v_known FROM posting AS p WHERE p.company_id = p_company AND p.key = 'settle:' || p_key;
  IF h.state = 'released' OR v_known <> v_settled THEN
    RAISE EXCEPTION 'hold-resolved' USING ERRCODE = 'RF001', DETAIL = format('hold %s is %s', p_key, h.state);
  END IF;
  v_answer := coalesce(ledger_post_usage(p_company, p_at, false, true, p_usage)->0, '{"outcome": "posted"}');
  IF v_known IS NULL AND v_answer->>'outcome' IN ('posted', 'duplicate') THEN
    PERFORM ledger_end_hold(h, 'settled', p_at);
    PERFORM ledger_remember(p_company, 'settle:' || p_key, 'settle-hold', 0, jsonb_build_object('usage', v_settled), p_at);
    PERFORM ledger_note_crossings(v_before);
  END IF;
  RETURN v_answer;
END $$;
