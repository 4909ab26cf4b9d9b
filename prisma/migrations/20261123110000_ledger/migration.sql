-- The ledger: the book of record. Only the functions at the end of this file write to these tables.
-- Amounts are integers of a micro-dollar. `seal` is a hash over a row's other columns (for a grant, those that never
-- change), so that `verify` notices a change that went around the functions, in whatever column.

-- One row a company: how its wallets belong together. Whoever posts locks this row first, so a company's postings
-- follow one another, and everything below is read and written under that one lock.
CREATE TABLE book (
  company_id         bigint PRIMARY KEY,
  pooled             boolean NOT NULL,
  pool_wallet_id     bigint NOT NULL,
  primary_wallet_id  bigint NOT NULL,
  created_at         timestamptz NOT NULL,
  seal               bigint NOT NULL
);

-- What an office, or the company's pool (office_id null), has: per kind of credit, what it owes per class, and what
-- is held back per class.
CREATE TABLE wallet (
  company_id          bigint NOT NULL,
  id                  bigint GENERATED ALWAYS AS IDENTITY,
  office_id           bigint,
  general_micros      bigint NOT NULL CHECK (general_micros >= 0),
  calling_micros      bigint NOT NULL CHECK (calling_micros >= 0),
  ai_micros           bigint NOT NULL CHECK (ai_micros >= 0),
  debt_calls_micros   bigint NOT NULL CHECK (debt_calls_micros >= 0),
  debt_ai_micros      bigint NOT NULL CHECK (debt_ai_micros >= 0),
  held_calls_micros   bigint NOT NULL CHECK (held_calls_micros >= 0),
  held_ai_micros      bigint NOT NULL CHECK (held_ai_micros >= 0),
  seq                 bigint NOT NULL CHECK (seq >= 0),
  watch_calls_micros  bigint CHECK (watch_calls_micros >= 0),
  watch_ai_micros     bigint CHECK (watch_ai_micros >= 0),
  -- Of what is free of the general credits: below it they are topped up (R11).
  watch_general_micros  bigint CHECK (watch_general_micros >= 0),
  created_at          timestamptz NOT NULL,
  seal                bigint NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE NULLS NOT DISTINCT (company_id, office_id)
) WITH (fillfactor = 50);

-- A lot of credit and what is left of it.
CREATE TABLE credit_grant (
  company_id        bigint NOT NULL,
  wallet_id         bigint NOT NULL,
  id                bigint GENERATED ALWAYS AS IDENTITY,
  kind              text NOT NULL CHECK (kind IN ('general', 'calling', 'ai')),
  amount_micros     bigint NOT NULL CHECK (amount_micros > 0),
  remaining_micros  bigint NOT NULL,
  effective_at      timestamptz NOT NULL,
  expires_at        timestamptz NOT NULL,
  -- False once nothing is left. Changes seldom, so the index below stays small and most updates touch no index.
  is_open           boolean NOT NULL,
  source            text NOT NULL,
  reference         text NOT NULL,
  created_at        timestamptz NOT NULL,
  seal              bigint NOT NULL,
  PRIMARY KEY (company_id, wallet_id, id),
  CHECK (remaining_micros BETWEEN 0 AND amount_micros),
  CHECK (is_open = (remaining_micros > 0)),
  CHECK (effective_at < expires_at),
  CHECK (kind <> 'general' OR expires_at = 'infinity')
) WITH (fillfactor = 70);
CREATE INDEX credit_grant_open ON credit_grant (company_id, wallet_id, kind, expires_at, created_at, id) WHERE is_open;
CREATE INDEX credit_grant_expiry ON credit_grant (company_id, wallet_id, expires_at) WHERE expires_at < 'infinity';

-- What happened to a wallet, in order, without a gap, with what it had afterwards. Never changed.
CREATE TABLE entry (
  company_id               bigint NOT NULL,
  wallet_id                bigint NOT NULL,
  seq                      bigint NOT NULL CHECK (seq > 0),
  type                     text NOT NULL CHECK (type IN ('grant', 'fill', 'usage', 'correction', 'refund', 'lapse', 'reversal', 'move')),
  class                    text CHECK (class IN ('calls', 'ai')),
  amount_micros            bigint NOT NULL,
  balance_after_micros     bigint NOT NULL,
  general_after_micros     bigint NOT NULL CHECK (general_after_micros >= 0),
  calling_after_micros     bigint NOT NULL CHECK (calling_after_micros >= 0),
  ai_after_micros          bigint NOT NULL CHECK (ai_after_micros >= 0),
  debt_calls_after_micros  bigint NOT NULL CHECK (debt_calls_after_micros >= 0),
  debt_ai_after_micros     bigint NOT NULL CHECK (debt_ai_after_micros >= 0),
  -- The one grant that the whole amount touched; null where it is all debt, or where the splits tell.
  grant_id                 bigint,
  is_split                 boolean NOT NULL,
  source                   text NOT NULL,
  reference                text NOT NULL,
  office_id                bigint,
  actor                    text,
  reason                   text,
  usage_at                 timestamptz,
  posted_at                timestamptz NOT NULL,
  seal                     bigint NOT NULL,
  PRIMARY KEY (company_id, wallet_id, seq),
  CHECK (balance_after_micros =
    general_after_micros + calling_after_micros + ai_after_micros - debt_calls_after_micros - debt_ai_after_micros),
  CHECK (NOT (is_split AND grant_id IS NOT NULL))
);
-- What came after a usage or a grant by its reference; usage itself is found through its record.
CREATE INDEX entry_reference ON entry (company_id, source, reference) WHERE type IN ('correction', 'refund', 'reversal');

-- The parts of an entry that touched more than one grant, or a grant and debt. `amount_micros` is the change of what
-- is left of the grant, or (grant_id null) the change of the debt with its sign turned: parts sum to the entry.
CREATE TABLE entry_split (
  company_id     bigint NOT NULL,
  wallet_id      bigint NOT NULL,
  seq            bigint NOT NULL,
  part           integer NOT NULL CHECK (part > 0),
  grant_id       bigint,
  debt_class     text CHECK (debt_class IN ('calls', 'ai')),
  amount_micros  bigint NOT NULL CHECK (amount_micros <> 0),
  seal           bigint NOT NULL,
  PRIMARY KEY (company_id, wallet_id, seq, part),
  CHECK ((grant_id IS NULL) = (debt_class IS NOT NULL))
);

-- What was used, and what it cost. A correction is a further revision with the whole new facts; the highest counts.
CREATE TABLE usage_record (
  company_id       bigint NOT NULL,
  source           text NOT NULL,
  external_id      text NOT NULL,
  revision         integer NOT NULL CHECK (revision >= 0),
  office_id        bigint,
  department_id    bigint,
  member_id        bigint,
  class            text NOT NULL CHECK (class IN ('calls', 'ai')),
  category         text NOT NULL,
  direction        text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
  external_number  text,
  internal_number  text,
  usage_at         timestamptz NOT NULL,
  duration_ms      bigint NOT NULL CHECK (duration_ms >= 0),
  billed_seconds   integer NOT NULL CHECK (billed_seconds >= 0),
  quantity         integer NOT NULL CHECK (quantity >= 0),
  cost_micros      bigint NOT NULL CHECK (cost_micros >= 0),
  -- How the price came about, in words, e.g. "+44 20, $0.0100/min, 12 s billed as 60 s".
  price            text,
  -- A hash of what the sender told of it, and which of the sender's events that was: the newest wins (R23).
  facts            bigint NOT NULL,
  version          bigint NOT NULL,
  -- Its entries: on the office's own wallet, and on the wallet that paid the rest. Null where nothing was paid there.
  own_wallet_id    bigint,
  own_seq          bigint,
  paid_wallet_id   bigint,
  paid_seq         bigint,
  posted_at        timestamptz NOT NULL,
  seal             bigint NOT NULL,
  PRIMARY KEY (company_id, source, external_id, revision)
);
CREATE INDEX usage_record_time ON usage_record (company_id, usage_at, source, external_id);
CREATE INDEX usage_record_member ON usage_record (company_id, member_id, usage_at) WHERE member_id IS NOT NULL;

-- Quarter-hour UTC sums of usage by usage time; any time zone's day or month is a sum of these (R25). 0 stands for none.
CREATE TABLE usage_rollup (
  company_id      bigint NOT NULL,
  bucket_at       timestamptz NOT NULL,
  office_id       bigint NOT NULL,
  department_id   bigint NOT NULL,
  member_id       bigint NOT NULL,
  category        text NOT NULL,
  records         bigint NOT NULL,
  billed_seconds  bigint NOT NULL,
  quantity        bigint NOT NULL,
  cost_micros     bigint NOT NULL,
  PRIMARY KEY (company_id, bucket_at, office_id, department_id, member_id, category)
) WITH (fillfactor = 80);

-- The same summed up for questions that are asked all the time, so that a busy month is not slower to read than a quiet
-- one: quarter-hours without whose usage it was, and quarters of a UTC day without which kind it was.
CREATE TABLE usage_kind_rollup (
  company_id      bigint NOT NULL,
  bucket_at       timestamptz NOT NULL,
  office_id       bigint NOT NULL,
  category        text NOT NULL,
  records         bigint NOT NULL,
  billed_seconds  bigint NOT NULL,
  quantity        bigint NOT NULL,
  cost_micros     bigint NOT NULL,
  PRIMARY KEY (company_id, bucket_at, office_id, category)
) WITH (fillfactor = 80);
CREATE TABLE usage_member_rollup (
  company_id      bigint NOT NULL,
  bucket_at       timestamptz NOT NULL,
  office_id       bigint NOT NULL,
  member_id       bigint NOT NULL,
  records         bigint NOT NULL,
  billed_seconds  bigint NOT NULL,
  quantity        bigint NOT NULL,
  cost_micros     bigint NOT NULL,
  PRIMARY KEY (company_id, bucket_at, office_id, member_id)
) WITH (fillfactor = 80);

-- What every operation that is not usage did, under the key it came with: the same again is answered from here.
CREATE TABLE posting (
  company_id  bigint NOT NULL,
  key         text NOT NULL,
  operation   text NOT NULL,
  facts       bigint NOT NULL,
  result      jsonb NOT NULL,
  posted_at   timestamptz NOT NULL,
  seal        bigint NOT NULL,
  PRIMARY KEY (company_id, key)
);

-- An amount kept back for usage that is under way. Resolved once.
CREATE TABLE hold (
  company_id      bigint NOT NULL,
  key             text NOT NULL,
  class           text NOT NULL CHECK (class IN ('calls', 'ai')),
  office_id       bigint,
  state           text NOT NULL CHECK (state IN ('open', 'settled', 'released', 'expired')),
  -- On the office's own bundle, and on the wallet that pays the rest.
  own_wallet_id   bigint NOT NULL,
  own_micros      bigint NOT NULL CHECK (own_micros >= 0),
  paid_wallet_id  bigint NOT NULL,
  paid_micros     bigint NOT NULL CHECK (paid_micros >= 0),
  placed_at       timestamptz NOT NULL,
  expires_at      timestamptz NOT NULL,
  resolved_at     timestamptz,
  seal            bigint NOT NULL,
  PRIMARY KEY (company_id, key),
  CHECK ((state = 'open') = (resolved_at IS NULL))
);
CREATE INDEX hold_open ON hold (company_id, expires_at) WHERE state = 'open';

-- Nothing posted is changed, whoever asks.
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'nothing posted is changed: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER entry_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER entry_split_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON entry_split FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER usage_record_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON usage_record FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER posting_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON posting FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- Of what lives on, no row goes away, and what says whose it is and what it was worth stays. A trigger of columns costs
-- nothing where they are not set.
CREATE TRIGGER book_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, pool_wallet_id, primary_wallet_id, created_at
  ON book FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER wallet_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, id, office_id, created_at
  ON wallet FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER credit_grant_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, wallet_id, id, kind, amount_micros, effective_at,
  expires_at, source, reference, created_at, seal
  ON credit_grant FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER hold_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, key, class, office_id, placed_at
  ON hold FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER usage_rollup_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, bucket_at, office_id, department_id, member_id, category
  ON usage_rollup FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER usage_kind_rollup_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, bucket_at, office_id, category
  ON usage_kind_rollup FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER usage_member_rollup_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF company_id, bucket_at, office_id, member_id
  ON usage_member_rollup FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- 01_seals.sql
