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
  v_posted timestamptz;
  v_amount bigint;
  v_grant bigint;
  v_split boolean := cardinality(p_parts) > 1;
BEGIN
  WITH part AS (SELECT * FROM unnest(p_parts)), drawn AS (
    UPDATE credit_grant AS g
    SET remaining_micros = g.remaining_micros + t.amount, is_open = g.remaining_micros + t.amount > 0
    FROM (SELECT grant_id, sum(amount_micros)::bigint AS amount FROM part WHERE grant_id IS NOT NULL GROUP BY grant_id) AS t
    WHERE g.company_id = w.company_id AND g.wallet_id = w.id AND g.id = t.grant_id
    RETURNING g.kind, t.amount
  ), kinds AS (SELECT kind, sum(amount)::bigint AS amount FROM drawn GROUP BY kind),
  debts AS (SELECT debt_class, sum(amount_micros)::bigint AS amount FROM part WHERE debt_class IS NOT NULL GROUP BY debt_class)
  SELECT
    w.general_micros + coalesce((SELECT amount FROM kinds WHERE kind = 'general'), 0),
    w.calling_micros + coalesce((SELECT amount FROM kinds WHERE kind = 'calling'), 0),
    w.ai_micros + coalesce((SELECT amount FROM kinds WHERE kind = 'ai'), 0),
    w.debt_calls_micros - coalesce((SELECT amount FROM debts WHERE debt_class = 'calls'), 0),
    w.debt_ai_micros - coalesce((SELECT amount FROM debts WHERE debt_class = 'ai'), 0),
    coalesce((SELECT sum(amount_micros)::bigint FROM part), 0)
  INTO w.general_micros, w.calling_micros, w.ai_micros, w.debt_calls_micros, w.debt_ai_micros, v_amount;
  IF NOT v_split THEN
    v_grant := (p_parts[1]).grant_id;
  END IF;
  w.seq := w.seq + 1;
  -- Within a wallet, posting times never go back, whatever the clocks of those who post.
  SELECT greatest(p_at, (SELECT e.posted_at FROM entry AS e WHERE e.company_id = w.company_id AND e.wallet_id = w.id AND e.seq = w.seq - 1))
  INTO v_posted;
  INSERT INTO entry
  SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
  FROM (SELECT w.company_id, w.id, w.seq, p_type, p_class, v_amount,
    w.general_micros + w.calling_micros + w.ai_micros - w.debt_calls_micros - w.debt_ai_micros,
    w.general_micros, w.calling_micros, w.ai_micros, w.debt_calls_micros, w.debt_ai_micros,
    v_grant, v_split, p_source, p_reference, p_office, p_actor, p_reason, p_usage_at, v_posted) AS x;
  IF v_split THEN
    INSERT INTO entry_split
    SELECT w.company_id, w.id, w.seq, p.part::int, p.grant_id, p.debt_class, p.amount_micros,
      hash_record_extended(ROW(w.company_id, w.id, w.seq, p.part::int, p.grant_id, p.debt_class, p.amount_micros, 0::bigint), 0)
    FROM unnest(p_parts) WITH ORDINALITY AS p(grant_id, debt_class, amount_micros, part);
  END IF;
  UPDATE wallet SET general_micros = w.general_micros, calling_micros = w.calling_micros, ai_micros = w.ai_micros,
    debt_calls_micros = w.debt_calls_micros, debt_ai_micros = w.debt_ai_micros, seq = w.seq
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
