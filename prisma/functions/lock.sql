-- Locks a company's book and returns it. Every function that posts begins here: it is the only lock of the ledger,
-- so there is no order of locks to get wrong, and what is read after it is the truth until the transaction ends.
-- Those functions also keep one plan a statement: planning anew for every call costs more than posting a record.
CREATE OR REPLACE FUNCTION ledger_lock_book(p_company bigint) RETURNS book LANGUAGE plpgsql AS $$
DECLARE
  v_book book;
BEGIN
  SELECT * INTO v_book FROM book WHERE company_id = p_company FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no-book' USING ERRCODE = 'RF001', DETAIL = format('company %s has no wallets', p_company);
  END IF;
  RETURN v_book;
END $$;
