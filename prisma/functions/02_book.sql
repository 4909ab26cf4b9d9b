-- Locks a company's book and returns it. Every function that posts begins here: it is the only lock of the ledger,
-- so there is no order of locks to get wrong, and what is read after it is the truth until the transaction ends.
-- Those functions also keep one plan a statement: planning anew for every call costs more than posting a record.
CREATE FUNCTION ledger_lock_book(p_company bigint) RETURNS book LANGUAGE plpgsql AS $$
DECLARE
  v_book book;
BEGIN
  SELECT * INTO v_book FROM book WHERE company_id = p_company FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no-book' USING ERRCODE = 'RF001', DETAIL = format('company %s has no wallets', p_company);
  END IF;
  RETURN v_book;
END $$;

-- Opens the books of a company: a wallet for its pool and for each office. Offices that have one keep it, so it may
-- be called again when an office is added. New wallets watch at p_watch ($5.00 where it is null). The primary office is one of
-- the company's.
CREATE FUNCTION ledger_open_book(
  p_company bigint, p_offices bigint[], p_primary bigint, p_pooled boolean, p_watch bigint, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger_open_book', p_company));
  INSERT INTO wallet (company_id, office_id, general_micros, calling_micros, ai_micros, debt_calls_micros,
    debt_ai_micros, held_calls_micros, held_ai_micros, seq, watch_calls_micros, watch_ai_micros, watch_general_micros, created_at, seal)
  SELECT p_company, o.office_id, 0, 0, 0, 0, 0, 0, 0, 0, coalesce(p_watch, 5000000), NULL, NULL, p_at, 0
  FROM unnest(NULL::bigint || p_offices) WITH ORDINALITY AS o(office_id, position)
  ORDER BY o.position
  ON CONFLICT (company_id, office_id) DO NOTHING;
  UPDATE wallet AS w SET seal = seal_of(w) WHERE w.company_id = p_company AND w.seal = 0;
  INSERT INTO book
  SELECT p_company, p_pooled, pool.id, main.id, p_at,
    hash_record_extended(ROW(p_company, p_pooled, pool.id, main.id, p_at, 0::bigint, timestamptz '-infinity'), 0), '-infinity'
  FROM wallet AS pool, wallet AS main
  WHERE pool.company_id = p_company AND pool.office_id IS NULL AND main.company_id = p_company AND main.office_id = p_primary
  ON CONFLICT (company_id) DO NOTHING;
  IF NOT EXISTS (SELECT FROM book WHERE company_id = p_company) THEN
    RAISE EXCEPTION 'office-unknown' USING ERRCODE = 'RF001', DETAIL = format('office %s has no wallet', p_primary);
  END IF;
END $$;

-- Gives every office of a company that has no wallet one, and the company its book once it has a primary office. The trigger
-- office_has_wallet calls it, so that no way to create an office can leave it without a wallet (R5).
CREATE FUNCTION ledger_open_offices(p_company bigint, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_primary bigint := (SELECT id FROM office WHERE company_id = p_company AND is_primary);
BEGIN
  IF v_primary IS NULL THEN
    RETURN;
  END IF;
  PERFORM ledger_open_book(p_company, ARRAY(
      SELECT o.id FROM office AS o
      WHERE o.company_id = p_company AND NOT EXISTS (
        SELECT FROM wallet AS w WHERE w.company_id = p_company AND w.office_id = o.id)
      ORDER BY o.is_primary DESC, o.id),
    v_primary, (SELECT pooled FROM company WHERE id = p_company), NULL, p_at);
END $$;

-- Wakes the job that decides what a class of a wallet needs; at most one waits.
CREATE FUNCTION ledger_wake_watch(p_company bigint, p_wallet bigint, p_class text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM graphile_worker.add_job('watch-balance',
    json_build_object('companyId', p_company::text, 'walletId', p_wallet::text, 'class', p_class),
    queue_name => format('watch:%s:%s', p_company, p_wallet),
    job_key => format('watch-balance:%s:%s:%s', p_company, p_wallet, p_class));
END $$;

-- What a class can still spend from this wallet alone: its bundle and the general credits, less its debt, its holds,
-- and what the other class holds of the general credits, beyond its own bundle (R6).
CREATE FUNCTION ledger_available(w wallet, p_class text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_class
    WHEN 'calls' THEN w.calling_micros + w.general_micros - w.debt_calls_micros - w.held_calls_micros
      - least(greatest(w.held_ai_micros - w.ai_micros, 0), w.general_micros)
    ELSE w.ai_micros + w.general_micros - w.debt_ai_micros - w.held_ai_micros
      - least(greatest(w.held_calls_micros - w.calling_micros, 0), w.general_micros)
  END
$$;

-- What of the general credits nobody waits for: less the debt of both classes, and less what holds take beyond their
-- class's bundle (R11).
CREATE FUNCTION ledger_free_general(w wallet) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT w.general_micros - w.debt_calls_micros - w.debt_ai_micros
    - greatest(w.held_calls_micros - w.calling_micros, 0) - greatest(w.held_ai_micros - w.ai_micros, 0)
$$;

-- How a class stands: ok, low (below the watch level, where there is one), or out (R6: nothing can be spent). General
-- credits are never out: where they are not watched they are ok.
CREATE FUNCTION ledger_level(w wallet, p_class text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN p_class = 'general' THEN CASE WHEN ledger_free_general(w) < w.watch_general_micros THEN 'low' ELSE 'ok' END
    WHEN ledger_available(w, p_class) <= 0 THEN 'out'
    WHEN ledger_available(w, p_class) < CASE p_class WHEN 'calls' THEN w.watch_calls_micros ELSE w.watch_ai_micros END THEN 'low'
    ELSE 'ok'
  END
$$;

-- True where no class of a wallet is low or out, nor its general credits low, by figures that are quick to look at: what
-- was ok before and only gave, and is ample still, has crossed no level.
CREATE FUNCTION ledger_is_ample(w wallet) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT w.general_micros - w.debt_calls_micros - w.debt_ai_micros - w.held_calls_micros - w.held_ai_micros
    >= greatest(w.watch_calls_micros, w.watch_ai_micros, w.watch_general_micros, 1)
$$;

-- A company's wallets as they are, to compare with later.
CREATE FUNCTION ledger_wallets(p_company bigint) RETURNS wallet[] LANGUAGE plpgsql AS $$
BEGIN
  RETURN ARRAY(SELECT w FROM wallet AS w WHERE w.company_id = p_company ORDER BY w.id);
END $$;

-- Wakes the job that decides for every class of a wallet, and for its general credits, that went below its watch level,
-- ran out, or came back since p_before was read. AI whose credits calls had used up before was out already, and nobody missed
-- it: its first debt says that somebody does.
CREATE FUNCTION ledger_note_crossings(p_before wallet[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_wake_watch(w.company_id, w.id, c.class)
  FROM unnest(p_before) AS b
  JOIN wallet AS w ON w.company_id = b.company_id AND w.id = b.id
  CROSS JOIN (VALUES ('calls'), ('ai'), ('general')) AS c(class)
  WHERE ledger_level(b, c.class) <> ledger_level(w, c.class)
    OR c.class = 'ai' AND b.debt_ai_micros = 0 AND w.debt_ai_micros > 0;
END $$;
