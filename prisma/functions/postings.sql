-- What was posted under this key, or null. The same key with other facts is refused.
CREATE OR REPLACE FUNCTION ledger_replay(p_company bigint, p_key text, p_operation text, p_facts bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_posting posting;
BEGIN
  SELECT * INTO v_posting FROM posting WHERE company_id = p_company AND key = p_key;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF v_posting.operation <> p_operation OR v_posting.facts <> p_facts THEN
    RAISE EXCEPTION 'key-conflict' USING ERRCODE = 'RF002',
      DETAIL = format('key %s was used for %s with other facts', p_key, v_posting.operation);
  END IF;
  RETURN v_posting.result || '{"outcome": "duplicate"}';
END $$;

-- Remembers what a key did.
CREATE OR REPLACE FUNCTION ledger_remember(
  p_company bigint, p_key text, p_operation text, p_facts bigint, p_result jsonb, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO posting VALUES (p_company, p_key, p_operation, p_facts, p_result, p_at,
    hash_record_extended(ROW(p_company, p_key, p_operation, p_facts, p_result, p_at, 0::bigint), 0));
  RETURN p_result || '{"outcome": "posted"}';
END $$;