-- A row's seal is the hash of the row with its seal at zero (for a grant and a wallet: of what never changes by
-- posting). The writers compute it inline, from the same columns in the same order; verify asks these.
CREATE FUNCTION seal_of(r entry) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  r.seal := 0;
  RETURN hash_record_extended(r, 0);
END $$;

CREATE FUNCTION seal_of(r entry_split) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  r.seal := 0;
  RETURN hash_record_extended(r, 0);
END $$;

CREATE FUNCTION seal_of(r usage_record) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  r.seal := 0;
  RETURN hash_record_extended(r, 0);
END $$;

CREATE FUNCTION seal_of(r posting) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  r.seal := 0;
  RETURN hash_record_extended(r, 0);
END $$;

CREATE FUNCTION seal_of(r hold) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  r.seal := 0;
  RETURN hash_record_extended(r, 0);
END $$;

CREATE FUNCTION seal_of(r book) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  r.seal := 0;
  RETURN hash_record_extended(r, 0);
END $$;

-- What is left of a grant changes with every draw, and is recomputed by verify instead.
CREATE FUNCTION seal_of(r credit_grant) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  r.seal := 0;
  r.remaining_micros := 0;
  r.is_open := NULL;
  RETURN hash_record_extended(r, 0);
END $$;

-- Balances, debts, holds and the last seq are recomputed by verify instead.
CREATE FUNCTION seal_of(r wallet) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN hash_record_extended(
    ROW(r.company_id, r.id, r.office_id, r.watch_calls_micros, r.watch_ai_micros, r.watch_general_micros, r.created_at), 0);
END $$;

