-- Opens the books of a company: a wallet for its pool and for each office. Offices that have one keep it, so it may be
-- called again when an office is added. New wallets watch at p_watch ($5.00 where it is null). The primary office is
-- one of the company's.
CREATE OR REPLACE FUNCTION ledger_open_book(
  p_company bigint, p_offices bigint[], p_primary bigint, p_pooled boolean, p_watch bigint, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger_open_book', p_company));
  INSERT INTO wallet (company_id, office_id, general_micros, calling_micros, ai_micros, debt_calls_micros,
    debt_ai_micros, held_calls_micros, held_ai_micros, seq, watch_calls_micros, watch_ai_micros, watch_general_micros,
    created_at, seal)
  SELECT p_company, offices.office_id, 0, 0, 0, 0, 0, 0, 0, 0, coalesce(p_watch, 5000000), NULL, NULL, p_at, 0
  FROM unnest(NULL::bigint || p_offices) WITH ORDINALITY AS offices(office_id, position)
  ORDER BY offices.position
  ON CONFLICT (company_id, office_id) DO NOTHING;
  UPDATE wallet SET seal = seal_of(wallet) WHERE wallet.company_id = p_company AND wallet.seal = 0;
  INSERT INTO book
  SELECT p_company, p_pooled, pool.id, main.id, p_at,
    hash_record_extended(ROW(p_company, p_pooled, pool.id, main.id, p_at, 0::bigint, timestamptz '-infinity'), 0),
    '-infinity'
  FROM wallet AS pool, wallet AS main
  WHERE pool.company_id = p_company AND pool.office_id IS NULL AND main.company_id = p_company
    AND main.office_id = p_primary
  ON CONFLICT (company_id) DO NOTHING;
  IF NOT EXISTS (SELECT FROM book WHERE company_id = p_company) THEN
    RAISE EXCEPTION 'office-unknown' USING ERRCODE = 'RF001', DETAIL = format('office %s has no wallet', p_primary);
  END IF;
END $$;

-- Gives every office of a company that has no wallet one, and the company its book once it has a primary office. The
-- trigger office_has_wallet calls it, so that no way to create an office can leave it without a wallet (R5).
CREATE OR REPLACE FUNCTION ledger_open_offices(p_company bigint, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_primary bigint := (SELECT id FROM office WHERE company_id = p_company AND is_primary);
BEGIN
  IF v_primary IS NULL THEN
    RETURN;
  END IF;
  PERFORM ledger_open_book(p_company, ARRAY(
      SELECT office.id FROM office
      WHERE office.company_id = p_company AND NOT EXISTS (
        SELECT FROM wallet WHERE wallet.company_id = p_company AND wallet.office_id = office.id)
      ORDER BY office.is_primary DESC, office.id),
    v_primary, (SELECT pooled FROM company WHERE id = p_company), NULL, p_at);
END $$;

-- An office has its wallet from its first moment, whichever statement creates it: one without a wallet keeps every
-- admin of its company from buying (R5). The database sees to it, because the code that creates offices stands below
-- the ledger and does not know it.
CREATE OR REPLACE FUNCTION office_opens_wallet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_open_offices(added.company_id, min(added.created_at)) FROM added
  GROUP BY added.company_id ORDER BY added.company_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER office_has_wallet AFTER INSERT ON office REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION office_opens_wallet();
