-- What a usage consumed and got back, part by part. What came back as a new grant is among it.
CREATE OR REPLACE FUNCTION ledger_parts_of_usage(p_company bigint, p_source text, p_external_id text)
RETURNS TABLE (wallet_id bigint, seq bigint, part int, grant_id bigint, debt_class text, amount_micros bigint)
  LANGUAGE sql STABLE AS $$
  WITH posted AS (
    SELECT entry.* FROM usage_record CROSS
    JOIN LATERAL (VALUES (usage_record.own_wallet_id, usage_record.own_seq),
      (usage_record.paid_wallet_id, usage_record.paid_seq)) AS paid(wallet_id, seq)
    JOIN entry ON entry.company_id = usage_record.company_id AND entry.wallet_id = paid.wallet_id
      AND entry.seq = paid.seq
    WHERE usage_record.company_id = p_company AND usage_record.source = p_source
      AND usage_record.external_id = p_external_id AND usage_record.revision = 0
    UNION ALL
    SELECT entry.* FROM entry
    WHERE entry.company_id = p_company AND entry.source = p_source AND entry.reference = p_external_id
      AND entry.type IN ('correction', 'refund')
  )
  SELECT posted.wallet_id, posted.seq, 1, posted.grant_id, CASE WHEN posted.grant_id IS NULL
    THEN posted.class END, posted.amount_micros FROM posted WHERE NOT posted.is_split
  UNION ALL
  SELECT entry_split.wallet_id, entry_split.seq, entry_split.part, entry_split.grant_id, entry_split.debt_class,
    entry_split.amount_micros FROM posted
  JOIN entry_split ON entry_split.company_id = posted.company_id AND entry_split.wallet_id = posted.wallet_id
    AND entry_split.seq = posted.seq
  WHERE posted.is_split
$$;

-- What a usage has consumed and not got back, by grant, the last consumed first: what the pool paid before the office's
-- own bundle. Where a grant can still take it back its wallet stands beside it, for the pool's bundles also once
-- nothing is shared; else null: general credits that were moved since, by a change of scope, come back where general
-- credits are now.
CREATE OR REPLACE FUNCTION ledger_consumed_by(
  p_book book, p_source text, p_external_id text, p_own bigint, p_paid bigint
) RETURNS TABLE (rank bigint, wallet_id bigint, grant_id bigint, expires_at timestamptz, amount bigint)
  LANGUAGE sql STABLE AS $$
  WITH consumed AS (
    SELECT parts.wallet_id, parts.grant_id, -sum(parts.amount_micros) AS amount,
      max(ARRAY[parts.seq, parts.part]) FILTER (WHERE parts.amount_micros < 0) AS last
    -- Credit that this usage's return brought as a new grant was not given back to that grant: its first part, if
    -- positive.
    FROM (
      SELECT moved.*, row_number() OVER (PARTITION BY moved.wallet_id, moved.grant_id ORDER BY moved.seq,
        moved.part) AS nth
      FROM ledger_parts_of_usage(p_book.company_id, p_source, p_external_id) AS moved WHERE moved.grant_id IS NOT NULL
    ) AS parts
    WHERE NOT (parts.nth = 1 AND parts.amount_micros > 0)
    GROUP BY parts.wallet_id, parts.grant_id HAVING sum(parts.amount_micros) < 0
  )
  SELECT row_number() OVER (ORDER BY consumed.wallet_id <> p_book.pool_wallet_id, consumed.last DESC),
    CASE WHEN consumed.wallet_id = p_paid
      OR (credit_grant.kind <> 'general' AND consumed.wallet_id IN (p_own, p_book.pool_wallet_id))
      THEN consumed.wallet_id END,
    consumed.grant_id, credit_grant.expires_at, consumed.amount::bigint
  FROM consumed JOIN credit_grant ON credit_grant.company_id = p_book.company_id
    AND credit_grant.wallet_id = consumed.wallet_id AND credit_grant.id = consumed.grant_id
$$;

