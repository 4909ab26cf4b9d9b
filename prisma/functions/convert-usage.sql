-- Converts what the version before stored, whose keys have phone numbers in them. Every new row keeps the difference
-- between its old seal and what that should have been: a row that was changed around the functions stays found.

-- Converts records, all revisions of each in one call, with the entries and grants that refer to them.
CREATE OR REPLACE FUNCTION ledger_convert_usage(
  p_company bigint, p_sources text[], p_external_ids text[], p_revisions int[], p_new_ids text[], p_salts text[],
  p_keyed_numbers text[], p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_given record;
  v_old usage_record;
  v_usage usage_record;
  v_old_entry entry;
  v_entry entry;
  v_old_grant credit_grant;
  v_grant credit_grant;
BEGIN
  PERFORM ledger_lock_book(p_company);
  FOR v_given IN
    SELECT * FROM unnest(p_sources, p_external_ids, p_revisions, p_new_ids, p_salts, p_keyed_numbers)
      AS given(source, external_id, revision, new_id, salt, keyed_numbers)
  LOOP
    SELECT * INTO STRICT v_old FROM usage_record
    WHERE usage_record.company_id = p_company AND usage_record.source = v_given.source
      AND usage_record.external_id = v_given.external_id AND usage_record.revision = v_given.revision;
    v_usage := v_old;
    v_usage.external_id := v_given.new_id;
    v_usage.salt := decode(v_given.salt, 'hex');
    v_usage.numbers_digest := ledger_numbers_digest(v_usage.salt, v_old.external_number, v_old.internal_number);
    v_usage.facts := CASE WHEN v_old.usage_at >= p_at - interval '35 days'
      THEN ledger_usage_facts(v_old.class, v_old.category, v_old.direction, v_given.keyed_numbers, v_old.usage_at,
        v_old.duration_ms, v_old.quantity) END;
    UPDATE usage_record SET external_id = v_usage.external_id, salt = v_usage.salt,
      numbers_digest = v_usage.numbers_digest, facts = v_usage.facts,
      seal = seal_of(v_usage) # seal_of(v_old) # v_old.seal
    WHERE usage_record.company_id = p_company AND usage_record.source = v_given.source
      AND usage_record.external_id = v_given.external_id AND usage_record.revision = v_given.revision;
  END LOOP;
  FOR v_given IN
    SELECT DISTINCT given.source, given.external_id, given.new_id
    FROM unnest(p_sources, p_external_ids, p_new_ids) AS given(source, external_id, new_id)
    WHERE given.external_id <> given.new_id
  LOOP
    FOR v_old_entry IN
      SELECT * FROM entry WHERE entry.company_id = p_company AND entry.source = v_given.source
        AND entry.reference = v_given.external_id
    LOOP
      v_entry := v_old_entry;
      v_entry.reference := v_given.new_id;
      UPDATE entry SET reference = v_entry.reference, seal = seal_of(v_entry) # seal_of(v_old_entry) # v_old_entry.seal
      WHERE entry.company_id = p_company AND entry.wallet_id = v_entry.wallet_id AND entry.seq = v_entry.seq;
    END LOOP;
    FOR v_old_grant IN
      SELECT * FROM credit_grant WHERE credit_grant.company_id = p_company AND credit_grant.source = v_given.source
        AND credit_grant.reference = v_given.external_id
    LOOP
      v_grant := v_old_grant;
      v_grant.reference := v_given.new_id;
      UPDATE credit_grant SET reference = v_grant.reference,
        seal = seal_of(v_grant) # seal_of(v_old_grant) # v_old_grant.seal
      WHERE credit_grant.company_id = p_company AND credit_grant.wallet_id = v_grant.wallet_id
        AND credit_grant.id = v_grant.id;
    END LOOP;
  END LOOP;
END $$;

-- Converts postings: their keys, and which usage settled a hold. The facts of corrections and refunds were hashed with
-- numbers: they are compared no more.
CREATE OR REPLACE FUNCTION ledger_convert_postings(
  p_company bigint, p_keys text[], p_new_keys text[], p_usages text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_given record;
  v_old posting;
  v_posting posting;
BEGIN
  PERFORM ledger_lock_book(p_company);
  FOR v_given IN
    SELECT * FROM unnest(p_keys, p_new_keys, p_usages) AS given(key, new_key, usage)
  LOOP
    SELECT * INTO STRICT v_old FROM posting WHERE posting.company_id = p_company AND posting.key = v_given.key;
    v_posting := v_old;
    v_posting.key := v_given.new_key;
    IF v_old.operation IN ('correct-usage', 'refund-usage') THEN
      v_posting.facts := NULL;
    END IF;
    IF v_given.usage IS NOT NULL THEN
      v_posting.result := v_old.result || jsonb_build_object('usage', v_given.usage);
    END IF;
    UPDATE posting SET key = v_posting.key, facts = v_posting.facts, result = v_posting.result,
      seal = seal_of(v_posting) # seal_of(v_old) # v_old.seal
    WHERE posting.company_id = p_company AND posting.key = v_given.key;
  END LOOP;
END $$;
