-- The phone numbers of usage, which may be erased, and what is compared when a key comes again.

-- What the seal of a record covers in place of its numbers. The salt has 16 bytes; it is null where there is no number.
CREATE OR REPLACE FUNCTION ledger_numbers_digest(p_salt bytea, p_external text, p_internal text)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT sha256(coalesce(p_salt, '') || convert_to(
    concat(length(p_external), ':', p_external, ',', length(p_internal), ':', p_internal), 'UTF8'))
$$;

-- What of a record is compared when its key comes again: what its sender told (R23). Neither what it cost, nor what
-- we made of it when it came: whose it was, and which kind of call that made it. Of its numbers only what the
-- company's key makes of them.
CREATE OR REPLACE FUNCTION ledger_usage_facts(
  p_class text, p_category text, p_direction text, p_keyed_numbers text, p_usage_at timestamptz, p_duration bigint,
  p_quantity int
) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hash_record_extended(ROW(p_class,
    CASE WHEN p_category IN ('sms', 'mms', 'fax', 'ai_conversation') THEN p_category END,
    p_direction, p_keyed_numbers, p_usage_at, p_duration, p_quantity), 0)
$$;

-- Erases the numbers of usage, with the salt, so that nothing stored confirms a guess, and with the facts, so that
-- a key that comes again does not bring them back. The only function that does; answers how many rows it changed.
-- It runs as its owner: the app's role may not change a record.
CREATE OR REPLACE FUNCTION ledger_erase_numbers(p_company bigint, p_sources text[], p_external_ids text[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  v_erased bigint;
BEGIN
  PERFORM ledger_lock_book(p_company);
  UPDATE usage_record SET external_number = NULL, internal_number = NULL, salt = NULL, facts = NULL
  FROM unnest(p_sources, p_external_ids) AS erased(source, external_id)
  WHERE usage_record.company_id = p_company AND usage_record.source = erased.source
    AND usage_record.external_id = erased.external_id AND usage_record.salt IS NOT NULL;
  GET DIAGNOSTICS v_erased = ROW_COUNT;
  RETURN v_erased;
END $$;

-- Sets the facts of a page of records to null whose usage time is past p_until, oldest first; true where there may
-- be more. Runs as its owner, as above.
CREATE OR REPLACE FUNCTION ledger_forget_facts(p_company bigint, p_until timestamptz, p_limit int)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_page record;
BEGIN
  SELECT count(*) AS records, max(page.usage_at) AS last INTO v_page FROM (
    SELECT usage_record.usage_at FROM usage_record
    WHERE usage_record.company_id = p_company AND usage_record.usage_at > v_book.facts_until
      AND usage_record.usage_at <= p_until
    ORDER BY usage_record.usage_at LIMIT p_limit
  ) AS page;
  IF v_page.records < p_limit THEN
    v_page.last := p_until;
  END IF;
  UPDATE usage_record SET facts = NULL
  WHERE usage_record.company_id = p_company AND usage_record.usage_at > v_book.facts_until
    AND usage_record.usage_at <= v_page.last AND usage_record.facts IS NOT NULL;
  UPDATE book SET facts_until = v_page.last WHERE company_id = p_company;
  RETURN v_page.records = p_limit;
END $$;

-- Erases the numbers of a page of records whose usage time is up to p_until, as above: first those that were not
-- reached yet, oldest first; then those that were posted since behind that, as late usage and corrections are. True
-- where there may be more.
CREATE OR REPLACE FUNCTION ledger_forget_numbers(p_company bigint, p_until timestamptz, p_limit int, p_at timestamptz)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_page record;
  v_erased bigint;
BEGIN
  SELECT count(*) AS records, max(page.usage_at) AS last INTO v_page FROM (
    SELECT usage_record.usage_at FROM usage_record
    WHERE usage_record.company_id = p_company AND usage_record.usage_at > v_book.numbers_until
      AND usage_record.usage_at <= p_until
    ORDER BY usage_record.usage_at LIMIT p_limit
  ) AS page;
  UPDATE usage_record SET external_number = NULL, internal_number = NULL, salt = NULL, facts = NULL
  WHERE usage_record.company_id = p_company AND usage_record.usage_at > v_book.numbers_until
    AND usage_record.usage_at <= v_page.last AND usage_record.salt IS NOT NULL;
  -- Before the first page nothing came behind it.
  UPDATE book SET
    numbers_until = greatest(numbers_until, CASE WHEN v_page.records < p_limit THEN p_until ELSE v_page.last END),
    late_numbers_until = CASE WHEN isfinite(late_numbers_until) THEN late_numbers_until ELSE p_at END
  WHERE company_id = p_company;
  IF v_page.records = p_limit THEN
    RETURN true;
  END IF;
  -- A day for clocks that differ and transactions that take long; few rows are posted since.
  UPDATE usage_record SET external_number = NULL, internal_number = NULL, salt = NULL, facts = NULL
  WHERE ctid = ANY (ARRAY(
    SELECT late.ctid FROM usage_record AS late
    WHERE late.company_id = p_company AND late.posted_at > v_book.late_numbers_until - interval '1 day'
      AND isfinite(v_book.late_numbers_until) AND late.usage_at <= p_until AND late.salt IS NOT NULL LIMIT p_limit));
  GET DIAGNOSTICS v_erased = ROW_COUNT;
  IF v_erased < p_limit THEN
    UPDATE book SET late_numbers_until = p_at WHERE company_id = p_company;
  END IF;
  RETURN v_erased = p_limit;
END $$;