-- What of a usage's debt the primary office has got by changes of scope, less what was given back of it there. A
-- class's debts move whole, from an office to the pool and from the pool to the primary office, by entries that stand
-- in the same order on both sides: so each part is followed from wallet to wallet.
CREATE OR REPLACE FUNCTION ledger_debt_got(p_book book, p_usage usage_record) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_part record;
  v_wallet bigint;
  v_seq bigint;
  v_to bigint;
  v_nth bigint;
  v_got bigint := 0;
BEGIN
  FOR v_part IN SELECT * FROM ledger_parts_of_usage(p_usage.company_id, p_usage.source, p_usage.external_id) AS parts
  WHERE parts.debt_class = p_usage.class LOOP
    v_wallet := v_part.wallet_id;
    v_seq := v_part.seq;
    LOOP
      v_to := CASE v_wallet WHEN p_book.pool_wallet_id THEN p_book.primary_wallet_id ELSE p_book.pool_wallet_id END;
      SELECT moves.nth INTO v_nth FROM (
        SELECT entry.seq, row_number() OVER (ORDER BY entry.seq) AS nth FROM entry
        WHERE entry.company_id = p_usage.company_id AND entry.wallet_id = v_wallet AND entry.type = 'move'
          AND entry.class = p_usage.class AND entry.amount_micros > 0
      ) AS moves WHERE moves.seq > v_seq ORDER BY moves.seq LIMIT 1;
      EXIT WHEN NOT FOUND;
      SELECT entry.seq INTO v_seq FROM entry
      WHERE entry.company_id = p_usage.company_id AND entry.wallet_id = v_to AND entry.type = 'move'
        AND entry.class = p_usage.class AND entry.amount_micros < 0
        AND entry.reference = v_wallet::text
      ORDER BY entry.seq OFFSET v_nth - 1 LIMIT 1;
      v_wallet := v_to;
    END LOOP;
    IF v_wallet = p_book.primary_wallet_id
      AND (v_seq <> v_part.seq OR v_wallet <> v_part.wallet_id OR v_part.amount_micros > 0) THEN
      v_got := v_got - v_part.amount_micros;
    END IF;
  END LOOP;
  RETURN v_got;
END $$;

-- Writes what a usage gives back on one wallet, which is answered as it is then; null where it gives nothing back
-- there.
CREATE OR REPLACE FUNCTION ledger_write_return(
  p_wallet bigint, p_usage usage_record, p_parts ledger_part[], p_type text, p_actor text, p_reason text,
  p_at timestamptz
) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE
  v_wallet wallet;
BEGIN
  IF cardinality(p_parts) = 0 THEN
    RETURN NULL;
  END IF;
  SELECT * INTO v_wallet FROM wallet WHERE company_id = p_usage.company_id AND id = p_wallet;
  RETURN ledger_write_entry(v_wallet, p_type, p_usage.class, p_parts, p_usage.source, p_usage.external_id,
    p_usage.office_id, p_actor, p_reason, p_usage.usage_at, p_at);
END $$;