-- 02_book.sql
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
-- be called again when an office is added. New wallets watch at p_watch.
CREATE FUNCTION ledger_open_book(
  p_company bigint, p_offices bigint[], p_primary bigint, p_pooled boolean, p_watch bigint, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger_open_book', p_company));
  INSERT INTO wallet (company_id, office_id, general_micros, calling_micros, ai_micros, debt_calls_micros,
    debt_ai_micros, held_calls_micros, held_ai_micros, seq, watch_calls_micros, watch_ai_micros, watch_general_micros, created_at, seal)
  SELECT p_company, o.office_id, 0, 0, 0, 0, 0, 0, 0, 0, p_watch, NULL, NULL, p_at, 0
  FROM unnest(NULL::bigint || p_offices) WITH ORDINALITY AS o(office_id, position)
  ORDER BY o.position
  ON CONFLICT (company_id, office_id) DO NOTHING;
  UPDATE wallet AS w SET seal = seal_of(w) WHERE w.company_id = p_company AND w.seal = 0;
  INSERT INTO book (company_id, pooled, pool_wallet_id, primary_wallet_id, created_at, seal)
  SELECT p_company, p_pooled, pool.id, main.id, p_at,
    hash_record_extended(ROW(p_company, p_pooled, pool.id, main.id, p_at, 0::bigint), 0)
  FROM wallet AS pool, wallet AS main
  WHERE pool.company_id = p_company AND pool.office_id IS NULL AND main.company_id = p_company AND main.office_id = p_primary
  ON CONFLICT (company_id) DO NOTHING;
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
-- and what the other class holds beyond its own bundle (R6).
CREATE FUNCTION ledger_available(w wallet, p_class text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_class
    WHEN 'calls' THEN w.calling_micros + w.general_micros - w.debt_calls_micros - w.held_calls_micros
      - greatest(w.held_ai_micros - w.ai_micros, 0)
    ELSE w.ai_micros + w.general_micros - w.debt_ai_micros - w.held_ai_micros
      - greatest(w.held_calls_micros - w.calling_micros, 0)
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

-- A company's wallets as they are, to compare with later.
CREATE FUNCTION ledger_wallets(p_company bigint) RETURNS wallet[] LANGUAGE sql STABLE AS $$
  SELECT array_agg(w ORDER BY w.id) FROM wallet AS w WHERE w.company_id = p_company
$$;

-- Wakes the job that decides for every class of a wallet, and for its general credits, that went below its watch level,
-- ran out, or came back since p_before was read.
CREATE FUNCTION ledger_note_crossings(p_before wallet[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_wake_watch(w.company_id, w.id, c.class)
  FROM unnest(p_before) AS b
  JOIN wallet AS w ON w.company_id = b.company_id AND w.id = b.id
  CROSS JOIN (VALUES ('calls'), ('ai'), ('general')) AS c(class)
  WHERE ledger_level(b, c.class) <> ledger_level(w, c.class);
END $$;

-- 03_write_entry.sql
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

-- 04_grant.sql
-- How much of an amount fills which class's debt: a bundle its own class's, general credits the oldest of either (R6).
-- Debt is filled first in, first out, so what is still owed of a class are its latest debts.
CREATE FUNCTION ledger_plan_fill(w wallet, p_kind text, p_amount bigint, OUT calls bigint, OUT ai bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  calls := CASE WHEN p_kind IN ('general', 'calling') THEN least(p_amount, w.debt_calls_micros) ELSE 0 END;
  ai := CASE WHEN p_kind IN ('general', 'ai') THEN least(p_amount, w.debt_ai_micros) ELSE 0 END;
  IF calls + ai <= p_amount THEN
    RETURN;
  END IF;
  -- Both classes owe, and the amount does not cover both: oldest first, by the entries that made the debts.
  WITH made AS (
    SELECT e.seq, e.debt_calls_after_micros - lag(e.debt_calls_after_micros, 1, 0::bigint) OVER o AS calls,
      e.debt_ai_after_micros - lag(e.debt_ai_after_micros, 1, 0::bigint) OVER o AS ai
    FROM entry AS e
    WHERE e.company_id = w.company_id AND e.wallet_id = w.id AND e.seq >= coalesce((
      SELECT max(z.seq) FROM entry AS z WHERE z.company_id = w.company_id AND z.wallet_id = w.id
        AND z.debt_calls_after_micros = 0 AND z.debt_ai_after_micros = 0), 0)
    WINDOW o AS (ORDER BY e.seq)
  ), owed AS (
    -- The newest debts first: what of each is still unpaid.
    SELECT seq, 'calls' AS class, calls AS made, coalesce(sum(calls) OVER (ORDER BY seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS newer
    FROM made WHERE calls > 0
    UNION ALL
    SELECT seq, 'ai', ai, coalesce(sum(ai) OVER (ORDER BY seq DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
    FROM made WHERE ai > 0
  ), unpaid AS (
    SELECT seq, class, least(made, CASE class WHEN 'calls' THEN w.debt_calls_micros ELSE w.debt_ai_micros END - newer) AS amount
    FROM owed
    WHERE newer < CASE class WHEN 'calls' THEN w.debt_calls_micros ELSE w.debt_ai_micros END
  ), filled AS (
    SELECT class, greatest(least(amount, p_amount - coalesce(sum(amount) OVER (ORDER BY seq, class ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)), 0) AS amount
    FROM unpaid
  )
  SELECT coalesce(sum(f.amount) FILTER (WHERE f.class = 'calls'), 0)::bigint, coalesce(sum(f.amount) FILTER (WHERE f.class = 'ai'), 0)::bigint
  INTO calls, ai FROM filled AS f;
END $$;

-- What is filled of each class's debt, as parts of an entry.
CREATE FUNCTION ledger_debt_parts(p_calls bigint, p_ai bigint) RETURNS ledger_part[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_calls > 0 THEN ARRAY[(NULL, 'calls', p_calls)::ledger_part] ELSE '{}' END
    || CASE WHEN p_ai > 0 THEN ARRAY[(NULL, 'ai', p_ai)::ledger_part] ELSE '{}' END
$$;

-- Fills what a wallet owes from its general credits, so that the two never stand beside each other.
CREATE FUNCTION ledger_fill_debt(w wallet, p_source text, p_reference text, p_actor text, p_at timestamptz) RETURNS wallet
LANGUAGE plpgsql AS $$
DECLARE
  v_amount bigint := least(w.general_micros, w.debt_calls_micros + w.debt_ai_micros);
  v_fill record;
  v_parts ledger_part[];
BEGIN
  IF v_amount = 0 THEN
    RETURN w;
  END IF;
  v_fill := ledger_plan_fill(w, 'general', v_amount);
  SELECT array_agg((s.id, NULL, -least(s.remaining_micros, v_amount - (s.high - s.remaining_micros)))::ledger_part ORDER BY s.high) INTO v_parts
  FROM (
    SELECT g.id, g.remaining_micros, (sum(g.remaining_micros) OVER (ORDER BY g.created_at, g.id))::bigint AS high FROM credit_grant AS g
    WHERE g.company_id = w.company_id AND g.wallet_id = w.id AND g.kind = 'general' AND g.is_open
  ) AS s
  WHERE s.high - s.remaining_micros < v_amount;
  RETURN ledger_write_entry(w, 'fill', NULL, v_parts || ledger_debt_parts(v_fill.calls, v_fill.ai), p_source, p_reference, w.office_id,
    p_actor, 'Fills what was owed', NULL, p_at);
END $$;

-- Puts a new grant into a wallet: an entry for the credit and, where something is owed, one of amount 0 that moves
-- part of it to the debt. AI debt stands on the pool while credits are shared, and the AI bundle on the primary office's
-- wallet: what fills it is a pair of entries, one on each.
CREATE FUNCTION ledger_add_grant(
  p_wallet wallet, p_kind text, p_amount bigint, p_effective timestamptz, p_expires timestamptz, p_type text,
  p_source text, p_reference text, p_actor text, p_reason text, p_at timestamptz, p_grant_source text DEFAULT NULL,
  OUT after wallet, OUT grant_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
  v_fill record;
  v_pool wallet;
  v_rest bigint := p_amount;
BEGIN
  grant_id := nextval(pg_get_serial_sequence('credit_grant', 'id'));
  INSERT INTO credit_grant OVERRIDING SYSTEM VALUE
  VALUES (p_wallet.company_id, p_wallet.id, grant_id, p_kind, p_amount, 0, p_effective, p_expires, false,
    coalesce(p_grant_source, p_source), p_reference, p_at,
    hash_record_extended(ROW(p_wallet.company_id, p_wallet.id, grant_id, p_kind, p_amount, 0::bigint, p_effective, p_expires,
      NULL::boolean, coalesce(p_grant_source, p_source), p_reference, p_at, 0::bigint), 0));
  after := ledger_write_entry(p_wallet, p_type, NULL, ARRAY[(grant_id, NULL, p_amount)::ledger_part],
    p_source, p_reference, p_wallet.office_id, p_actor, p_reason, NULL, p_at);
  v_fill := ledger_plan_fill(after, p_kind, p_amount);
  IF v_fill.calls + v_fill.ai > 0 THEN
    after := ledger_write_entry(after, 'fill', NULL,
      ARRAY[(grant_id, NULL, -(v_fill.calls + v_fill.ai))::ledger_part] || ledger_debt_parts(v_fill.calls, v_fill.ai),
      p_source, p_reference, p_wallet.office_id, p_actor, 'Fills what was owed', NULL, p_at);
    v_rest := v_rest - v_fill.calls - v_fill.ai;
  END IF;
  IF p_kind = 'ai' AND v_rest > 0 THEN
    SELECT w.* INTO v_pool FROM book AS b JOIN wallet AS w ON w.company_id = b.company_id AND w.id = b.pool_wallet_id
    WHERE b.company_id = after.company_id AND b.pooled AND w.id <> after.id AND w.debt_ai_micros > 0;
    IF FOUND THEN
      v_rest := least(v_rest, v_pool.debt_ai_micros);
      after := ledger_write_entry(after, 'fill', 'ai', ARRAY[(grant_id, NULL, -v_rest)::ledger_part], p_source, p_reference,
        p_wallet.office_id, p_actor, 'Fills what was owed', NULL, p_at);
      PERFORM ledger_write_entry(v_pool, 'fill', 'ai', ARRAY[(NULL, 'ai', v_rest)::ledger_part], p_source, p_reference,
        p_wallet.office_id, p_actor, 'Fills what was owed', NULL, p_at);
    END IF;
  END IF;
END $$;

-- Which wallet a kind of credit belongs to: AI bundles to the primary office, general credits of a pooled company to
-- the pool, everything else to the office named (null: the pool, or the primary office where nothing is shared, so that
-- no credit that was paid for is ever without a home). See R5.
CREATE FUNCTION ledger_credit_wallet(p_book book, p_office bigint, p_kind text) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE
  w wallet;
BEGIN
  IF p_kind = 'ai' OR (p_office IS NULL AND NOT p_book.pooled) THEN
    SELECT * INTO w FROM wallet WHERE company_id = p_book.company_id AND id = p_book.primary_wallet_id;
  ELSIF p_book.pooled AND (p_kind = 'general' OR p_office IS NULL) THEN
    SELECT * INTO w FROM wallet WHERE company_id = p_book.company_id AND id = p_book.pool_wallet_id;
  ELSE
    SELECT * INTO w FROM wallet WHERE company_id = p_book.company_id AND office_id = p_office;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'office-unknown' USING ERRCODE = 'RF001', DETAIL = format('office %s has no wallet', p_office);
    END IF;
  END IF;
  RETURN w;
END $$;

-- Credits an amount, once for its key. Without p_effective, general credits pay usage of any time and bundles usage from
-- now on; what the caller did not say is no part of the facts, so a later retry under the key is the same request.
CREATE FUNCTION ledger_grant(
  p_company bigint, p_office bigint, p_kind text, p_amount bigint, p_effective timestamptz, p_expires timestamptz,
  p_key text, p_source text, p_reference text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_office, p_kind, p_amount, p_effective, p_expires, p_source, p_reference), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'grant', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_wallet wallet;
  v_done record;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_wallet := ledger_credit_wallet(v_book, p_office, p_kind);
  v_done := ledger_add_grant(v_wallet, p_kind, p_amount,
    coalesce(p_effective, CASE WHEN p_kind = 'general' THEN '-infinity' ELSE p_at END), coalesce(p_expires, 'infinity'),
    'grant', p_source, p_reference, p_actor, p_reason, p_at);
  PERFORM ledger_note_crossings(v_before);
  RETURN ledger_remember(p_company, p_key, 'grant', v_facts,
    jsonb_build_object('walletId', (v_done.after).id::text, 'seq', (v_wallet.seq + 1)::text, 'grantId', v_done.grant_id::text), p_at);
END $$;

-- 05_draw.sql
-- One usage on its way through a batch, with the wallets that pay it: the office's own bundle first where credits are
-- shared, then the wallet behind it.
CREATE TYPE ledger_draft AS (
  position int, source text, external_id text, revision int, office_id bigint, department_id bigint, member_id bigint,
  class text, category text, direction text, external_number text, internal_number text, usage_at timestamptz,
  duration_ms bigint, billed_seconds int, quantity int, cost_micros bigint, price text, facts bigint, version bigint,
  own_wallet_id bigint, paid_wallet_id bigint, burn_at timestamptz
);

-- What is drawn for each usage of a run from one side of its wallets ('own': the office's own bundle; 'paid': everything
-- else, and debt), in order. `amounts[i]` is what usage i still needs; what this wallet gives of it comes back in
-- `drawn[i]`, with the entry's `seqs[i]` (null where nothing). The bundle is drawn before general credits, within a kind by
-- earliest expiry, then oldest, then id (R4). On the paid side the rest becomes debt of the class (R6), so everything is
-- drawn. All usages are of one class and wallet, and see the same grants: those in force when the first burns (R7).
CREATE FUNCTION ledger_draw(
  p_company bigint, p_side text, p_drafts ledger_draft[], p_amounts bigint[], p_at timestamptz, p_actor text, p_reason text,
  OUT drawn bigint[], OUT seqs bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
  v_first ledger_draft := p_drafts[1];
  v_class text := v_first.class;
  v_is_paid boolean := p_side = 'paid';
  w wallet;
  -- The grants in the order in which they are drawn, each with the totals before it and with it.
  v_grants bigint[];
  v_lows bigint[];
  v_highs bigint[];
  v_bundle bigint;
  v_total bigint;
  v_need bigint;
  v_posted timestamptz;
  v_drawn bigint;
  v_is_split boolean;
  v_last bigint;
BEGIN
  SELECT * INTO w FROM wallet WHERE company_id = p_company AND id = CASE WHEN v_is_paid THEN v_first.paid_wallet_id ELSE v_first.own_wallet_id END;
  -- Posting times never go back within a wallet, whatever the clocks of those who post.
  SELECT array_agg(s.id ORDER BY s.high), array_agg(s.high - s.size ORDER BY s.high), array_agg(s.high ORDER BY s.high),
    coalesce(sum(s.size) FILTER (WHERE s.kind <> 'general'), 0)::bigint, coalesce(max(s.high), 0),
    (SELECT sum(a)::bigint FROM unnest(p_amounts) AS a),
    greatest(p_at, (SELECT e.posted_at FROM entry AS e WHERE e.company_id = w.company_id AND e.wallet_id = w.id AND e.seq = w.seq))
  INTO v_grants, v_lows, v_highs, v_bundle, v_total, v_need, v_posted
  FROM (
    SELECT g.id, g.kind, g.remaining_micros AS size, (sum(g.remaining_micros) OVER (
      ORDER BY g.kind = 'general', g.expires_at, g.created_at, g.id ROWS UNBOUNDED PRECEDING))::bigint AS high
    FROM credit_grant AS g
    WHERE g.company_id = w.company_id AND g.wallet_id = w.id AND g.is_open
      AND (g.kind = CASE v_class WHEN 'ai' THEN 'ai' ELSE 'calling' END OR v_is_paid AND g.kind = 'general')
      AND g.effective_at <= v_first.burn_at AND v_first.burn_at < g.expires_at
  ) AS s;
  v_drawn := CASE WHEN v_is_paid THEN v_need ELSE least(v_need, v_total) END;
  IF v_drawn = 0 THEN
    drawn := array_fill(0::bigint, ARRAY[cardinality(p_amounts)]);
    seqs := array_fill(NULL::bigint, ARRAY[cardinality(p_amounts)]);
    RETURN;
  END IF;

  WITH part AS MATERIALIZED (
    SELECT n.*, n.high - n.low AS amount,
      CASE WHEN n.high > n.low THEN w.seq + (count(*) FILTER (WHERE n.high > n.low) OVER (ORDER BY n.i ROWS UNBOUNDED PRECEDING)) END AS seq,
      -- The source of its first and of its last micro-dollar; the one behind the last grant is debt.
      coalesce(width_bucket(n.low, v_highs), 0) + 1 AS first, coalesce(width_bucket(n.high - 1, v_highs), 0) + 1 AS last,
      -- How much of it, and of those before it, came from the bundle and from all grants.
      least(n.high, v_bundle) AS of_bundle, least(n.high, v_total) AS of_grants
    FROM (
      SELECT d.i, d.revision, d.source, d.external_id, d.office_id, d.usage_at,
        least((sum(d.needed) OVER (ORDER BY d.i ROWS UNBOUNDED PRECEDING))::bigint, v_drawn) AS high,
        least((sum(d.needed) OVER (ORDER BY d.i ROWS UNBOUNDED PRECEDING))::bigint - d.needed, v_drawn) AS low
      FROM ROWS FROM (unnest(p_drafts), unnest(p_amounts)) WITH ORDINALITY AS d(
        position, source, external_id, revision, office_id, department_id, member_id, class, category, direction, external_number,
        internal_number, usage_at, duration_ms, billed_seconds, quantity, cost_micros, price, facts, version, own_wallet_id, paid_wallet_id, burn_at,
        needed, i)
    ) AS n
  ), entries AS (
    INSERT INTO entry
    SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
    FROM (
      SELECT w.company_id, w.id, p.seq, CASE WHEN p.revision = 0 THEN 'usage' ELSE 'correction' END, v_class, -p.amount,
        w.general_micros + w.calling_micros + w.ai_micros - w.debt_calls_micros - w.debt_ai_micros - p.high,
        w.general_micros - (p.of_grants - p.of_bundle),
        w.calling_micros - CASE WHEN v_class = 'calls' THEN p.of_bundle ELSE 0 END,
        w.ai_micros - CASE WHEN v_class = 'ai' THEN p.of_bundle ELSE 0 END,
        w.debt_calls_micros + CASE WHEN v_class = 'calls' THEN p.high - p.of_grants ELSE 0 END,
        w.debt_ai_micros + CASE WHEN v_class = 'ai' THEN p.high - p.of_grants ELSE 0 END,
        CASE WHEN p.first = p.last THEN v_grants[p.first] END, p.first < p.last, p.source, p.external_id, p.office_id,
        p_actor, p_reason, p.usage_at, v_posted
      FROM part AS p
      WHERE p.seq IS NOT NULL
    ) AS x
  )
  SELECT array_agg(p.amount ORDER BY p.i), array_agg(p.seq ORDER BY p.i), max(p.seq), bool_or(p.first < p.last AND p.seq IS NOT NULL)
  INTO drawn, seqs, v_last, v_is_split FROM part AS p;

  IF v_is_split THEN
    INSERT INTO entry_split
    SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
    FROM (
      SELECT w.company_id, w.id, t.seq, t.part, t.grant_id, CASE WHEN t.grant_id IS NULL THEN v_class END, t.amount
      FROM (
        SELECT p.seq, o.grant_id, greatest(p.high - p.amount, o.low) - least(p.high, o.high) AS amount,
          (row_number() OVER (PARTITION BY p.seq ORDER BY o.low))::int AS part, count(*) OVER (PARTITION BY p.seq) AS parts
        FROM (
          SELECT u.seq, u.amount, (sum(u.amount) OVER (ORDER BY u.i ROWS UNBOUNDED PRECEDING))::bigint AS high
          FROM unnest(seqs, drawn) WITH ORDINALITY AS u(seq, amount, i)
        ) AS p
        JOIN unnest(v_grants || NULL::bigint, v_lows || v_total, v_highs || 9223372036854775807) AS o(grant_id, low, high)
          ON o.low < p.high AND o.high > p.high - p.amount
        WHERE p.amount > 0
      ) AS t
      WHERE t.parts > 1
    ) AS x;
  END IF;

  UPDATE credit_grant AS g
  SET remaining_micros = s.high - least(v_drawn, s.high), is_open = s.high > v_drawn
  FROM unnest(v_grants, v_lows, v_highs) AS s(id, low, high)
  WHERE g.company_id = w.company_id AND g.wallet_id = w.id AND g.id = s.id AND s.low < v_drawn;

  UPDATE wallet SET
    general_micros = w.general_micros - (least(v_drawn, v_total) - least(v_drawn, v_bundle)),
    calling_micros = w.calling_micros - CASE WHEN v_class = 'calls' THEN least(v_drawn, v_bundle) ELSE 0 END,
    ai_micros = w.ai_micros - CASE WHEN v_class = 'ai' THEN least(v_drawn, v_bundle) ELSE 0 END,
    debt_calls_micros = w.debt_calls_micros + CASE WHEN v_class = 'calls' THEN greatest(v_drawn - v_total, 0) ELSE 0 END,
    debt_ai_micros = w.debt_ai_micros + CASE WHEN v_class = 'ai' THEN greatest(v_drawn - v_total, 0) ELSE 0 END,
    seq = v_last
  WHERE company_id = w.company_id AND id = w.id;
END $$;

-- 06_judge_usage.sql
-- What each record of a batch came to, in the order in which it was given; for a known key, the version booked of it.
CREATE TYPE ledger_batch AS (outcomes text[], reasons text[], booked bigint[], drafts ledger_draft[]);

-- What of a record is compared when its key comes again: what its sender told (R23). Neither what it cost, nor what we
-- made of it when it came: whose it was, and which kind of call that made it.
CREATE FUNCTION ledger_usage_facts(
  p_class text, p_category text, p_direction text, p_external text, p_internal text, p_usage_at timestamptz, p_duration bigint, p_quantity int
) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hash_record_extended(ROW(p_class, CASE WHEN p_category IN ('sms', 'mms', 'fax', 'ai_conversation') THEN p_category END, p_direction,
    p_external, p_internal, p_usage_at, p_duration, p_quantity), 0)
$$;

-- Judges a batch against the book and against itself, one bad record at a time: future, too-old and what else cannot be
-- booked is rejected; a key that is known is a duplicate where its facts are the present ones, or older ones that are no
-- newer version; else a conflict. Of two in one batch the first counts. What is left becomes drafts, with the wallets that pay (R5) and the time that decides which grants (R7).
CREATE FUNCTION ledger_judge_usage(
  p_book book, p_at timestamptz, p_force boolean, p_source text[], p_external_id text[], p_office bigint[], p_department bigint[],
  p_member bigint[], p_class text[], p_category text[], p_direction text[], p_external text[], p_internal text[],
  p_usage_at timestamptz[], p_duration bigint[], p_billed int[], p_quantity int[], p_cost bigint[], p_price text[], p_version bigint[]
) RETURNS ledger_batch LANGUAGE plpgsql AS $$
DECLARE
  v ledger_batch;
  v_primary bigint;
  v_offices bigint[];
  v_wallets bigint[];
BEGIN
  -- Of each office its wallet; whatever else is said counts to the primary office (R5).
  SELECT array_agg(w.office_id), array_agg(w.id), min(w.office_id) FILTER (WHERE w.id = p_book.primary_wallet_id)
  INTO v_offices, v_wallets, v_primary
  FROM wallet AS w WHERE w.company_id = p_book.company_id AND w.office_id IS NOT NULL;
  WITH given AS (
    SELECT r.*, coalesce(r.told_version, 0) AS version,
      CASE WHEN r.told_office = ANY (v_offices) THEN r.told_office ELSE v_primary END AS office_id,
      CASE WHEN r.class = 'ai' THEN p_book.primary_wallet_id
        ELSE coalesce(v_wallets[array_position(v_offices, r.told_office)], p_book.primary_wallet_id) END AS own_wallet,
      ledger_usage_facts(r.class, r.category, r.direction, r.external_number, r.internal_number, r.usage_at, r.duration_ms, r.quantity) AS facts
    FROM unnest(p_source, p_external_id, p_office, p_department, p_member, p_class, p_category, p_direction, p_external, p_internal,
      p_usage_at, p_duration, p_billed, p_quantity, p_cost, p_price, p_version) WITH ORDINALITY AS r(
      source, external_id, told_office, department_id, member_id, class, category, direction, external_number, internal_number,
      usage_at, duration_ms, billed_seconds, quantity, cost_micros, price, told_version, position)
  ), checked AS MATERIALIZED (
    SELECT g.*, CASE
        WHEN g.cost_micros < 0 THEN 'negative-cost'
        WHEN num_nulls(g.source, g.external_id, g.category, g.usage_at, g.cost_micros) > 0 OR g.cost_micros > 1e13
          OR g.class IS NULL OR g.class NOT IN ('calls', 'ai') OR g.direction IS NULL OR g.direction NOT IN ('inbound', 'outbound')
          OR coalesce(g.duration_ms, -1) < 0 OR coalesce(g.billed_seconds, -1) < 0 OR coalesce(g.quantity, -1) < 0 THEN 'bad-facts'
        WHEN g.usage_at > p_at + interval '5 minutes' AND NOT p_force THEN 'future'
        WHEN g.usage_at < p_at - interval '35 days' AND NOT p_force THEN 'too-old'
      END AS reason
    FROM given AS g
  ), known AS MATERIALIZED (
    -- A subquery a record, so that it stays a look-up by key however the statistics look.
    SELECT c.*, (SELECT ARRAY[u.facts, u.version] FROM usage_record AS u
      WHERE u.company_id = p_book.company_id AND u.source = c.source AND u.external_id = c.external_id
      ORDER BY u.revision DESC LIMIT 1) AS last
    FROM checked AS c
  ), compared AS (
    SELECT c.*, coalesce(c.last[2], first_value(c.version) OVER same) AS booked, CASE
        WHEN c.reason IS NOT NULL THEN 'rejected'
        WHEN c.last[1] = c.facts THEN 'duplicate'
        WHEN c.last IS NOT NULL THEN CASE WHEN c.version <= c.last[2] AND EXISTS (
            SELECT FROM usage_record AS u WHERE u.company_id = p_book.company_id AND u.source = c.source AND u.external_id = c.external_id
              AND u.facts = c.facts) THEN 'duplicate' ELSE 'conflict' END
        WHEN lag(c.facts) OVER same IS NULL THEN 'posted'
        WHEN first_value(c.facts) OVER same = c.facts THEN 'duplicate'
        ELSE 'conflict'
      END AS outcome
    FROM known AS c
    WINDOW same AS (PARTITION BY c.reason IS NULL, c.external_id COLLATE "C", c.source COLLATE "C" ORDER BY c.position)
  )
  SELECT array_agg(c.outcome ORDER BY c.position), array_agg(c.reason ORDER BY c.position),
    array_agg(CASE WHEN c.outcome IN ('duplicate', 'conflict') THEN c.booked END ORDER BY c.position),
    array_agg((c.position, c.source, c.external_id, 0, c.office_id, c.department_id, c.member_id, c.class, c.category, c.direction,
      c.external_number, c.internal_number, c.usage_at, c.duration_ms, c.billed_seconds, c.quantity, c.cost_micros, c.price, c.facts, c.version,
      c.own_wallet, CASE WHEN p_book.pooled THEN p_book.pool_wallet_id ELSE c.own_wallet END, c.usage_at)::ledger_draft
      ORDER BY c.class COLLATE "C" DESC, c.usage_at, c.position) FILTER (WHERE c.outcome = 'posted')
  INTO v FROM compared AS c;
  RETURN v;
END $$;

-- 07_charge.sql
-- Usage of a bundle's period that comes 6 hours after its end draws what is in force now: its drafts burn at p_at (R7).
CREATE FUNCTION ledger_set_burn_times(p_company bigint, p_drafts ledger_draft[], p_at timestamptz) RETURNS ledger_draft[]
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM wallet AS w JOIN credit_grant AS g ON g.company_id = w.company_id AND g.wallet_id = w.id
    WHERE w.company_id = p_company AND g.expires_at <= p_at - interval '6 hours'
      AND g.expires_at > (SELECT min(d.usage_at) FROM unnest(p_drafts) AS d)
  ) THEN
    RETURN p_drafts;
  END IF;
  RETURN (
    SELECT array_agg((s.position, s.source, s.external_id, s.revision, s.office_id, s.department_id, s.member_id, s.class, s.category,
        s.direction, s.external_number, s.internal_number, s.usage_at, s.duration_ms, s.billed_seconds, s.quantity, s.cost_micros,
        s.price, s.facts, s.version, s.own_wallet_id, s.paid_wallet_id, s.burn)::ledger_draft
      ORDER BY s.class DESC, s.burn, s.position)
    FROM (
      SELECT d.*, CASE WHEN EXISTS (
          SELECT FROM credit_grant AS g
          WHERE g.company_id = p_company AND g.wallet_id IN (d.own_wallet_id, d.paid_wallet_id)
            AND g.kind = CASE d.class WHEN 'ai' THEN 'ai' ELSE 'calling' END
            AND g.effective_at <= d.usage_at AND d.usage_at < g.expires_at AND g.expires_at <= p_at - interval '6 hours')
        THEN p_at ELSE d.usage_at END AS burn
      FROM unnest(p_drafts) AS d
    ) AS s
  );
END $$;

-- Draws amounts for drafts from one side of their wallets ('own': the office's own bundle; 'paid': everything else, and
-- debt). The batch falls into runs that see the same grants of the same wallet: where no grant starts or ends inside
-- the batch's times, that is one run a wallet and class. What was drawn and the entries come back by draft.
CREATE FUNCTION ledger_draw_side(
  p_company bigint, p_side text, p_drafts ledger_draft[], p_amounts bigint[], p_at timestamptz, p_actor text, p_reason text,
  OUT drawn bigint[], OUT seqs bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
  v_first timestamptz;
  v_last timestamptz;
  v_is_run boolean;
  v_bounds timestamptz[];
  v_run record;
  v_drawn bigint[];
  v_seqs bigint[];
BEGIN
  SELECT min(d.burn_at), max(d.burn_at), min(d.class) = max(d.class) AND min(d.wallet_id) = max(d.wallet_id)
  INTO v_first, v_last, v_is_run
  FROM (SELECT u.burn_at, u.class, CASE p_side WHEN 'own' THEN u.own_wallet_id ELSE u.paid_wallet_id END AS wallet_id FROM unnest(p_drafts) AS u) AS d;
  IF v_first < v_last THEN
    SELECT array_agg(DISTINCT b.at ORDER BY b.at) INTO v_bounds
    FROM credit_grant AS g, LATERAL (VALUES (g.effective_at), (g.expires_at)) AS b(at)
    WHERE g.company_id = p_company AND g.is_open AND b.at > v_first AND b.at <= v_last;
  END IF;
  IF v_is_run AND v_bounds IS NULL THEN
    SELECT d.drawn, d.seqs INTO drawn, seqs FROM ledger_draw(p_company, p_side, p_drafts, p_amounts, p_at, p_actor, p_reason) AS d;
    RETURN;
  END IF;
  drawn := array_fill(0::bigint, ARRAY[cardinality(p_amounts)]);
  seqs := array_fill(NULL::bigint, ARRAY[cardinality(p_amounts)]);
  FOR v_run IN
    SELECT array_agg(s.i ORDER BY s.i) AS picks, array_agg(s.draft ORDER BY s.i) AS drafts, array_agg(s.amount ORDER BY s.i) AS amounts
    FROM (
      SELECT CASE p_side WHEN 'own' THEN d.own_wallet_id ELSE d.paid_wallet_id END AS wallet_id, d.class, d.i, d.draft, a.amount,
        CASE WHEN v_bounds IS NULL THEN 0 ELSE width_bucket(d.burn_at, v_bounds) END AS period
      FROM (SELECT u.*, u AS draft, row_number() OVER () AS i FROM unnest(p_drafts) AS u) AS d
      JOIN unnest(p_amounts) WITH ORDINALITY AS a(amount, i) ON a.i = d.i
      WHERE a.amount > 0
    ) AS s
    GROUP BY s.wallet_id, s.class, s.period
    ORDER BY s.class DESC, s.period, s.wallet_id
  LOOP
    SELECT r.drawn, r.seqs INTO v_drawn, v_seqs FROM ledger_draw(p_company, p_side, v_run.drafts, v_run.amounts, p_at, p_actor, p_reason) AS r;
    SELECT array_agg(coalesce(p.drawn, o.drawn) ORDER BY o.i), array_agg(coalesce(p.seq, o.seq) ORDER BY o.i)
    INTO drawn, seqs
    FROM unnest(drawn, seqs) WITH ORDINALITY AS o(drawn, seq, i)
    LEFT JOIN unnest(v_run.picks, v_drawn, v_seqs) AS p(i, drawn, seq) ON p.i = o.i;
  END LOOP;
END $$;

-- Writes the usage records of drafts, with the entries that paid them, and counts them in their quarter-hours (R25).
CREATE FUNCTION ledger_record_usage(p_company bigint, p_drafts ledger_draft[], p_own_seqs bigint[], p_paid_seqs bigint[], p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_record
  SELECT x.*, hash_record_extended(ROW(x.*, 0::bigint), 0)
  FROM (
    SELECT p_company, d.source, d.external_id, d.revision, d.office_id, d.department_id, d.member_id, d.class, d.category, d.direction,
      d.external_number, d.internal_number, d.usage_at, d.duration_ms, d.billed_seconds, d.quantity, d.cost_micros, d.price, d.facts, d.version,
      CASE WHEN d.own_seq IS NOT NULL THEN d.own_wallet_id END, d.own_seq,
      CASE WHEN d.paid_seq IS NOT NULL THEN d.paid_wallet_id END, d.paid_seq, p_at
    FROM ROWS FROM (unnest(p_drafts), unnest(p_own_seqs), unnest(p_paid_seqs)) AS d(
      position, source, external_id, revision, office_id, department_id, member_id, class, category, direction, external_number,
      internal_number, usage_at, duration_ms, billed_seconds, quantity, cost_micros, price, facts, version, own_wallet_id, paid_wallet_id, burn_at,
      own_seq, paid_seq)
  ) AS x;
  PERFORM ledger_count_usage(p_company, p_drafts, 1);
END $$;

-- Adds drafts to the sums of their times, or takes them out (p_sign -1).
CREATE FUNCTION ledger_count_usage(p_company bigint, p_drafts ledger_draft[], p_sign int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH counted AS MATERIALIZED (
    SELECT date_bin('15 minutes', d.usage_at, timestamptz '2000-01-01 00:00:00+00') AS bucket_at, coalesce(d.office_id, 0) AS office_id,
      coalesce(d.department_id, 0) AS department_id, coalesce(d.member_id, 0) AS member_id, d.category, p_sign * count(*) AS records,
      p_sign * sum(d.billed_seconds) AS billed_seconds, p_sign * sum(d.quantity) AS quantity, p_sign * sum(d.cost_micros) AS cost_micros
    FROM unnest(p_drafts) AS d
    GROUP BY 1, 2, 3, 4, 5
  ), quarter_hours AS (
    INSERT INTO usage_rollup AS r SELECT p_company, c.* FROM counted AS c
    ON CONFLICT (company_id, bucket_at, office_id, department_id, member_id, category) DO UPDATE
    SET records = r.records + excluded.records, billed_seconds = r.billed_seconds + excluded.billed_seconds,
      quantity = r.quantity + excluded.quantity, cost_micros = r.cost_micros + excluded.cost_micros
  ), kinds AS (
    INSERT INTO usage_kind_rollup AS r
    SELECT p_company, c.bucket_at, c.office_id, c.category, sum(c.records), sum(c.billed_seconds), sum(c.quantity), sum(c.cost_micros)
    FROM counted AS c GROUP BY 2, 3, 4
    ON CONFLICT (company_id, bucket_at, office_id, category) DO UPDATE
    SET records = r.records + excluded.records, billed_seconds = r.billed_seconds + excluded.billed_seconds,
      quantity = r.quantity + excluded.quantity, cost_micros = r.cost_micros + excluded.cost_micros
  )
  INSERT INTO usage_member_rollup AS r
  SELECT p_company, date_bin('6 hours', c.bucket_at, timestamptz '2000-01-01 00:00:00+00'), c.office_id, c.member_id, sum(c.records),
    sum(c.billed_seconds), sum(c.quantity), sum(c.cost_micros)
  FROM counted AS c GROUP BY 2, 3, 4
  ON CONFLICT (company_id, bucket_at, office_id, member_id) DO UPDATE
  SET records = r.records + excluded.records, billed_seconds = r.billed_seconds + excluded.billed_seconds,
    quantity = r.quantity + excluded.quantity, cost_micros = r.cost_micros + excluded.cost_micros;
END $$;

-- Draws amounts for drafts: where credits are shared, from the office's own bundle first, then from the pool (R5).
CREATE FUNCTION ledger_draw_all(
  p_book book, p_drafts ledger_draft[], p_amounts bigint[], p_at timestamptz, p_actor text, p_reason text,
  OUT own_seqs bigint[], OUT paid_seqs bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
  v_rest bigint[] := p_amounts;
  v_side record;
BEGIN
  own_seqs := array_fill(NULL::bigint, ARRAY[cardinality(p_drafts)]);
  IF p_book.pooled THEN
    v_side := ledger_draw_side(p_book.company_id, 'own', p_drafts, v_rest, p_at, p_actor, p_reason);
    own_seqs := v_side.seqs;
    SELECT array_agg(r.rest - r.drawn ORDER BY r.i) INTO v_rest FROM unnest(v_rest, v_side.drawn) WITH ORDINALITY AS r(rest, drawn, i);
  END IF;
  v_side := ledger_draw_side(p_book.company_id, 'paid', p_drafts, v_rest, p_at, p_actor, p_reason);
  paid_seqs := v_side.seqs;
END $$;

-- Posts a batch of usage, each record once for its source and key (R23). Returns outcomes in the order given. Of a
-- duplicate that is a newer version, that version is kept, so that an older one does not win. Plans are kept, so they must
-- not be made for the tables as they are in an installation's first minutes, when reading all of them looks cheap.
CREATE FUNCTION ledger_post_usage(
  p_company bigint, p_at timestamptz, p_force boolean, p_source text[], p_external_id text[], p_office bigint[], p_department bigint[],
  p_member bigint[], p_class text[], p_category text[], p_direction text[], p_external text[], p_internal text[],
  p_usage_at timestamptz[], p_duration bigint[], p_billed int[], p_quantity int[], p_cost bigint[], p_price text[], p_version bigint[],
  OUT outcomes text[], OUT reasons text[], OUT booked bigint[]
) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_batch ledger_batch;
  v_before wallet[];
  v_costs bigint[];
  v_seqs record;
  v_newer record;
BEGIN
  v_batch := ledger_judge_usage(v_book, p_at, p_force, p_source, p_external_id, p_office, p_department, p_member, p_class, p_category,
    p_direction, p_external, p_internal, p_usage_at, p_duration, p_billed, p_quantity, p_cost, p_price, p_version);
  outcomes := v_batch.outcomes;
  reasons := v_batch.reasons;
  booked := v_batch.booked;
  IF v_batch.drafts IS NOT NULL THEN
    v_before := ledger_wallets(p_company);
    v_batch.drafts := ledger_set_burn_times(p_company, v_batch.drafts, p_at);
    v_costs := ARRAY(SELECT d.cost_micros FROM unnest(v_batch.drafts) AS d);
    v_seqs := ledger_draw_all(v_book, v_batch.drafts, v_costs, p_at, NULL, NULL);
    PERFORM ledger_record_usage(p_company, v_batch.drafts, v_seqs.own_seqs, v_seqs.paid_seqs, p_at);
    PERFORM ledger_note_crossings(v_before);
  END IF;
  IF 'duplicate' = ANY (outcomes) THEN
    FOR v_newer IN
      SELECT g.source, g.external_id, max(g.version) AS version
      FROM unnest(p_source, p_external_id, p_version, outcomes, booked) AS g(source, external_id, version, outcome, booked)
      WHERE g.outcome = 'duplicate' AND g.version > g.booked GROUP BY 1, 2 ORDER BY 1, 2
    LOOP
      PERFORM ledger_confirm_usage(v_book, ledger_find_usage(p_company, v_newer.source, v_newer.external_id), v_newer.version, p_at);
    END LOOP;
  END IF;
END $$;

-- 08_lapse.sql
-- Takes what is left of every grant that ended 6 hours ago or earlier (R7). Run again, it finds nothing to take.
-- Returns what lapsed: wallet, grant, kind, amount and entry.
CREATE FUNCTION ledger_lapse(p_company bigint, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet[] := ledger_wallets(p_company);
  v_wallet wallet;
  v_grant credit_grant;
  v_lapsed jsonb := '[]';
BEGIN
  FOR v_grant IN
    SELECT * FROM credit_grant
    WHERE company_id = p_company AND is_open AND expires_at <= p_at - interval '6 hours'
    ORDER BY wallet_id, expires_at, id
  LOOP
    v_wallet := ledger_lapse_part(p_company, v_grant.wallet_id, v_grant.id, v_grant.remaining_micros, p_at);
    v_lapsed := v_lapsed || jsonb_build_object('walletId', v_wallet.id::text, 'grantId', v_grant.id::text, 'kind', v_grant.kind,
      'micros', v_grant.remaining_micros::text, 'seq', v_wallet.seq::text);
  END LOOP;
  PERFORM ledger_note_crossings(v_before);
  RETURN v_lapsed;
END $$;

-- Lapses an amount of a grant. Returns its wallet afterwards.
CREATE FUNCTION ledger_lapse_part(p_company bigint, p_wallet bigint, p_grant bigint, p_amount bigint, p_at timestamptz) RETURNS wallet
LANGUAGE plpgsql AS $$
DECLARE
  w wallet;
BEGIN
  SELECT * INTO w FROM wallet WHERE company_id = p_company AND id = p_wallet;
  RETURN ledger_write_entry(w, 'lapse', NULL, ARRAY[(p_grant, NULL, -p_amount)::ledger_part], 'lapse', p_grant::text, w.office_id,
    NULL, 'Its period ended', NULL, p_at);
END $$;

-- 09_reverse.sql
-- How much of a grant was taken back so far.
CREATE FUNCTION ledger_reversed(p_company bigint, p_grant bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(-sum(amount_micros), 0)::bigint FROM entry
  WHERE company_id = p_company AND source = 'reversal' AND reference = p_grant::text AND type = 'reversal'
$$;

-- Takes a grant back, in whole or in part, because its payment was (R16): first what is left of it, or of what it became
-- where it was moved, then other general credits (R4), then debt: of the AI class for an AI bundle, else of calls.
CREATE FUNCTION ledger_reverse_grant(
  p_company bigint, p_grant bigint, p_amount bigint, p_key text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_grant, p_amount), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'reverse-grant', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_grant credit_grant;
  v_office bigint;
  v_home bigint;
  v_left bigint;
  v_amount bigint;
  v_class text;
  v_wallet wallet;
  v_take record;
  v_entries jsonb := '[]';
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  SELECT * INTO v_grant FROM credit_grant WHERE company_id = p_company AND id = p_grant;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'grant-unknown' USING ERRCODE = 'RF001', DETAIL = format('grant %s', p_grant);
  END IF;
  v_left := v_grant.amount_micros - ledger_reversed(p_company, p_grant);
  v_amount := coalesce(p_amount, v_left);
  IF v_amount <= 0 OR v_amount > v_left THEN
    RAISE EXCEPTION 'reversal-too-large' USING ERRCODE = 'RF001', DETAIL = format('grant %s has %s left to reverse', p_grant, v_left);
  END IF;
  v_class := CASE v_grant.kind WHEN 'ai' THEN 'ai' ELSE 'calls' END;
  SELECT office_id INTO v_office FROM wallet WHERE company_id = p_company AND id = v_grant.wallet_id;
  -- Where its office's general credits are now: the pool's own are the primary office's once they are no longer shared.
  v_home := CASE WHEN v_book.pooled THEN v_book.pool_wallet_id WHEN v_office IS NULL THEN v_book.primary_wallet_id ELSE v_grant.wallet_id END;
  FOR v_take IN
    WITH RECURSIVE line AS (
      SELECT g.wallet_id, g.id, g.remaining_micros, g.expires_at, g.created_at FROM credit_grant AS g
      WHERE g.company_id = p_company AND g.id = p_grant
      UNION ALL
      SELECT g.wallet_id, g.id, g.remaining_micros, g.expires_at, g.created_at FROM line JOIN credit_grant AS g
        ON g.company_id = p_company AND g.source = 'move' AND g.reference = line.id::text
    ), sources AS (
      SELECT 1 AS rank, l.* FROM line AS l WHERE l.remaining_micros > 0
      UNION ALL
      SELECT 2, g.wallet_id, g.id, g.remaining_micros, g.expires_at, g.created_at FROM credit_grant AS g
      WHERE g.company_id = p_company AND g.wallet_id = v_home AND g.is_open AND g.kind = 'general' AND g.id NOT IN (SELECT id FROM line)
    ), summed AS (
      SELECT s.*, (sum(s.remaining_micros) OVER (ORDER BY s.rank, s.expires_at, s.created_at, s.id))::bigint AS high FROM sources AS s
    ), taken AS (
      SELECT t.wallet_id, t.id AS grant_id, NULL::text AS debt_class, least(t.remaining_micros, v_amount - (t.high - t.remaining_micros)) AS amount, t.high
      FROM summed AS t WHERE t.high - t.remaining_micros < v_amount
      UNION ALL
      SELECT v_home, NULL, v_class, v_amount - coalesce((SELECT max(high) FROM summed), 0), NULL
      WHERE v_amount > coalesce((SELECT max(high) FROM summed), 0)
    )
    SELECT t.wallet_id, array_agg((t.grant_id, t.debt_class, -t.amount)::ledger_part ORDER BY t.high) AS parts, min(t.high) AS first
    FROM taken AS t GROUP BY t.wallet_id ORDER BY 3
  LOOP
    SELECT * INTO v_wallet FROM wallet WHERE company_id = p_company AND id = v_take.wallet_id;
    v_wallet := ledger_write_entry(v_wallet, 'reversal', v_class, v_take.parts, 'reversal', p_grant::text, v_office, p_actor, p_reason,
      NULL, p_at);
    v_entries := v_entries || jsonb_build_object('walletId', v_wallet.id::text, 'seq', v_wallet.seq::text);
  END LOOP;
  PERFORM ledger_note_crossings(v_before);
  RETURN ledger_remember(p_company, p_key, 'reverse-grant', v_facts,
    jsonb_build_object('entries', v_entries, 'reversedMicros', v_amount::text), p_at);
END $$;

-- 10_return.sql
-- The office that usage counts to: one that has a wallet, else the primary one (R5).
CREATE FUNCTION ledger_known_office(p_book book, p_office bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT w.office_id FROM wallet AS w
  WHERE w.company_id = p_book.company_id AND (w.office_id = p_office OR w.id = p_book.primary_wallet_id)
  ORDER BY w.office_id IS NOT DISTINCT FROM p_office DESC LIMIT 1
$$;

-- Which wallets pay usage of an office and class: the office's own bundle from the first, everything else from the
-- second; the same one twice where credits are not shared (R5).
CREATE FUNCTION ledger_route(p_book book, p_office bigint, p_class text, OUT own bigint, OUT paid bigint) LANGUAGE plpgsql AS $$
BEGIN
  own := coalesce((SELECT w.id FROM wallet AS w
    WHERE w.company_id = p_book.company_id AND w.office_id = p_office AND p_class <> 'ai'), p_book.primary_wallet_id);
  paid := CASE WHEN p_book.pooled THEN p_book.pool_wallet_id ELSE own END;
END $$;

-- What a usage has drawn and not got back, by grant, the last drawn first: what the pool paid before the office's own
-- bundle. Where a grant can still take it back its wallet stands beside it; else null: general credits that were moved
-- since, by a change of scope, come back where general credits are now.
CREATE FUNCTION ledger_drawn_by(p_company bigint, p_source text, p_external_id text, p_own bigint, p_paid bigint)
RETURNS TABLE (rank bigint, wallet_id bigint, grant_id bigint, expires_at timestamptz, amount bigint) LANGUAGE sql STABLE AS $$
  WITH posted AS (
    SELECT e.* FROM usage_record AS u CROSS JOIN LATERAL (VALUES (u.own_wallet_id, u.own_seq), (u.paid_wallet_id, u.paid_seq)) AS l(wallet_id, seq)
    JOIN entry AS e ON e.company_id = u.company_id AND e.wallet_id = l.wallet_id AND e.seq = l.seq
    WHERE u.company_id = p_company AND u.source = p_source AND u.external_id = p_external_id AND u.revision = 0
    UNION ALL
    SELECT e.* FROM entry AS e
    WHERE e.company_id = p_company AND e.source = p_source AND e.reference = p_external_id AND e.type IN ('correction', 'refund')
  ), part AS (
    SELECT e.wallet_id, e.grant_id, e.seq, 1 AS part, e.amount_micros FROM posted AS e WHERE e.grant_id IS NOT NULL
    UNION ALL
    SELECT s.wallet_id, s.grant_id, s.seq, s.part, s.amount_micros FROM posted AS e
    JOIN entry_split AS s ON s.company_id = e.company_id AND s.wallet_id = e.wallet_id AND s.seq = e.seq
    WHERE e.is_split AND s.grant_id IS NOT NULL
  ), drawn AS (
    SELECT p.wallet_id, p.grant_id, -sum(p.amount_micros) AS amount, max(ARRAY[p.seq, p.part]) FILTER (WHERE p.amount_micros < 0) AS last
    -- Credit that this usage's return brought as a new grant was not given back to that grant: its first part, if positive.
    FROM (SELECT a.*, row_number() OVER (PARTITION BY a.wallet_id, a.grant_id ORDER BY a.seq, a.part) AS nth FROM part AS a) AS p
    WHERE NOT (p.nth = 1 AND p.amount_micros > 0)
    GROUP BY p.wallet_id, p.grant_id HAVING sum(p.amount_micros) < 0
  )
  SELECT row_number() OVER (ORDER BY d.wallet_id = p_own AND p_own <> p_paid, d.last DESC),
    CASE WHEN d.wallet_id = p_paid OR (d.wallet_id = p_own AND g.kind <> 'general') THEN d.wallet_id END,
    d.grant_id, g.expires_at, d.amount::bigint
  FROM drawn AS d JOIN credit_grant AS g ON g.company_id = p_company AND g.wallet_id = d.wallet_id AND g.id = d.grant_id
$$;

-- Gives an amount of a usage back (R8): first to the present debt of its class where it is paid from, then to the grants
-- it drew from in reverse; what was debt and has been filled since comes back as new general credits. What belongs to a
-- grant whose period is over lapses again, unless p_keep has it come back as general credits. Answers the entries
-- written on the office's own and on the paying wallet.
CREATE FUNCTION ledger_return(
  p_book book, p_usage usage_record, p_amount bigint, p_type text, p_keep boolean, p_actor text, p_reason text, p_at timestamptz,
  OUT own_wallet_id bigint, OUT own_seq bigint, OUT paid_wallet_id bigint, OUT paid_seq bigint
) LANGUAGE plpgsql AS $$
DECLARE
  v_company bigint := p_book.company_id;
  v_route record := ledger_route(p_book, p_usage.office_id, p_usage.class);
  v_wallet wallet;
  v_debt bigint;
  v_rest bigint := p_amount;
  v_own_parts ledger_part[] := '{}';
  v_paid_parts ledger_part[] := '{}';
  v_lapses credit_grant[] := '{}';
  v_drawn record;
  v_give bigint;
  v_new record;
BEGIN
  SELECT * INTO v_wallet FROM wallet WHERE company_id = v_company AND id = v_route.paid;
  v_debt := least(v_rest, CASE p_usage.class WHEN 'ai' THEN v_wallet.debt_ai_micros ELSE v_wallet.debt_calls_micros END);
  IF v_debt > 0 THEN
    v_paid_parts := ARRAY[(NULL, p_usage.class, v_debt)::ledger_part];
    v_rest := v_rest - v_debt;
  END IF;
  FOR v_drawn IN
    SELECT * FROM ledger_drawn_by(v_company, p_usage.source, p_usage.external_id, v_route.own, v_route.paid) AS d
    WHERE d.wallet_id IS NOT NULL AND NOT (p_keep AND d.expires_at <= p_at - interval '6 hours') ORDER BY d.rank
  LOOP
    v_give := least(v_rest, v_drawn.amount);
    EXIT WHEN v_give = 0;
    v_rest := v_rest - v_give;
    IF v_drawn.wallet_id = v_route.paid THEN
      v_paid_parts := v_paid_parts || (v_drawn.grant_id, NULL, v_give)::ledger_part;
    ELSE
      v_own_parts := v_own_parts || (v_drawn.grant_id, NULL, v_give)::ledger_part;
    END IF;
  END LOOP;
  IF cardinality(v_paid_parts) > 0 THEN
    v_wallet := ledger_write_entry(v_wallet, p_type, p_usage.class, v_paid_parts, p_usage.source, p_usage.external_id, p_usage.office_id,
      p_actor, p_reason, p_usage.usage_at, p_at);
    paid_wallet_id := v_wallet.id;
    paid_seq := v_wallet.seq;
    -- What came back as general credits fills what the other class owes.
    v_wallet := ledger_fill_debt(v_wallet, p_usage.source, p_usage.external_id, p_actor, p_at);
  END IF;
  IF v_rest > 0 THEN
    v_new := ledger_add_grant(v_wallet, 'general', v_rest, '-infinity', 'infinity', p_type, p_usage.source, p_usage.external_id,
      p_actor, p_reason, p_at, 'refund');
    paid_wallet_id := v_wallet.id;
    paid_seq := coalesce(paid_seq, v_wallet.seq + 1);
  END IF;
  IF cardinality(v_own_parts) > 0 THEN
    SELECT * INTO v_wallet FROM wallet WHERE company_id = v_company AND id = v_route.own;
    v_wallet := ledger_write_entry(v_wallet, p_type, p_usage.class, v_own_parts, p_usage.source, p_usage.external_id, p_usage.office_id,
      p_actor, p_reason, p_usage.usage_at, p_at);
    own_wallet_id := v_wallet.id;
    own_seq := v_wallet.seq;
  END IF;
  FOR v_drawn IN
    SELECT g.wallet_id, g.id AS grant_id, p.amount_micros AS amount FROM unnest(v_paid_parts || v_own_parts) AS p
    JOIN credit_grant AS g ON g.company_id = v_company AND g.wallet_id IN (v_route.own, v_route.paid) AND g.id = p.grant_id
    WHERE g.expires_at <= p_at - interval '6 hours'
  LOOP
    PERFORM ledger_lapse_part(v_company, v_drawn.wallet_id, v_drawn.grant_id, v_drawn.amount, p_at);
  END LOOP;
END $$;

-- 11_correct.sql
-- What is known of a usage: its last revision.
CREATE FUNCTION ledger_find_usage(p_company bigint, p_source text, p_external_id text) RETURNS usage_record LANGUAGE plpgsql AS $$
DECLARE
  u usage_record;
BEGIN
  SELECT * INTO u FROM usage_record WHERE company_id = p_company AND source = p_source AND external_id = p_external_id
  ORDER BY revision DESC LIMIT 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'usage-unknown' USING ERRCODE = 'RF001', DETAIL = format('%s/%s', p_source, p_external_id);
  END IF;
  RETURN u;
END $$;

-- A usage as a draft of its next revision.
CREATE FUNCTION ledger_next_draft(p_book book, u usage_record) RETURNS ledger_draft LANGUAGE plpgsql AS $$
DECLARE
  v_route record := ledger_route(p_book, u.office_id, u.class);
BEGIN
  RETURN (1, u.source, u.external_id, u.revision + 1, u.office_id, u.department_id, u.member_id, u.class, u.category, u.direction,
    u.external_number, u.internal_number, u.usage_at, u.duration_ms, u.billed_seconds, u.quantity, u.cost_micros, u.price,
    ledger_usage_facts(u.class, u.category, u.direction, u.external_number, u.internal_number, u.usage_at, u.duration_ms, u.quantity),
    u.version,
    v_route.own, v_route.paid, u.usage_at)::ledger_draft;
END $$;

-- True where a usage of another time would draw from other bundles (R7).
CREATE FUNCTION ledger_sees_others(p_draft ledger_draft, p_usage_at timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF p_usage_at = p_draft.usage_at THEN
    RETURN false;
  END IF;
  RETURN EXISTS (
    SELECT FROM wallet AS w JOIN credit_grant AS g ON g.company_id = w.company_id AND g.wallet_id = w.id,
      LATERAL (VALUES (g.effective_at), (g.expires_at)) AS bound(at)
    WHERE w.id IN (p_draft.own_wallet_id, p_draft.paid_wallet_id)
      AND bound.at > least(p_usage_at, p_draft.usage_at) AND bound.at <= greatest(p_usage_at, p_draft.usage_at));
END $$;

-- Writes the next revision of a usage, moves it in the quarter-hour sums, and brings what was paid in line with it (R8).
-- Where the same wallets pay, only the difference is posted; where the office or class changed, or a bundle begins or ends
-- between the old time and the new, everything is given back and drawn anew. Usage draws at its own time, as if it had come now (R7).
CREATE FUNCTION ledger_revise_usage(
  p_book book, p_old usage_record, p_new usage_record, p_type text, p_keep boolean, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_old_draft ledger_draft := ledger_next_draft(p_book, p_old);
  v_drafts ledger_draft[] := ARRAY[ledger_next_draft(p_book, p_new)];
  v_is_moved boolean;
  v_back bigint;
  v_draw bigint;
  v_done record;
  v_own bigint;
  v_paid bigint;
  v_before wallet[] := ledger_wallets(p_book.company_id);
BEGIN
  v_drafts[1].revision := p_old.revision + 1;
  v_is_moved := (v_old_draft.own_wallet_id, v_old_draft.class) <> (v_drafts[1].own_wallet_id, v_drafts[1].class)
    OR ledger_sees_others(v_old_draft, v_drafts[1].usage_at);
  v_back := CASE WHEN v_is_moved THEN p_old.cost_micros ELSE greatest(p_old.cost_micros - p_new.cost_micros, 0) END;
  v_draw := CASE WHEN v_is_moved THEN p_new.cost_micros ELSE greatest(p_new.cost_micros - p_old.cost_micros, 0) END;
  IF v_back > 0 THEN
    v_done := ledger_return(p_book, p_old, v_back, p_type, p_keep, p_actor, p_reason, p_at);
    -- A record names the entries of the wallets that pay it now.
    v_own := CASE WHEN NOT v_is_moved THEN v_done.own_seq END;
    v_paid := CASE WHEN NOT v_is_moved THEN v_done.paid_seq END;
  END IF;
  IF v_draw > 0 THEN
    v_drafts := ledger_set_burn_times(p_book.company_id, v_drafts, p_at);
    v_done := ledger_draw_all(p_book, v_drafts, ARRAY[v_draw], p_at, p_actor, p_reason);
    v_own := v_done.own_seqs[1];
    v_paid := v_done.paid_seqs[1];
  END IF;
  PERFORM ledger_count_usage(p_book.company_id, ARRAY[v_old_draft], -1);
  PERFORM ledger_record_usage(p_book.company_id, v_drafts, ARRAY[v_own], ARRAY[v_paid], p_at);
  PERFORM ledger_note_crossings(v_before);
  RETURN jsonb_build_object('revision', p_old.revision + 1, 'returnedMicros', v_back::text, 'drawnMicros', v_draw::text,
    'actor', p_actor, 'reason', p_reason);
END $$;

-- Keeps that a newer version of a usage said the same. Nothing else changes.
CREATE FUNCTION ledger_confirm_usage(p_book book, p_old usage_record, p_version bigint, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_new usage_record := p_old;
BEGIN
  v_new.version := p_version;
  PERFORM ledger_revise_usage(p_book, p_old, v_new, 'correction', false, NULL, NULL, p_at) WHERE p_version > p_old.version;
END $$;

-- Gives a usage other facts and another cost, once for its key. With a version it is what the sender says now: it is
-- stale where that version, or a newer one, is booked (R23), and its facts are the sender's alone. Without one it is an
-- operator's, and what is booked stays the sender's version.
CREATE FUNCTION ledger_correct_usage(
  p_company bigint, p_usage usage_record, p_force boolean, p_key text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  u usage_record := p_usage;
  v_facts bigint := CASE WHEN u.version IS NULL THEN hash_record_extended(u, 0) ELSE hash_record_extended(ROW(u.source, u.external_id,
    u.version, ledger_usage_facts(u.class, u.category, u.direction, u.external_number, u.internal_number, u.usage_at, u.duration_ms,
    u.quantity)), 0) END;
  v_answer jsonb := ledger_replay(p_company, p_key, 'correct-usage', v_facts);
  v_old usage_record;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_old := ledger_find_usage(p_company, u.source, u.external_id);
  IF u.version <= v_old.version THEN
    RETURN jsonb_build_object('outcome', 'stale', 'bookedVersion', v_old.version::text);
  END IF;
  IF u.usage_at <> v_old.usage_at AND NOT p_force
    AND (u.usage_at > p_at + interval '5 minutes' OR u.usage_at < p_at - interval '35 days') THEN
    RAISE EXCEPTION 'usage-time' USING ERRCODE = 'RF001', DETAIL = format('%s/%s at %s', u.source, u.external_id, u.usage_at);
  END IF;
  u.version := coalesce(u.version, v_old.version);
  u.office_id := ledger_known_office(v_book, u.office_id);
  RETURN ledger_remember(p_company, p_key, 'correct-usage', v_facts,
    ledger_revise_usage(v_book, v_old, u, 'correction', false, p_actor, p_reason, p_at), p_at);
END $$;

-- Gives back part of what a usage cost (null: all of it), once for its key.
CREATE FUNCTION ledger_refund_usage(
  p_company bigint, p_source text, p_external_id text, p_amount bigint, p_keep boolean, p_key text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_source, p_external_id, p_amount, p_keep), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'refund-usage', v_facts);
  v_old usage_record;
  v_new usage_record;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_old := ledger_find_usage(p_company, p_source, p_external_id);
  v_new := v_old;
  v_new.cost_micros := v_old.cost_micros - coalesce(p_amount, v_old.cost_micros);
  IF v_new.cost_micros < 0 OR v_new.cost_micros >= v_old.cost_micros THEN
    RAISE EXCEPTION 'refund-too-large' USING ERRCODE = 'RF001', DETAIL = format('%s/%s costs %s', p_source, p_external_id, v_old.cost_micros);
  END IF;
  RETURN ledger_remember(p_company, p_key, 'refund-usage', v_facts,
    ledger_revise_usage(v_book, v_old, v_new, 'refund', p_keep, p_actor, p_reason, p_at), p_at);
END $$;

-- 12_holds.sql
-- What a class can spend of a wallet at a moment: as ledger_available, without bundles that are over but not yet lapsed,
-- or have not begun.
CREATE FUNCTION ledger_spendable(w wallet, p_class text, p_at timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT ledger_available(w, p_class) - coalesce((
    SELECT sum(g.remaining_micros) FROM credit_grant AS g
    WHERE g.company_id = w.company_id AND g.wallet_id = w.id AND g.is_open AND NOT (g.effective_at <= p_at AND p_at < g.expires_at)
      AND g.kind IN ('general', CASE p_class WHEN 'ai' THEN 'ai' ELSE 'calling' END)), 0)::bigint
$$;

-- Finds room for a further amount to hold: where credits are shared, in the office's own bundle first, then behind it.
-- Null where there is not enough.
CREATE FUNCTION ledger_find_room(
  p_company bigint, p_own bigint, p_paid bigint, p_class text, p_amount bigint, p_at timestamptz, OUT own_part bigint, OUT paid_part bigint
) LANGUAGE plpgsql AS $$
DECLARE
  v_own wallet;
  v_paid wallet;
BEGIN
  own_part := 0;
  SELECT * INTO v_paid FROM wallet WHERE company_id = p_company AND id = p_paid;
  IF p_own <> p_paid THEN
    SELECT * INTO v_own FROM wallet WHERE company_id = p_company AND id = p_own;
    -- An office's wallet has nothing but bundles while credits are shared, so this is what is free of its own bundle.
    own_part := least(p_amount, greatest(ledger_spendable(v_own, p_class, p_at), 0));
  END IF;
  paid_part := p_amount - own_part;
  IF paid_part > greatest(ledger_spendable(v_paid, p_class, p_at), 0) THEN
    own_part := NULL;
    paid_part := NULL;
  END IF;
END $$;

-- Adds to what wallets hold for a class (takes away where negative).
CREATE FUNCTION ledger_move_held(p_company bigint, p_class text, p_own bigint, p_own_part bigint, p_paid bigint, p_paid_part bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE wallet AS w
  SET held_calls_micros = w.held_calls_micros + CASE p_class WHEN 'calls' THEN d.amount ELSE 0 END,
    held_ai_micros = w.held_ai_micros + CASE p_class WHEN 'ai' THEN d.amount ELSE 0 END
  FROM (SELECT v.id, sum(v.amount)::bigint AS amount FROM (VALUES (p_own, p_own_part), (p_paid, p_paid_part)) AS v(id, amount)
    GROUP BY v.id) AS d
  WHERE w.company_id = p_company AND w.id = d.id AND d.amount <> 0;
END $$;

-- Writes a hold as it is now, sealed.
CREATE FUNCTION ledger_save_hold(h hold) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  h.seal := seal_of(h);
  UPDATE hold SET state = h.state, own_wallet_id = h.own_wallet_id, own_micros = h.own_micros, paid_wallet_id = h.paid_wallet_id,
    paid_micros = h.paid_micros, expires_at = h.expires_at, resolved_at = h.resolved_at, seal = h.seal
  WHERE company_id = h.company_id AND key = h.key;
END $$;

CREATE FUNCTION ledger_find_hold(p_company bigint, p_key text) RETURNS hold LANGUAGE plpgsql AS $$
DECLARE
  h hold;
BEGIN
  SELECT * INTO h FROM hold WHERE company_id = p_company AND key = p_key;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'hold-unknown' USING ERRCODE = 'RF001', DETAIL = format('hold %s', p_key);
  END IF;
  RETURN h;
END $$;

-- Keeps an amount of a class back, once for its key. Answers 'refused' where there is not enough; that is not remembered.
CREATE FUNCTION ledger_place_hold(
  p_company bigint, p_key text, p_office bigint, p_class text, p_amount bigint, p_expires timestamptz, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_office, p_class, p_amount, p_expires), 0);
  v_answer jsonb := ledger_replay(p_company, 'hold:' || p_key, 'place-hold', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
  v_route record;
  v_room record;
  h hold;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_route := ledger_route(v_book, p_office, p_class);
  v_room := ledger_find_room(p_company, v_route.own, v_route.paid, p_class, p_amount, p_at);
  IF v_room.paid_part IS NULL THEN
    RETURN '{"outcome": "refused"}';
  END IF;
  h := (p_company, p_key, p_class, p_office, 'open', v_route.own, v_room.own_part, v_route.paid, v_room.paid_part, p_at, p_expires, NULL, 0);
  h.seal := seal_of(h);
  INSERT INTO hold SELECT (h).*;
  PERFORM ledger_move_held(p_company, p_class, h.own_wallet_id, h.own_micros, h.paid_wallet_id, h.paid_micros);
  PERFORM ledger_note_crossings(v_before);
  RETURN ledger_remember(p_company, 'hold:' || p_key, 'place-hold', v_facts, '{}', p_at);
END $$;

-- Has an open hold keep a larger amount, for longer. Saying the same again changes nothing.
CREATE FUNCTION ledger_extend_hold(p_company bigint, p_key text, p_amount bigint, p_expires timestamptz, p_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet[] := ledger_wallets(p_company);
  h hold := ledger_find_hold(p_company, p_key);
  v_more bigint := greatest(p_amount - h.own_micros - h.paid_micros, 0);
  v_room record;
BEGIN
  IF h.state <> 'open' THEN
    RAISE EXCEPTION 'hold-resolved' USING ERRCODE = 'RF001', DETAIL = format('hold %s is %s', p_key, h.state);
  END IF;
  IF v_more = 0 AND p_expires <= h.expires_at THEN
    RETURN '{"outcome": "duplicate"}';
  END IF;
  v_room := ledger_find_room(p_company, h.own_wallet_id, h.paid_wallet_id, h.class, v_more, p_at);
  IF v_more > 0 AND v_room.paid_part IS NULL THEN
    RETURN '{"outcome": "refused"}';
  END IF;
  h.own_micros := h.own_micros + coalesce(v_room.own_part, 0);
  h.paid_micros := h.paid_micros + coalesce(v_room.paid_part, 0);
  h.expires_at := greatest(h.expires_at, p_expires);
  PERFORM ledger_save_hold(h);
  PERFORM ledger_move_held(p_company, h.class, h.own_wallet_id, coalesce(v_room.own_part, 0), h.paid_wallet_id, coalesce(v_room.paid_part, 0));
  PERFORM ledger_note_crossings(v_before);
  RETURN '{"outcome": "posted"}';
END $$;

-- Ends a hold: what it kept is free again.
CREATE FUNCTION ledger_end_hold(h hold, p_state text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF h.state = 'open' THEN
    PERFORM ledger_move_held(h.company_id, h.class, h.own_wallet_id, -h.own_micros, h.paid_wallet_id, -h.paid_micros);
  END IF;
  h.state := p_state;
  h.resolved_at := p_at;
  PERFORM ledger_save_hold(h);
END $$;

-- Frees an open hold without usage.
CREATE FUNCTION ledger_release_hold(p_company bigint, p_key text, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet[] := ledger_wallets(p_company);
  h hold := ledger_find_hold(p_company, p_key);
BEGIN
  IF h.state = 'released' THEN
    RETURN '{"outcome": "duplicate"}';
  ELSIF h.state <> 'open' THEN
    RAISE EXCEPTION 'hold-resolved' USING ERRCODE = 'RF001', DETAIL = format('hold %s is %s', p_key, h.state);
  END IF;
  PERFORM ledger_end_hold(h, 'released', p_at);
  PERFORM ledger_note_crossings(v_before);
  RETURN '{"outcome": "posted"}';
END $$;

-- Frees every hold whose time is over. Its usage may still come.
CREATE FUNCTION ledger_expire_holds(p_company bigint, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet[] := ledger_wallets(p_company);
  h hold;
  v_keys jsonb := '[]';
BEGIN
  FOR h IN SELECT * FROM hold WHERE company_id = p_company AND state = 'open' AND expires_at <= p_at ORDER BY expires_at, key LOOP
    PERFORM ledger_end_hold(h, 'expired', p_at);
    v_keys := v_keys || to_jsonb(h.key);
  END LOOP;
  PERFORM ledger_note_crossings(v_before);
  RETURN v_keys;
END $$;

-- Charges what a hold was for under the usage's own key, and frees the hold, also where it was more or had expired. A
-- usage that is not booked leaves the hold as it is.
CREATE FUNCTION ledger_settle_hold(p_company bigint, p_key text, p_usage usage_record, p_at timestamptz) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  h hold := ledger_find_hold(p_company, p_key);
  v_settled text := p_usage.source || '/' || p_usage.external_id;
  v_known text;
  v_before wallet[] := ledger_wallets(p_company);
  v_done record;
  u usage_record := p_usage;
BEGIN
  SELECT p.result->>'usage' INTO v_known FROM posting AS p WHERE p.company_id = p_company AND p.key = 'settle:' || p_key;
  IF h.state = 'released' OR v_known <> v_settled THEN
    RAISE EXCEPTION 'hold-resolved' USING ERRCODE = 'RF001', DETAIL = format('hold %s is %s', p_key, h.state);
  END IF;
  v_done := ledger_post_usage(p_company, p_at, false, ARRAY[u.source], ARRAY[u.external_id], ARRAY[u.office_id], ARRAY[u.department_id],
    ARRAY[u.member_id], ARRAY[u.class], ARRAY[u.category], ARRAY[u.direction], ARRAY[u.external_number], ARRAY[u.internal_number],
    ARRAY[u.usage_at], ARRAY[u.duration_ms], ARRAY[u.billed_seconds], ARRAY[u.quantity], ARRAY[u.cost_micros], ARRAY[u.price], ARRAY[u.version]);
  IF v_known IS NULL AND v_done.outcomes[1] IN ('posted', 'duplicate') THEN
    PERFORM ledger_end_hold(h, 'settled', p_at);
    PERFORM ledger_remember(p_company, 'settle:' || p_key, 'settle-hold', 0, jsonb_build_object('usage', v_settled), p_at);
    PERFORM ledger_note_crossings(v_before);
  END IF;
  RETURN jsonb_strip_nulls(jsonb_build_object('outcome', v_done.outcomes[1], 'reason', v_done.reasons[1],
    'bookedVersion', v_done.booked[1]::text));
END $$;

-- 13_scope.sql
-- Moves an amount of a grant to another wallet as a grant of its own that refers to the old one.
CREATE FUNCTION ledger_move_grant(
  p_company bigint, p_from bigint, p_to bigint, p_grant bigint, p_amount bigint, p_actor text, p_reason text, p_at timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  w wallet;
  g credit_grant;
BEGIN
  SELECT * INTO w FROM wallet WHERE company_id = p_company AND id = p_from;
  PERFORM ledger_write_entry(w, 'move', NULL, ARRAY[(p_grant, NULL, -p_amount)::ledger_part], 'move', p_grant::text, w.office_id,
    p_actor, p_reason, NULL, p_at);
  SELECT * INTO g FROM credit_grant WHERE company_id = p_company AND wallet_id = p_from AND id = p_grant;
  SELECT * INTO w FROM wallet WHERE company_id = p_company AND id = p_to;
  PERFORM ledger_add_grant(w, g.kind, p_amount, g.effective_at, g.expires_at, 'move', 'move', p_grant::text, p_actor, p_reason, p_at);
END $$;

-- Moves what a wallet owes to another one.
CREATE FUNCTION ledger_move_debt(p_company bigint, p_from bigint, p_to bigint, p_actor text, p_reason text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_from wallet;
  v_to wallet;
  v_debt record;
BEGIN
  FOR v_debt IN
    SELECT v.class, v.amount FROM wallet AS w, LATERAL (VALUES ('calls', w.debt_calls_micros), ('ai', w.debt_ai_micros)) AS v(class, amount)
    WHERE w.company_id = p_company AND w.id = p_from AND v.amount > 0
  LOOP
    SELECT * INTO v_from FROM wallet WHERE company_id = p_company AND id = p_from;
    PERFORM ledger_write_entry(v_from, 'move', v_debt.class, ARRAY[(NULL, v_debt.class, v_debt.amount)::ledger_part], 'move', p_to::text,
      v_from.office_id, p_actor, p_reason, NULL, p_at);
    SELECT * INTO v_to FROM wallet WHERE company_id = p_company AND id = p_to;
    PERFORM ledger_write_entry(v_to, 'move', v_debt.class, ARRAY[(NULL, v_debt.class, -v_debt.amount)::ledger_part], 'move', p_from::text,
      v_from.office_id, p_actor, p_reason, NULL, p_at);
  END LOOP;
END $$;

-- Open holds follow the credits: the pool stands behind the office's own bundle, or the office's wallet behind itself.
CREATE FUNCTION ledger_reroute_holds(p_book book, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  h hold;
  v_route record;
  v_old hold;
BEGIN
  FOR h IN SELECT * FROM hold WHERE company_id = p_book.company_id AND state = 'open' ORDER BY key LOOP
    v_old := h;
    v_route := ledger_route(p_book, h.office_id, h.class);
    h.own_wallet_id := v_route.own;
    h.paid_wallet_id := v_route.paid;
    IF NOT p_book.pooled THEN
      h.paid_micros := h.own_micros + h.paid_micros;
      h.own_micros := 0;
    END IF;
    PERFORM ledger_save_hold(h);
    PERFORM ledger_move_held(h.company_id, h.class, v_old.own_wallet_id, -v_old.own_micros, v_old.paid_wallet_id, -v_old.paid_micros);
    PERFORM ledger_move_held(h.company_id, h.class, h.own_wallet_id, h.own_micros, h.paid_wallet_id, h.paid_micros);
  END LOOP;
END $$;

-- Brings all offices' general credits and debts together in the pool, debts first, so that they are filled at once.
CREATE FUNCTION ledger_pool_credits(p_book book, p_actor text, p_reason text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_wallet bigint;
  g credit_grant;
BEGIN
  FOR v_wallet IN SELECT id FROM wallet WHERE company_id = p_book.company_id AND id <> p_book.pool_wallet_id ORDER BY id LOOP
    PERFORM ledger_move_debt(p_book.company_id, v_wallet, p_book.pool_wallet_id, p_actor, p_reason, p_at);
  END LOOP;
  FOR g IN
    SELECT * FROM credit_grant
    WHERE company_id = p_book.company_id AND wallet_id <> p_book.pool_wallet_id AND kind = 'general' AND is_open ORDER BY created_at, id
  LOOP
    PERFORM ledger_move_grant(p_book.company_id, g.wallet_id, p_book.pool_wallet_id, g.id, g.remaining_micros, p_actor, p_reason, p_at);
  END LOOP;
END $$;

-- Deals the pool's general credits out to offices as p_allocation says ([{"officeId", "micros"}], exactly what is there,
-- oldest first), after its debts and bundles went to the primary office.
CREATE FUNCTION ledger_deal_credits(p_book book, p_allocation jsonb, p_actor text, p_reason text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_pool wallet;
  v_share record;
  v_wallet bigint;
  v_piece record;
  g credit_grant;
BEGIN
  SELECT * INTO v_pool FROM wallet WHERE company_id = p_book.company_id AND id = p_book.pool_wallet_id;
  IF v_pool.general_micros <> coalesce((SELECT sum((a->>'micros')::bigint) FROM jsonb_array_elements(p_allocation) AS a), 0)
    OR EXISTS (SELECT FROM jsonb_array_elements(p_allocation) AS a WHERE (a->>'micros')::bigint < 0) THEN
    RAISE EXCEPTION 'allocation-mismatch' USING ERRCODE = 'RF001', DETAIL = format('the pool has %s', v_pool.general_micros);
  END IF;
  PERFORM ledger_move_debt(p_book.company_id, p_book.pool_wallet_id, p_book.primary_wallet_id, p_actor, p_reason, p_at);
  FOR g IN
    SELECT * FROM credit_grant WHERE company_id = p_book.company_id AND wallet_id = p_book.pool_wallet_id AND kind <> 'general' AND is_open
    ORDER BY expires_at, created_at, id
  LOOP
    PERFORM ledger_move_grant(p_book.company_id, g.wallet_id, p_book.primary_wallet_id, g.id, g.remaining_micros, p_actor, p_reason, p_at);
  END LOOP;
  FOR v_share IN
    SELECT (a->>'officeId')::bigint AS office_id, sum((a->>'micros')::bigint)::bigint AS amount FROM jsonb_array_elements(p_allocation) AS a
    GROUP BY 1 HAVING sum((a->>'micros')::bigint) > 0 ORDER BY 1
  LOOP
    SELECT id INTO v_wallet FROM wallet WHERE company_id = p_book.company_id AND office_id = v_share.office_id;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'office-unknown' USING ERRCODE = 'RF001', DETAIL = format('office %s has no wallet', v_share.office_id);
    END IF;
    FOR v_piece IN
      SELECT s.id, least(s.remaining_micros, v_share.amount - (s.high - s.remaining_micros)) AS amount
      FROM (
        SELECT id, remaining_micros, (sum(remaining_micros) OVER (ORDER BY created_at, id))::bigint AS high FROM credit_grant
        WHERE company_id = p_book.company_id AND wallet_id = p_book.pool_wallet_id AND kind = 'general' AND is_open
      ) AS s WHERE s.high - s.remaining_micros < v_share.amount ORDER BY s.high
    LOOP
      PERFORM ledger_move_grant(p_book.company_id, p_book.pool_wallet_id, v_wallet, v_piece.id, v_piece.amount, p_actor, p_reason, p_at);
    END LOOP;
  END LOOP;
END $$;

-- Shares a company's credits, or deals them out to its offices, by entries of type move, once for its key (R5). What was
-- posted stays where it is.
CREATE FUNCTION ledger_set_pooled(
  p_company bigint, p_pooled boolean, p_allocation jsonb, p_key text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_pooled, p_allocation), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'set-pooled', v_facts);
  v_before wallet[] := ledger_wallets(p_company);
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  IF v_book.pooled <> p_pooled THEN
    v_book.pooled := p_pooled;
    v_book.seal := seal_of(v_book);
    UPDATE book SET pooled = v_book.pooled, seal = v_book.seal WHERE company_id = p_company;
    IF p_pooled THEN
      PERFORM ledger_pool_credits(v_book, p_actor, p_reason, p_at);
    ELSE
      PERFORM ledger_deal_credits(v_book, p_allocation, p_actor, p_reason, p_at);
    END IF;
    PERFORM ledger_reroute_holds(v_book, p_at);
    PERFORM ledger_note_crossings(v_before);
  END IF;
  RETURN ledger_remember(p_company, p_key, 'set-pooled', v_facts, jsonb_build_object('pooled', p_pooled), p_at);
END $$;

-- Sets levels below which a job is woken, by class ({"calls": micros, "ai": null, "general": micros}; null: not watched;
-- what is not named stays), and wakes it at once where it is below already.
CREATE FUNCTION ledger_set_watch(p_company bigint, p_wallet bigint, p_levels jsonb) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_before wallet;
  w wallet;
BEGIN
  SELECT * INTO v_before FROM wallet WHERE company_id = p_company AND id = p_wallet;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'wallet-unknown' USING ERRCODE = 'RF001', DETAIL = format('wallet %s', p_wallet);
  END IF;
  w := v_before;
  w.watch_calls_micros := CASE WHEN p_levels ? 'calls' THEN (p_levels->>'calls')::bigint ELSE w.watch_calls_micros END;
  w.watch_ai_micros := CASE WHEN p_levels ? 'ai' THEN (p_levels->>'ai')::bigint ELSE w.watch_ai_micros END;
  w.watch_general_micros := CASE WHEN p_levels ? 'general' THEN (p_levels->>'general')::bigint ELSE w.watch_general_micros END;
  UPDATE wallet SET watch_calls_micros = w.watch_calls_micros, watch_ai_micros = w.watch_ai_micros,
    watch_general_micros = w.watch_general_micros, seal = seal_of(w)
  WHERE company_id = p_company AND id = p_wallet;
  PERFORM ledger_note_crossings(ARRAY[v_before]);
END $$;

-- 14_reads.sql
-- The last entry of a wallet posted at an instant or before, 0 where there was none. Within a wallet posting times never
-- go back, so halving finds it.
CREATE FUNCTION ledger_seq_at(p_company bigint, p_wallet bigint, p_instant timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_low bigint := 0;
  v_high bigint;
  v_middle bigint;
BEGIN
  SELECT coalesce(max(e.seq), 0) INTO v_high FROM entry AS e WHERE e.company_id = p_company AND e.wallet_id = p_wallet;
  WHILE v_low < v_high LOOP
    v_middle := (v_low + v_high + 1) / 2;
    IF (SELECT e.posted_at FROM entry AS e WHERE e.company_id = p_company AND e.wallet_id = p_wallet AND e.seq = v_middle) <= p_instant THEN
      v_low := v_middle;
    ELSE
      v_high := v_middle - 1;
    END IF;
  END LOOP;
  RETURN v_low;
END $$;
