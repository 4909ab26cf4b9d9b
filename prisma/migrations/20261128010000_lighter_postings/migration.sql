-- A wallet remembers when it was last posted to, which was looked up among its entries for each posting; and of the rules of a
-- grant, those about what never changes are asked once, where it is made: each rule that a table keeps is read anew from its
-- text for every statement that writes to it.
ALTER TABLE wallet ADD posted_at timestamptz;
UPDATE wallet AS w SET posted_at = (
  SELECT e.posted_at FROM entry AS e WHERE e.company_id = w.company_id AND e.wallet_id = w.id ORDER BY e.seq DESC LIMIT 1);

ALTER TABLE credit_grant DROP CONSTRAINT credit_grant_check, DROP CONSTRAINT credit_grant_check1,
  DROP CONSTRAINT credit_grant_check2, DROP CONSTRAINT credit_grant_check3;
ALTER TABLE credit_grant ALTER remaining_micros TYPE unsigned_bigint,
  ADD CONSTRAINT credit_grant_remaining CHECK (remaining_micros <= amount_micros AND is_open = (remaining_micros > 0));
CREATE FUNCTION ledger_refuse_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a grant ends after it begins, and general credits never end' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER credit_grant_period BEFORE INSERT ON credit_grant FOR EACH ROW
  WHEN (NEW.effective_at >= NEW.expires_at OR NEW.kind = 'general' AND NEW.expires_at < 'infinity') EXECUTE FUNCTION ledger_refuse_grant();

-- Sums that are asked for all the time are made when a quarter-hour is over, not with every usage in it. What is there already is summed up as far as it goes.
ALTER TABLE book ADD summed_until timestamptz NOT NULL DEFAULT '-infinity';
ALTER TABLE book ALTER summed_until DROP DEFAULT;
UPDATE book AS b SET summed_until = s.until, seal = CASE
    WHEN b.seal = hash_record_extended(ROW(b.company_id, b.pooled, b.pool_wallet_id, b.primary_wallet_id, b.created_at, 0::bigint), 0)
    THEN hash_record_extended(ROW(b.company_id, b.pooled, b.pool_wallet_id, b.primary_wallet_id, b.created_at, 0::bigint, s.until), 0)
    ELSE b.seal
  END
FROM (
  SELECT c.company_id, coalesce((
    SELECT max(r.bucket_at) + interval '15 minutes' FROM usage_rollup AS r
    WHERE r.company_id = c.company_id), '-infinity') AS until
  FROM book AS c
) AS s
WHERE s.company_id = b.company_id;

DROP FUNCTION ledger_settle_hold;
DROP FUNCTION ledger_place_hold;
DROP FUNCTION ledger_move_held;
DROP FUNCTION ledger_revise_usage;
DROP FUNCTION ledger_post_usage;
DROP FUNCTION ledger_count_usage;
DROP FUNCTION ledger_count_one;
DROP FUNCTION ledger_record_usage;
DROP FUNCTION ledger_draw;
DROP FUNCTION ledger_write_entry;
DROP FUNCTION ledger_open_book;