-- Gives an amount of a usage back (R8): first to the present debt of its class where it is paid from, then to what it
-- owed while credits were shared and the primary office owes since; then to the grants it consumed from in reverse, of
-- which the pool's bundles are the primary office's once nothing is shared; what was debt and has been filled since
-- comes back as new general credits. What belongs to a grant whose period is over lapses again, unless p_keep has it
-- come back as general credits. Answers the entries written on the office's own and on the paying wallet.
CREATE OR REPLACE FUNCTION ledger_return(
  p_book book, p_usage usage_record, p_amount bigint, p_type text, p_keep boolean, p_actor text, p_reason text,
  p_at timestamptz, OUT own_wallet_id bigint, OUT own_seq bigint, OUT paid_wallet_id bigint, OUT paid_seq bigint
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
  v_consumed record;
  v_new record;
BEGIN
  v_rest := v_rest - coalesce((v_paid_parts[1]).amount_micros, 0);
  IF NOT p_book.pooled AND v_route.paid <> p_book.primary_wallet_id AND v_rest > 0 THEN
    v_debt_parts := ledger_repay(v_company, p_book.primary_wallet_id, p_usage.class,
      least(v_rest, ledger_debt_got(p_book, p_usage)));
    v_rest := v_rest - coalesce((v_debt_parts[1]).amount_micros, 0);
  END IF;
  FOR v_consumed IN
    SELECT * FROM ledger_consumed_by(p_book, p_usage.source, p_usage.external_id, v_route.own, v_route.paid) AS consumed
    WHERE consumed.wallet_id IS NOT NULL AND NOT (p_keep AND consumed.expires_at <= p_at - interval '6 hours')
    ORDER BY consumed.rank
  LOOP
    EXIT WHEN v_rest = 0;
    v_part := (v_consumed.grant_id, NULL, least(v_rest, v_consumed.amount));
    v_rest := v_rest - v_part.amount_micros;
    CASE v_consumed.wallet_id
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
    v_new := ledger_add_grant(v_wallet, 'general', v_rest, '-infinity', 'infinity', p_type, p_usage.source,
      p_usage.external_id, p_actor, p_reason, p_at, 'refund');
    paid_wallet_id := v_wallet.id;
    paid_seq := coalesce(paid_seq, v_wallet.seq + 1);
  END IF;
  v_wallet := ledger_write_return(v_route.own, p_usage, v_own_parts, p_type, p_actor, p_reason, p_at);
  own_wallet_id := v_wallet.id;
  own_seq := v_wallet.seq;
  PERFORM ledger_write_return(p_book.primary_wallet_id, p_usage, v_debt_parts, p_type, p_actor, p_reason, p_at);
  PERFORM ledger_write_return(p_book.pool_wallet_id, p_usage, v_pool_parts, p_type, p_actor, p_reason, p_at);
  FOR v_consumed IN
    SELECT credit_grant.wallet_id, credit_grant.id AS grant_id, parts.amount_micros AS amount,
      credit_grant.expires_at <= p_at - interval '6 hours' AS is_over
    FROM unnest(v_paid_parts || v_own_parts || v_pool_parts) AS parts
    JOIN credit_grant ON credit_grant.company_id = v_company
      AND credit_grant.wallet_id IN (v_route.own, v_route.paid, p_book.pool_wallet_id)
      AND credit_grant.id = parts.grant_id
  LOOP
    IF v_consumed.is_over THEN
      PERFORM ledger_lapse_part(v_company, v_consumed.wallet_id, v_consumed.grant_id, v_consumed.amount, p_at);
    ELSIF v_consumed.wallet_id = p_book.pool_wallet_id AND NOT p_book.pooled THEN
      PERFORM ledger_move_grant(v_company, v_consumed.wallet_id, p_book.primary_wallet_id, v_consumed.grant_id,
        v_consumed.amount, p_actor, p_reason, p_at);
    END IF;
  END LOOP;
END $$;

-- Gives back part of what a usage cost (null: all of it), once for its key.
CREATE OR REPLACE FUNCTION ledger_refund_usage(
  p_company bigint, p_source text, p_external_id text, p_amount bigint, p_keep boolean, p_key text, p_actor text,
  p_reason text, p_at timestamptz
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
  p_at := greatest(p_at, v_book.closed_until);
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_old := ledger_find_usage(p_company, p_source, p_external_id);
  v_new := v_old;
  v_amount := coalesce(p_amount, v_old.cost_micros);
  IF v_amount <= 0 OR v_amount > v_old.cost_micros THEN
    RAISE EXCEPTION 'refund-too-large' USING ERRCODE = 'RF001',
      DETAIL = format('%s/%s costs %s', p_source, p_external_id, v_old.cost_micros);
  END IF;
  v_new.cost_micros := v_old.cost_micros - v_amount;
  RETURN ledger_remember(p_company, p_key, 'refund-usage', v_facts,
    ledger_revise_usage(v_book, v_old, v_new, 'refund', p_keep, p_actor, p_reason, p_at), p_at);
END $$;
