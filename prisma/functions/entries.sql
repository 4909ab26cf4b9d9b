-- Writes one entry with its parts, and brings the wallet and the grants it touches up to date. The one way to post
-- anything that is not a batch of usage. Returns the wallet as it is afterwards.
CREATE OR REPLACE FUNCTION ledger_write_entry(
  p_wallet wallet, p_type text, p_class text, p_parts ledger_part[], p_source text, p_reference text, p_office bigint,
  p_actor text, p_reason text, p_usage_at timestamptz, p_at timestamptz
) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE
  v_wallet wallet := p_wallet;
  v_part ledger_part;
  v_kind text;
  v_amount bigint := 0;
  v_split boolean := cardinality(p_parts) > 1;
  v_grant bigint := CASE WHEN NOT v_split THEN (p_parts[1]).grant_id END;
BEGIN
  FOREACH v_part IN ARRAY p_parts LOOP
    v_amount := v_amount + v_part.amount_micros;
    IF v_part.grant_id IS NOT NULL THEN
      UPDATE credit_grant
      SET remaining_micros = credit_grant.remaining_micros + v_part.amount_micros,
        is_open = credit_grant.remaining_micros + v_part.amount_micros > 0
      WHERE credit_grant.company_id = v_wallet.company_id AND credit_grant.wallet_id = v_wallet.id
        AND credit_grant.id = v_part.grant_id
      RETURNING credit_grant.kind INTO v_kind;
      CASE v_kind
        WHEN 'general' THEN v_wallet.general_micros := v_wallet.general_micros + v_part.amount_micros;
        WHEN 'calling' THEN v_wallet.calling_micros := v_wallet.calling_micros + v_part.amount_micros;
        WHEN 'ai' THEN v_wallet.ai_micros := v_wallet.ai_micros + v_part.amount_micros;
      END CASE;
    ELSIF v_part.debt_class = 'calls' THEN
      v_wallet.debt_calls_micros := v_wallet.debt_calls_micros - v_part.amount_micros;
    ELSE
      v_wallet.debt_ai_micros := v_wallet.debt_ai_micros - v_part.amount_micros;
    END IF;
  END LOOP;
  v_wallet.seq := v_wallet.seq + 1;
  -- Within a wallet, posting times never go back, whatever the clocks of those who post.
  v_wallet.posted_at := greatest(p_at, v_wallet.posted_at);
  INSERT INTO entry
  SELECT written.*, hash_record_extended(ROW(written.*, 0::bigint), 0)
  FROM (SELECT v_wallet.company_id, v_wallet.id, v_wallet.seq, p_type, p_class, v_amount,
    v_wallet.general_micros + v_wallet.calling_micros + v_wallet.ai_micros - v_wallet.debt_calls_micros
      - v_wallet.debt_ai_micros,
    v_wallet.general_micros, v_wallet.calling_micros, v_wallet.ai_micros, v_wallet.debt_calls_micros,
    v_wallet.debt_ai_micros, v_grant, v_split, p_source, p_reference, p_office, p_actor, p_reason, p_usage_at,
    v_wallet.posted_at) AS written;
  IF v_split THEN
    INSERT INTO entry_split
    SELECT v_wallet.company_id, v_wallet.id, v_wallet.seq, parts.part::int, parts.grant_id, parts.debt_class,
      parts.amount_micros, hash_record_extended(ROW(v_wallet.company_id, v_wallet.id, v_wallet.seq, parts.part::int,
        parts.grant_id, parts.debt_class, parts.amount_micros, 0::bigint), 0)
    FROM unnest(p_parts) WITH ORDINALITY AS parts(grant_id, debt_class, amount_micros, part);
  END IF;
  UPDATE wallet SET general_micros = v_wallet.general_micros, calling_micros = v_wallet.calling_micros,
    ai_micros = v_wallet.ai_micros, debt_calls_micros = v_wallet.debt_calls_micros,
    debt_ai_micros = v_wallet.debt_ai_micros, seq = v_wallet.seq, posted_at = v_wallet.posted_at
  WHERE company_id = v_wallet.company_id AND id = v_wallet.id;
  RETURN v_wallet;
END $$;
