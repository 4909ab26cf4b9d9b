-- One part of an entry: a change of what is left of a grant, or of a class's debt (with its sign turned).
CREATE TYPE ledger_part AS (grant_id bigint, debt_class text, amount_micros bigint);

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

-- What was posted under this key, or null. The same key with other facts is refused.
CREATE FUNCTION ledger_replay(p_company bigint, p_key text, p_operation text, p_facts bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v posting;
BEGIN
  SELECT * INTO v FROM posting WHERE company_id = p_company AND key = p_key;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF v.operation <> p_operation OR v.facts <> p_facts THEN
    RAISE EXCEPTION 'key-conflict' USING ERRCODE = 'RF002',
      DETAIL = format('key %s was used for %s with other facts', p_key, v.operation);
  END IF;
  RETURN v.result || '{"outcome": "duplicate"}';
END $$;

-- Remembers what a key did.
CREATE FUNCTION ledger_remember(p_company bigint, p_key text, p_operation text, p_facts bigint, p_result jsonb, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO posting VALUES (p_company, p_key, p_operation, p_facts, p_result, p_at,
    hash_record_extended(ROW(p_company, p_key, p_operation, p_facts, p_result, p_at, 0::bigint), 0));
  RETURN p_result || '{"outcome": "posted"}';
END $$;
