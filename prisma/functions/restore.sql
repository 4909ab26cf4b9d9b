-- What a reversal took, the last taken first: from a grant, or as debt where grant_id is null.
CREATE OR REPLACE FUNCTION ledger_parts_of_reversal(p_company bigint, p_entries jsonb)
RETURNS TABLE (rank bigint, wallet_id bigint, grant_id bigint, amount bigint) LANGUAGE sql STABLE AS $$
  SELECT row_number() OVER (ORDER BY listed.nth DESC, parts.part DESC), entry.wallet_id, parts.grant_id,
    -parts.amount_micros
  FROM jsonb_array_elements(p_entries) WITH ORDINALITY AS listed(entry, nth)
  JOIN entry ON entry.company_id = p_company AND entry.wallet_id = (listed.entry->>'walletId')::bigint
    AND entry.seq = (listed.entry->>'seq')::bigint
  CROSS JOIN LATERAL (
    SELECT 1 AS part, entry.grant_id, entry.amount_micros WHERE NOT entry.is_split
    UNION ALL
    SELECT entry_split.part, entry_split.grant_id, entry_split.amount_micros FROM entry_split
    WHERE entry.is_split AND entry_split.company_id = p_company AND entry_split.wallet_id = entry.wallet_id
      AND entry_split.seq = entry.seq
  ) AS parts
$$;

-- Gives back what a reversal took, once for its key, because the payment was not taken back after all (R16): first to
-- what is owed of its class, then to the grants it took from, the last first, then as new general credits. What belongs
-- to a bundle that is over lapses again; general credits that were moved since come back where they are now. It counts
-- against what was reversed of the grant.
CREATE OR REPLACE FUNCTION ledger_restore_grant(
  p_company bigint, p_reversal_key text, p_key text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_reversal_key), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'restore-grant', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_reversal jsonb;
  v_grant credit_grant;
  v_reference text;
  v_class text;
  v_office bigint;
  v_home bigint;
  v_rest bigint;
  v_wallet wallet;
  v_parts ledger_part[];
  v_taken record;
  v_amount bigint;
BEGIN
  p_at := greatest(p_at, v_book.closed_until);
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  SELECT result INTO v_reversal FROM posting
  WHERE company_id = p_company AND key = p_reversal_key AND operation = 'reverse-grant';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'reversal-unknown' USING ERRCODE = 'RF001', DETAIL = format('key %s', p_reversal_key);
  END IF;
  SELECT entry.reference, entry.class, entry.office_id INTO v_reference, v_class, v_office FROM entry
  WHERE entry.company_id = p_company AND entry.wallet_id = (v_reversal->'entries'->0->>'walletId')::bigint
    AND entry.seq = (v_reversal->'entries'->0->>'seq')::bigint;
  SELECT * INTO v_grant FROM credit_grant WHERE company_id = p_company AND id = v_reference::bigint;
  v_home := ledger_home(v_book, v_grant.wallet_id);
  v_rest := (v_reversal->>'reversedMicros')::bigint;
  v_parts := ledger_repay(p_company, v_home, v_class, v_rest);
  IF cardinality(v_parts) > 0 THEN
    SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = v_home;
    PERFORM ledger_write_entry(v_wallet, 'reversal', v_class, v_parts, 'reversal', v_reference, v_office, p_actor,
      p_reason, NULL, p_at);
    v_rest := v_rest - (v_parts[1]).amount_micros;
  END IF;
  FOR v_taken IN
    SELECT taken.wallet_id, taken.grant_id, taken.amount, credit_grant.kind,
      credit_grant.expires_at <= p_at - interval '6 hours' AS is_over
    FROM ledger_parts_of_reversal(p_company, v_reversal->'entries') AS taken
    JOIN credit_grant ON credit_grant.company_id = p_company AND credit_grant.wallet_id = taken.wallet_id
      AND credit_grant.id = taken.grant_id
    -- General credits are on the pool exactly while they are shared.
    WHERE credit_grant.kind <> 'general' OR (taken.wallet_id = v_book.pool_wallet_id) = v_book.pooled
    ORDER BY taken.rank
  LOOP
    v_amount := least(v_taken.amount, v_rest);
    EXIT WHEN v_amount = 0;
    v_rest := v_rest - v_amount;
    SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = v_taken.wallet_id;
    v_wallet := ledger_write_entry(v_wallet, 'reversal', v_class,
      ARRAY[(v_taken.grant_id, NULL, v_amount)::ledger_part], 'reversal', v_reference, v_office, p_actor, p_reason,
      NULL, p_at);
    IF v_taken.kind = 'general' THEN
      PERFORM ledger_fill_debt(v_wallet, 'reversal', v_reference, p_actor, p_at);
    ELSIF v_taken.is_over THEN
      PERFORM ledger_lapse_part(p_company, v_taken.wallet_id, v_taken.grant_id, v_amount, p_at);
    ELSIF v_taken.wallet_id = v_book.pool_wallet_id AND NOT v_book.pooled THEN
      PERFORM ledger_move_grant(p_company, v_taken.wallet_id, v_book.primary_wallet_id, v_taken.grant_id, v_amount,
        p_actor, p_reason, p_at);
    END IF;
  END LOOP;
  IF v_rest > 0 THEN
    SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = v_home;
    PERFORM ledger_add_grant(v_wallet, 'general', v_rest, '-infinity', 'infinity', 'reversal', 'reversal', v_reference,
      p_actor, p_reason, p_at);
  END IF;
  PERFORM ledger_note_added(v_before);
  RETURN ledger_remember(p_company, p_key, 'restore-grant', v_facts,
    jsonb_build_object('restoredMicros', v_reversal->>'reversedMicros'), p_at);
END $$;