-- 02_book.sql
-- Opens the books of a company: a wallet for its pool and for each office. Offices that have one keep it, so it may
-- be called again when an office is added. New wallets watch at p_watch.
CREATE FUNCTION ledger_open_book(
  p_company bigint, p_offices bigint[], p_primary bigint, p_pooled boolean, p_watch bigint, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger_open_book', p_company));
  INSERT INTO wallet (company_id, office_id, general_micros, calling_micros, ai_micros, debt_calls_micros,
    debt_ai_micros, held_calls_micros, held_ai_micros, seq, watch_calls_micros, watch_ai_micros, watch_general_micros, created_at, seal)
  SELECT p_company, o.office_id, 0, 0, 0, 0, 0, 0, 0, 0, p_watch, NULL, NULL, p_at, 0
  FROM unnest(NULL::bigint || p_offices) WITH ORDINALITY AS o(office_id, position)
  ORDER BY o.position
  ON CONFLICT (company_id, office_id) DO NOTHING;
  UPDATE wallet AS w SET seal = seal_of(w) WHERE w.company_id = p_company AND w.seal = 0;
  INSERT INTO book
  SELECT p_company, p_pooled, pool.id, main.id, p_at,
    hash_record_extended(ROW(p_company, p_pooled, pool.id, main.id, p_at, 0::bigint, timestamptz '-infinity'), 0), '-infinity'
  FROM wallet AS pool, wallet AS main
  WHERE pool.company_id = p_company AND pool.office_id IS NULL AND main.company_id = p_company AND main.office_id = p_primary
  ON CONFLICT (company_id) DO NOTHING;
END $$;

-- 03_write_entry.sql
-- Writes one entry with its parts, and brings the wallet and the grants it touches up to date. The one way to post
-- anything that is not a batch of usage. Returns the wallet as it is afterwards.
CREATE FUNCTION ledger_write_entry(
  p_wallet wallet, p_type text, p_class text, p_parts ledger_part[], p_source text, p_reference text,
  p_office bigint, p_actor text, p_reason text, p_usage_at timestamptz, p_at timestamptz
) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE
  w wallet := p_wallet;
  v_part ledger_part;
  v_kind text;
  v_amount bigint := 0;
  v_split boolean := cardinality(p_parts) > 1;
  v_grant bigint := CASE WHEN NOT v_split THEN (p_parts[1]).grant_id END;
BEGIN
  FOREACH v_part IN ARRAY p_parts LOOP
    v_amount := v_amount + v_part.amount_micros;
    IF v_part.grant_id IS NOT NULL THEN
      UPDATE credit_grant AS g
      SET remaining_micros = g.remaining_micros + v_part.amount_micros, is_open = g.remaining_micros + v_part.amount_micros > 0
      WHERE g.company_id = w.company_id AND g.wallet_id = w.id AND g.id = v_part.grant_id
      RETURNING g.kind INTO v_kind;
      CASE v_kind
        WHEN 'general' THEN w.general_micros := w.general_micros + v_part.amount_micros;
        WHEN 'calling' THEN w.calling_micros := w.calling_micros + v_part.amount_micros;
        WHEN 'ai' THEN w.ai_micros := w.ai_micros + v_part.amount_micros;
      END CASE;
    ELSIF v_part.debt_class = 'calls' THEN
      w.debt_calls_micros := w.debt_calls_micros - v_part.amount_micros;
    ELSE
      w.debt_ai_micros := w.debt_ai_micros - v_part.amount_micros;
    END IF;
  END LOOP;
  w.seq := w.seq + 1;
  -- Within a wallet, posting times never go back, whatever the clocks of those who post.
  w.posted_at := greatest(p_at, w.posted_at);
  INSERT INTO entry
  SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
  FROM (SELECT w.company_id, w.id, w.seq, p_type, p_class, v_amount,
    w.general_micros + w.calling_micros + w.ai_micros - w.debt_calls_micros - w.debt_ai_micros,
    w.general_micros, w.calling_micros, w.ai_micros, w.debt_calls_micros, w.debt_ai_micros,
    v_grant, v_split, p_source, p_reference, p_office, p_actor, p_reason, p_usage_at, w.posted_at) AS x;
  IF v_split THEN
    INSERT INTO entry_split
    SELECT w.company_id, w.id, w.seq, p.part::int, p.grant_id, p.debt_class, p.amount_micros,
      hash_record_extended(ROW(w.company_id, w.id, w.seq, p.part::int, p.grant_id, p.debt_class, p.amount_micros, 0::bigint), 0)
    FROM unnest(p_parts) WITH ORDINALITY AS p(grant_id, debt_class, amount_micros, part);
  END IF;
  UPDATE wallet SET general_micros = w.general_micros, calling_micros = w.calling_micros, ai_micros = w.ai_micros,
    debt_calls_micros = w.debt_calls_micros, debt_ai_micros = w.debt_ai_micros, seq = w.seq, posted_at = w.posted_at
  WHERE company_id = w.company_id AND id = w.id;
  RETURN w;
END $$;

-- 05_draw.sql
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
    -- Bundles come before general credits by the alphabet, too: the index has them in this order.
    ORDER BY g.kind, g.expires_at, g.created_at, g.id
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

  -- Posting times never go back within a wallet, whatever the clocks of those who post.
  w.posted_at := greatest(p_at, w.posted_at);
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
      w.posted_at
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
    debt_calls_micros = w.debt_calls_micros, debt_ai_micros = w.debt_ai_micros, seq = v_seq, posted_at = w.posted_at
  WHERE company_id = p_company AND id = p_wallet;
  is_ample := ledger_is_ample(w);
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
  PERFORM ledger_count_usage(p_book, u, 1);
END $$;

-- Adds usages to the sums of their times, or takes them out (p_sign -1). Setting up the sums of a batch takes one usage twice
-- as long as adding it by itself.
CREATE FUNCTION ledger_count_usage(p_book book, u ledger_usages, p_sign int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_records bigint := p_sign;
  v_seconds bigint := p_sign * u.billed_seconds[1]::bigint;
  v_quantity bigint := p_sign * u.quantity[1]::bigint;
  v_cost bigint := p_sign * u.cost_micros[1];
BEGIN
  IF cardinality(u.category) = 1 THEN
    INSERT INTO usage_rollup AS r
    VALUES (p_book.company_id, date_bin('15 minutes', u.usage_at[1], timestamptz '2000-01-01 00:00:00+00'), coalesce(u.office_id[1], 0),
      coalesce(u.department_id[1], 0), coalesce(u.member_id[1], 0), u.category[1], v_records, v_seconds, v_quantity, v_cost)
    ON CONFLICT (company_id, bucket_at, office_id, department_id, member_id, category) DO UPDATE
    SET records = r.records + v_records, billed_seconds = r.billed_seconds + v_seconds, quantity = r.quantity + v_quantity,
      cost_micros = r.cost_micros + v_cost;
  ELSE
    INSERT INTO usage_rollup AS r
    SELECT p_book.company_id, date_bin('15 minutes', d.usage_at, timestamptz '2000-01-01 00:00:00+00') AS bucket_at, coalesce(d.office_id, 0) AS office,
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
    SELECT date_bin('15 minutes', d.usage_at, timestamptz '2000-01-01 00:00:00+00') AS bucket_at, coalesce(d.office_id, 0) AS office_id,
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
  SELECT p_book.company_id, date_bin('6 hours', c.bucket_at, timestamptz '2000-01-01 00:00:00+00'), c.office_id, c.member_id, sum(c.records),
    sum(c.billed_seconds), sum(c.quantity), sum(c.cost_micros)
  FROM counted AS c GROUP BY 2, 3, 4
  ON CONFLICT (company_id, bucket_at, office_id, member_id) DO UPDATE
  SET records = r.records + excluded.records, billed_seconds = r.billed_seconds + excluded.billed_seconds,
    quantity = r.quantity + excluded.quantity, cost_micros = r.cost_micros + excluded.cost_micros;
END $$;

-- Sums up every quarter-hour that was over at p_until and has not been summed up yet: all of its usage at once, not one by
-- one as it comes. Answers whether there was one.
CREATE FUNCTION ledger_sum_up(p_company bigint, p_until timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_until timestamptz := date_bin('15 minutes', p_until, timestamptz '2000-01-01 00:00:00+00');
BEGIN
  IF v_until <= v_book.summed_until THEN
    RETURN false;
  END IF;
  INSERT INTO usage_kind_rollup
  SELECT r.company_id, r.bucket_at, r.office_id, r.category, sum(r.records), sum(r.billed_seconds), sum(r.quantity), sum(r.cost_micros)
  FROM usage_rollup AS r
  WHERE r.company_id = p_company AND r.bucket_at >= v_book.summed_until AND r.bucket_at < v_until GROUP BY 1, 2, 3, 4;
  INSERT INTO usage_member_rollup AS t
  SELECT r.company_id, date_bin('6 hours', r.bucket_at, timestamptz '2000-01-01 00:00:00+00'), r.office_id, r.member_id, sum(r.records),
    sum(r.billed_seconds), sum(r.quantity), sum(r.cost_micros)
  FROM usage_rollup AS r
  WHERE r.company_id = p_company AND r.bucket_at >= v_book.summed_until AND r.bucket_at < v_until GROUP BY 1, 2, 3, 4
  ON CONFLICT (company_id, bucket_at, office_id, member_id) DO UPDATE
  SET records = t.records + excluded.records, billed_seconds = t.billed_seconds + excluded.billed_seconds,
    quantity = t.quantity + excluded.quantity, cost_micros = t.cost_micros + excluded.cost_micros;
  v_book.summed_until := v_until;
  v_book.seal := seal_of(v_book);
  UPDATE book SET summed_until = v_book.summed_until, seal = v_book.seal WHERE company_id = p_company;
  RETURN true;
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

-- 11_correct.sql
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
  PERFORM ledger_count_usage(p_book, ledger_usages_of(p_old), -1);
  PERFORM ledger_record_usage(p_book, v_usages, p_old.revision + 1, ARRAY[v_own], ARRAY[v_paid], p_at);
  PERFORM ledger_note_crossings(v_before);
  RETURN jsonb_build_object('revision', p_old.revision + 1, 'returnedMicros', v_back::text, 'drawnMicros', v_draw::text,
    'actor', p_actor, 'reason', p_reason);
END $$;

-- 12_holds.sql
-- Adds to what wallets hold for a class (takes away where negative).
CREATE FUNCTION ledger_move_held(p_company bigint, p_class text, p_own bigint, p_own_part bigint, p_paid bigint, p_paid_part bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_part bigint;
  v_wallet bigint := p_own;
BEGIN
  FOREACH v_part IN ARRAY ARRAY[p_own_part, p_paid_part] LOOP
    IF v_part <> 0 THEN
      UPDATE wallet AS w
      SET held_calls_micros = w.held_calls_micros + CASE p_class WHEN 'calls' THEN v_part ELSE 0 END,
        held_ai_micros = w.held_ai_micros + CASE p_class WHEN 'ai' THEN v_part ELSE 0 END
      WHERE w.company_id = p_company AND w.id = v_wallet;
    END IF;
    v_wallet := p_paid;
  END LOOP;
END $$;

-- True where the wallets that keep an amount back for a hold are far from every level at which somebody is woken.
CREATE FUNCTION ledger_is_held_amply(h hold) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN (
    SELECT bool_and(ledger_is_ample(w)) FROM wallet AS w
    WHERE w.company_id = h.company_id AND (w.id = h.own_wallet_id AND h.own_micros > 0 OR w.id = h.paid_wallet_id AND h.paid_micros > 0));
END $$;

-- Keeps an amount of a class back, once for its key. Answers 'refused' where there is not enough; that is not remembered.
CREATE FUNCTION ledger_place_hold(
  p_company bigint, p_key text, p_office bigint, p_class text, p_amount bigint, p_expires timestamptz, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_office, p_class, p_amount, p_expires), 0);
  v_answer jsonb := ledger_replay(p_company, 'hold:' || p_key, 'place-hold', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_route record;
  v_room record;
  h hold;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_route := ledger_route(v_book, p_office, p_class);
  v_room := ledger_find_room(p_company, v_route.own, v_route.paid, p_class, p_amount, p_at);
  IF v_room.paid_part IS NULL THEN
    RETURN '{"outcome": "refused"}';
  END IF;
  h := (p_company, p_key, p_class, p_office, 'open', v_route.own, v_room.own_part, v_route.paid, v_room.paid_part, p_at, p_expires, NULL, 0);
  h.seal := seal_of(h);
  INSERT INTO hold SELECT (h).*;
  PERFORM ledger_move_held(p_company, p_class, h.own_wallet_id, h.own_micros, h.paid_wallet_id, h.paid_micros);
  IF ledger_is_held_amply(h) IS NOT TRUE THEN
    PERFORM ledger_note_crossings(v_before);
  END IF;
  RETURN ledger_remember(p_company, 'hold:' || p_key, 'place-hold', v_facts, '{}', p_at);
END $$;

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
  v_is_ample boolean;
BEGIN
  SELECT p.result->>'usage' INTO v_known FROM posting AS p WHERE p.company_id = p_company AND p.key = 'settle:' || p_key;
  IF h.state = 'released' OR v_known <> v_settled THEN
    RAISE EXCEPTION 'hold-resolved' USING ERRCODE = 'RF001', DETAIL = format('hold %s is %s', p_key, h.state);
  END IF;
  v_answer := coalesce(ledger_post_usage(p_company, p_at, false, true, p_usage)->0, '{"outcome": "posted"}');
  IF v_known IS NULL AND v_answer->>'outcome' IN ('posted', 'duplicate') THEN
    -- Charged and still held, a wallet has least: where it is ample now it was before, and is afterwards.
    v_is_ample := ledger_is_held_amply(h);
    PERFORM ledger_end_hold(h, 'settled', p_at);
    PERFORM ledger_remember(p_company, 'settle:' || p_key, 'settle-hold', 0, jsonb_build_object('usage', v_settled), p_at);
    IF v_is_ample IS NOT TRUE THEN
      PERFORM ledger_note_crossings(v_before);
    END IF;
  END IF;
  RETURN v_answer;
END $$;
