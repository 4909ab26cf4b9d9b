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

-- What a usage has drawn and not got back, by grant, the last drawn first: what the pool paid before the office's own
-- bundle. Where a grant can still take it back its wallet stands beside it; else null: general credits that were moved
-- since, by a change of scope, come back where general credits are now.
CREATE FUNCTION ledger_drawn_by(p_company bigint, p_source text, p_external_id text, p_own bigint, p_paid bigint)
RETURNS TABLE (rank bigint, wallet_id bigint, grant_id bigint, expires_at timestamptz, amount bigint) LANGUAGE sql STABLE AS $$
  WITH posted AS (
    SELECT e.* FROM usage_record AS u CROSS JOIN LATERAL (VALUES (u.own_wallet_id, u.own_seq), (u.paid_wallet_id, u.paid_seq)) AS l(wallet_id, seq)
    JOIN entry AS e ON e.company_id = u.company_id AND e.wallet_id = l.wallet_id AND e.seq = l.seq
    WHERE u.company_id = p_company AND u.source = p_source AND u.external_id = p_external_id AND u.revision = 0
    UNION ALL
    SELECT e.* FROM entry AS e
    WHERE e.company_id = p_company AND e.source = p_source AND e.reference = p_external_id AND e.type IN ('correction', 'refund')
  ), part AS (
    SELECT e.wallet_id, e.grant_id, e.seq, 1 AS part, e.amount_micros FROM posted AS e WHERE e.grant_id IS NOT NULL
    UNION ALL
    SELECT s.wallet_id, s.grant_id, s.seq, s.part, s.amount_micros FROM posted AS e
    JOIN entry_split AS s ON s.company_id = e.company_id AND s.wallet_id = e.wallet_id AND s.seq = e.seq
    WHERE e.is_split AND s.grant_id IS NOT NULL
  ), drawn AS (
    SELECT p.wallet_id, p.grant_id, -sum(p.amount_micros) AS amount, max(ARRAY[p.seq, p.part]) FILTER (WHERE p.amount_micros < 0) AS last
    -- Credit that this usage's return brought as a new grant was not given back to that grant: its first part, if positive.
    FROM (SELECT a.*, row_number() OVER (PARTITION BY a.wallet_id, a.grant_id ORDER BY a.seq, a.part) AS nth FROM part AS a) AS p
    WHERE NOT (p.nth = 1 AND p.amount_micros > 0)
    GROUP BY p.wallet_id, p.grant_id HAVING sum(p.amount_micros) < 0
  )
  SELECT row_number() OVER (ORDER BY d.wallet_id = p_own AND p_own <> p_paid, d.last DESC),
    CASE WHEN d.wallet_id = p_paid OR (d.wallet_id = p_own AND g.kind <> 'general') THEN d.wallet_id END,
    d.grant_id, g.expires_at, d.amount::bigint
  FROM drawn AS d JOIN credit_grant AS g ON g.company_id = p_company AND g.wallet_id = d.wallet_id AND g.id = d.grant_id
$$;

-- Gives an amount of a usage back (R8): first to the present debt of its class where it is paid from, then to the grants
-- it drew from in reverse; what was debt and has been filled since comes back as new general credits. What belongs to a
-- grant whose period is over lapses again, unless p_keep has it come back as general credits. Answers the entries
-- written on the office's own and on the paying wallet.
CREATE FUNCTION ledger_return(
  p_book book, p_usage usage_record, p_amount bigint, p_type text, p_keep boolean, p_actor text, p_reason text, p_at timestamptz,
  OUT own_wallet_id bigint, OUT own_seq bigint, OUT paid_wallet_id bigint, OUT paid_seq bigint
) LANGUAGE plpgsql AS $$
DECLARE
  v_company bigint := p_book.company_id;
  v_route record := ledger_route(p_book, p_usage.office_id, p_usage.class);
  v_wallet wallet;
  v_debt bigint;
  v_rest bigint := p_amount;
  v_own_parts ledger_part[] := '{}';
  v_paid_parts ledger_part[] := '{}';
  v_lapses credit_grant[] := '{}';
  v_drawn record;
  v_give bigint;
  v_new record;
BEGIN
  SELECT * INTO v_wallet FROM wallet WHERE company_id = v_company AND id = v_route.paid;
  v_debt := least(v_rest, CASE p_usage.class WHEN 'ai' THEN v_wallet.debt_ai_micros ELSE v_wallet.debt_calls_micros END);
  IF v_debt > 0 THEN
    v_paid_parts := ARRAY[(NULL, p_usage.class, v_debt)::ledger_part];
    v_rest := v_rest - v_debt;
  END IF;
  FOR v_drawn IN
    SELECT * FROM ledger_drawn_by(v_company, p_usage.source, p_usage.external_id, v_route.own, v_route.paid) AS d
    WHERE d.wallet_id IS NOT NULL AND NOT (p_keep AND d.expires_at <= p_at - interval '6 hours') ORDER BY d.rank
  LOOP
    v_give := least(v_rest, v_drawn.amount);
    EXIT WHEN v_give = 0;
    v_rest := v_rest - v_give;
    IF v_drawn.wallet_id = v_route.paid THEN
      v_paid_parts := v_paid_parts || (v_drawn.grant_id, NULL, v_give)::ledger_part;
    ELSE
      v_own_parts := v_own_parts || (v_drawn.grant_id, NULL, v_give)::ledger_part;
    END IF;
  END LOOP;
  IF cardinality(v_paid_parts) > 0 THEN
    v_wallet := ledger_write_entry(v_wallet, p_type, p_usage.class, v_paid_parts, p_usage.source, p_usage.external_id, p_usage.office_id,
      p_actor, p_reason, p_usage.usage_at, p_at);
    paid_wallet_id := v_wallet.id;
    paid_seq := v_wallet.seq;
    -- What came back as general credits fills what the other class owes.
    v_wallet := ledger_fill_debt(v_wallet, p_usage.source, p_usage.external_id, p_actor, p_at);
  END IF;
  IF v_rest > 0 THEN
    v_new := ledger_add_grant(v_wallet, 'general', v_rest, '-infinity', 'infinity', p_type, p_usage.source, p_usage.external_id,
      p_actor, p_reason, p_at, 'refund');
    paid_wallet_id := v_wallet.id;
    paid_seq := coalesce(paid_seq, v_wallet.seq + 1);
  END IF;
  IF cardinality(v_own_parts) > 0 THEN
    SELECT * INTO v_wallet FROM wallet WHERE company_id = v_company AND id = v_route.own;
    v_wallet := ledger_write_entry(v_wallet, p_type, p_usage.class, v_own_parts, p_usage.source, p_usage.external_id, p_usage.office_id,
      p_actor, p_reason, p_usage.usage_at, p_at);
    own_wallet_id := v_wallet.id;
    own_seq := v_wallet.seq;
  END IF;
  FOR v_drawn IN
    SELECT g.wallet_id, g.id AS grant_id, p.amount_micros AS amount FROM unnest(v_paid_parts || v_own_parts) AS p
    JOIN credit_grant AS g ON g.company_id = v_company AND g.wallet_id IN (v_route.own, v_route.paid) AND g.id = p.grant_id
    WHERE g.expires_at <= p_at - interval '6 hours'
  LOOP
    PERFORM ledger_lapse_part(v_company, v_drawn.wallet_id, v_drawn.grant_id, v_drawn.amount, p_at);
  END LOOP;
END $$;
