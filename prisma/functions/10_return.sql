-- The office that usage counts to: one that has a wallet, else the primary one (R5).
CREATE FUNCTION ledger_known_office(p_book book, p_office bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT w.office_id FROM wallet AS w
  WHERE w.company_id = p_book.company_id AND (w.office_id = p_office OR w.id = p_book.primary_wallet_id)
  ORDER BY w.office_id IS NOT DISTINCT FROM p_office DESC LIMIT 1
$$;

-- Which wallets pay usage of an office and class: the office's own bundle from the first, everything else from the
-- second; the same one twice where credits are not shared (R5).
CREATE FUNCTION ledger_route(p_book book, p_office bigint, p_class text, OUT own bigint, OUT paid bigint) LANGUAGE plpgsql AS $$
BEGIN
  own := coalesce((SELECT w.id FROM wallet AS w
    WHERE w.company_id = p_book.company_id AND w.office_id = p_office AND p_class <> 'ai'), p_book.primary_wallet_id);
  paid := CASE WHEN p_book.pooled THEN p_book.pool_wallet_id ELSE own END;
END $$;

-- What a usage drew and got back, part by part. What came back as a new grant is among it.
CREATE FUNCTION ledger_parts_of_usage(p_company bigint, p_source text, p_external_id text)
RETURNS TABLE (wallet_id bigint, seq bigint, part int, grant_id bigint, debt_class text, amount_micros bigint) LANGUAGE sql STABLE AS $$
  WITH posted AS (
    SELECT e.* FROM usage_record AS u CROSS JOIN LATERAL (VALUES (u.own_wallet_id, u.own_seq), (u.paid_wallet_id, u.paid_seq)) AS l(wallet_id, seq)
    JOIN entry AS e ON e.company_id = u.company_id AND e.wallet_id = l.wallet_id AND e.seq = l.seq
    WHERE u.company_id = p_company AND u.source = p_source AND u.external_id = p_external_id AND u.revision = 0
    UNION ALL
    SELECT e.* FROM entry AS e
    WHERE e.company_id = p_company AND e.source = p_source AND e.reference = p_external_id AND e.type IN ('correction', 'refund')
  )
  SELECT e.wallet_id, e.seq, 1, e.grant_id, CASE WHEN e.grant_id IS NULL THEN e.class END, e.amount_micros FROM posted AS e WHERE NOT e.is_split
  UNION ALL
  SELECT s.wallet_id, s.seq, s.part, s.grant_id, s.debt_class, s.amount_micros FROM posted AS e
  JOIN entry_split AS s ON s.company_id = e.company_id AND s.wallet_id = e.wallet_id AND s.seq = e.seq
  WHERE e.is_split
$$;

-- What a usage has drawn and not got back, by grant, the last drawn first: what the pool paid before the office's own
-- bundle. Where a grant can still take it back its wallet stands beside it, for the pool's bundles also once nothing is shared;
-- else null: general credits that were moved since, by a change of scope, come back where general credits are now.
CREATE FUNCTION ledger_drawn_by(p_book book, p_source text, p_external_id text, p_own bigint, p_paid bigint)
RETURNS TABLE (rank bigint, wallet_id bigint, grant_id bigint, expires_at timestamptz, amount bigint) LANGUAGE sql STABLE AS $$
  WITH drawn AS (
    SELECT p.wallet_id, p.grant_id, -sum(p.amount_micros) AS amount, max(ARRAY[p.seq, p.part]) FILTER (WHERE p.amount_micros < 0) AS last
    -- Credit that this usage's return brought as a new grant was not given back to that grant: its first part, if positive.
    FROM (
      SELECT a.*, row_number() OVER (PARTITION BY a.wallet_id, a.grant_id ORDER BY a.seq, a.part) AS nth
      FROM ledger_parts_of_usage(p_book.company_id, p_source, p_external_id) AS a WHERE a.grant_id IS NOT NULL
    ) AS p
    WHERE NOT (p.nth = 1 AND p.amount_micros > 0)
    GROUP BY p.wallet_id, p.grant_id HAVING sum(p.amount_micros) < 0
  )
  SELECT row_number() OVER (ORDER BY d.wallet_id <> p_book.pool_wallet_id, d.last DESC),
    CASE WHEN d.wallet_id = p_paid OR (g.kind <> 'general' AND d.wallet_id IN (p_own, p_book.pool_wallet_id)) THEN d.wallet_id END,
    d.grant_id, g.expires_at, d.amount::bigint
  FROM drawn AS d JOIN credit_grant AS g ON g.company_id = p_book.company_id AND g.wallet_id = d.wallet_id AND g.id = d.grant_id
$$;

-- What of a usage's debt the primary office has got by changes of scope, less what was given back of it there. A class's debts
-- move whole, from an office to the pool and from the pool to the primary office, by entries that stand in the same order on both
-- sides: so each part is followed from wallet to wallet.
CREATE FUNCTION ledger_debt_got(p_book book, u usage_record) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_part record;
  v_wallet bigint;
  v_seq bigint;
  v_to bigint;
  v_nth bigint;
  v_got bigint := 0;
BEGIN
  FOR v_part IN SELECT * FROM ledger_parts_of_usage(u.company_id, u.source, u.external_id) AS p WHERE p.debt_class = u.class LOOP
    v_wallet := v_part.wallet_id;
    v_seq := v_part.seq;
    LOOP
      v_to := CASE v_wallet WHEN p_book.pool_wallet_id THEN p_book.primary_wallet_id ELSE p_book.pool_wallet_id END;
      SELECT m.nth INTO v_nth FROM (
        SELECT e.seq, row_number() OVER (ORDER BY e.seq) AS nth FROM entry AS e
        WHERE e.company_id = u.company_id AND e.wallet_id = v_wallet AND e.type = 'move' AND e.class = u.class AND e.amount_micros > 0
      ) AS m WHERE m.seq > v_seq ORDER BY m.seq LIMIT 1;
      EXIT WHEN NOT FOUND;
      SELECT e.seq INTO v_seq FROM entry AS e
      WHERE e.company_id = u.company_id AND e.wallet_id = v_to AND e.type = 'move' AND e.class = u.class AND e.amount_micros < 0
        AND e.reference = v_wallet::text
      ORDER BY e.seq OFFSET v_nth - 1 LIMIT 1;
      v_wallet := v_to;
    END LOOP;
    IF v_wallet = p_book.primary_wallet_id AND (v_seq <> v_part.seq OR v_wallet <> v_part.wallet_id OR v_part.amount_micros > 0) THEN
      v_got := v_got - v_part.amount_micros;
    END IF;
  END LOOP;
  RETURN v_got;
END $$;

-- Writes what a usage gives back on one wallet, which is answered as it is then; null where it gives nothing back there.
CREATE FUNCTION ledger_write_return(
  p_wallet bigint, p_usage usage_record, p_parts ledger_part[], p_type text, p_actor text, p_reason text, p_at timestamptz
) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE
  w wallet;
BEGIN
  IF cardinality(p_parts) = 0 THEN
    RETURN NULL;
  END IF;
  SELECT * INTO w FROM wallet WHERE company_id = p_usage.company_id AND id = p_wallet;
  RETURN ledger_write_entry(w, p_type, p_usage.class, p_parts, p_usage.source, p_usage.external_id, p_usage.office_id, p_actor, p_reason,
    p_usage.usage_at, p_at);
END $$;

-- How much of an amount goes to a class's debt in a wallet, as parts of an entry.
CREATE FUNCTION ledger_repay(p_company bigint, p_wallet bigint, p_class text, p_amount bigint) RETURNS ledger_part[] LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN least(p_amount, o.debt) > 0 THEN ARRAY[(NULL, p_class, least(p_amount, o.debt))::ledger_part] ELSE '{}' END
  FROM wallet AS w, LATERAL (SELECT CASE p_class WHEN 'ai' THEN w.debt_ai_micros ELSE w.debt_calls_micros END AS debt) AS o
  WHERE w.company_id = p_company AND w.id = p_wallet
$$;

-- Gives an amount of a usage back (R8): first to the present debt of its class where it is paid from, then to what it owed while
-- credits were shared and the primary office owes since; then to the grants it drew from in reverse, of which the pool's bundles are
-- the primary office's once nothing is shared; what was debt and has been filled since comes back as new general credits. What
-- belongs to a grant whose period is over lapses again, unless p_keep has it come back as general credits. Answers the entries
-- written on the office's own and on the paying wallet.
CREATE FUNCTION ledger_return(
  p_book book, p_usage usage_record, p_amount bigint, p_type text, p_keep boolean, p_actor text, p_reason text, p_at timestamptz,
  OUT own_wallet_id bigint, OUT own_seq bigint, OUT paid_wallet_id bigint, OUT paid_seq bigint
) LANGUAGE plpgsql AS $$
DECLARE
  v_company bigint := p_book.company_id;
  v_route record := ledger_route(p_book, p_usage.office_id, p_usage.class);
  v_wallet wallet;
  v_rest bigint := p_amount;
  v_own_parts ledger_part[] := '{}';
  v_paid_parts ledger_part[] := ledger_repay(v_company, v_route.paid, p_usage.class, p_amount);
  v_pool_parts ledger_part[] := '{}';
  v_debt_parts ledger_part[] := '{}';
  v_part ledger_part;
  v_drawn record;
  v_new record;
BEGIN
  v_rest := v_rest - coalesce((v_paid_parts[1]).amount_micros, 0);
  IF NOT p_book.pooled AND v_route.paid <> p_book.primary_wallet_id AND v_rest > 0 THEN
    v_debt_parts := ledger_repay(v_company, p_book.primary_wallet_id, p_usage.class, least(v_rest, ledger_debt_got(p_book, p_usage)));
    v_rest := v_rest - coalesce((v_debt_parts[1]).amount_micros, 0);
  END IF;
  FOR v_drawn IN
    SELECT * FROM ledger_drawn_by(p_book, p_usage.source, p_usage.external_id, v_route.own, v_route.paid) AS d
    WHERE d.wallet_id IS NOT NULL AND NOT (p_keep AND d.expires_at <= p_at - interval '6 hours') ORDER BY d.rank
  LOOP
    EXIT WHEN v_rest = 0;
    v_part := (v_drawn.grant_id, NULL, least(v_rest, v_drawn.amount));
    v_rest := v_rest - v_part.amount_micros;
    CASE v_drawn.wallet_id
      WHEN v_route.paid THEN v_paid_parts := v_paid_parts || v_part;
      WHEN v_route.own THEN v_own_parts := v_own_parts || v_part;
      ELSE v_pool_parts := v_pool_parts || v_part;
    END CASE;
  END LOOP;
  v_wallet := ledger_write_return(v_route.paid, p_usage, v_paid_parts, p_type, p_actor, p_reason, p_at);
  IF v_wallet.id IS NOT NULL THEN
    paid_wallet_id := v_wallet.id;
    paid_seq := v_wallet.seq;
    -- What came back as general credits fills what the other class owes.
    PERFORM ledger_fill_debt(v_wallet, p_usage.source, p_usage.external_id, p_actor, p_at);
  END IF;
  IF v_rest > 0 THEN
    SELECT * INTO v_wallet FROM wallet WHERE company_id = v_company AND id = v_route.paid;
    v_new := ledger_add_grant(v_wallet, 'general', v_rest, '-infinity', 'infinity', p_type, p_usage.source, p_usage.external_id,
      p_actor, p_reason, p_at, 'refund');
    paid_wallet_id := v_wallet.id;
    paid_seq := coalesce(paid_seq, v_wallet.seq + 1);
  END IF;
  v_wallet := ledger_write_return(v_route.own, p_usage, v_own_parts, p_type, p_actor, p_reason, p_at);
  own_wallet_id := v_wallet.id;
  own_seq := v_wallet.seq;
  PERFORM ledger_write_return(p_book.primary_wallet_id, p_usage, v_debt_parts, p_type, p_actor, p_reason, p_at);
  PERFORM ledger_write_return(p_book.pool_wallet_id, p_usage, v_pool_parts, p_type, p_actor, p_reason, p_at);
  FOR v_drawn IN
    SELECT g.wallet_id, g.id AS grant_id, p.amount_micros AS amount, g.expires_at <= p_at - interval '6 hours' AS is_over
    FROM unnest(v_paid_parts || v_own_parts || v_pool_parts) AS p
    JOIN credit_grant AS g ON g.company_id = v_company AND g.wallet_id IN (v_route.own, v_route.paid, p_book.pool_wallet_id) AND g.id = p.grant_id
  LOOP
    IF v_drawn.is_over THEN
      PERFORM ledger_lapse_part(v_company, v_drawn.wallet_id, v_drawn.grant_id, v_drawn.amount, p_at);
    ELSIF v_drawn.wallet_id = p_book.pool_wallet_id AND NOT p_book.pooled THEN
      PERFORM ledger_move_grant(v_company, v_drawn.wallet_id, p_book.primary_wallet_id, v_drawn.grant_id, v_drawn.amount, p_actor, p_reason, p_at);
    END IF;
  END LOOP;
END $$;
