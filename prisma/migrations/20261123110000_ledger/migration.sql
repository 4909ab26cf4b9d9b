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
  facts            bigint NOT NULL,
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
CREATE INDEX usage_record_member ON usage_record (company_id, member_id, usage_at);

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
    ROW(r.company_id, r.id, r.office_id, r.watch_calls_micros, r.watch_ai_micros, r.created_at), 0);
END $$;

-- 02_book.sql
-- Locks a company's book and returns it. Every function that posts begins here: it is the only lock of the ledger,
-- so there is no order of locks to get wrong, and what is read after it is the truth until the transaction ends.
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
    debt_ai_micros, held_calls_micros, held_ai_micros, seq, watch_calls_micros, watch_ai_micros, created_at, seal)
  SELECT p_company, o.office_id, 0, 0, 0, 0, 0, 0, 0, 0, p_watch, NULL, p_at, 0
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

-- Has people told when a class of a wallet went below its watch level, or came back. Only wakes the job that decides.
CREATE FUNCTION ledger_note_crossing(p_before wallet, p_after wallet) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_class text;
BEGIN
  FOREACH v_class IN ARRAY ARRAY['calls', 'ai'] LOOP
    IF ledger_is_low(p_before, v_class) IS DISTINCT FROM ledger_is_low(p_after, v_class) THEN
      PERFORM graphile_worker.add_job('watch-balance',
        json_build_object('companyId', p_after.company_id::text, 'walletId', p_after.id::text, 'class', v_class),
        queue_name => format('watch:%s:%s', p_after.company_id, p_after.id),
        job_key => format('watch-balance:%s:%s:%s', p_after.company_id, p_after.id, v_class));
    END IF;
  END LOOP;
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

-- Null where the class is not watched.
CREATE FUNCTION ledger_is_low(w wallet, p_class text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT ledger_available(w, p_class) < CASE p_class WHEN 'calls' THEN w.watch_calls_micros ELSE w.watch_ai_micros END
$$;

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

-- Puts a new grant into a wallet: an entry for the credit and, where something is owed, one of amount 0 that moves
-- part of it to the debt.
CREATE FUNCTION ledger_add_grant(
  p_wallet wallet, p_kind text, p_amount bigint, p_effective timestamptz, p_expires timestamptz, p_type text,
  p_source text, p_reference text, p_actor text, p_reason text, p_at timestamptz,
  OUT after wallet, OUT grant_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
  v_fill record;
BEGIN
  grant_id := nextval(pg_get_serial_sequence('credit_grant', 'id'));
  INSERT INTO credit_grant OVERRIDING SYSTEM VALUE
  VALUES (p_wallet.company_id, p_wallet.id, grant_id, p_kind, p_amount, 0, p_effective, p_expires, false, p_source, p_reference, p_at,
    hash_record_extended(ROW(p_wallet.company_id, p_wallet.id, grant_id, p_kind, p_amount, 0::bigint, p_effective, p_expires,
      NULL::boolean, p_source, p_reference, p_at, 0::bigint), 0));
  after := ledger_write_entry(p_wallet, p_type, NULL, ARRAY[(grant_id, NULL, p_amount)::ledger_part],
    p_source, p_reference, p_wallet.office_id, p_actor, p_reason, NULL, p_at);
  v_fill := ledger_plan_fill(after, p_kind, p_amount);
  IF v_fill.calls + v_fill.ai > 0 THEN
    after := ledger_write_entry(after, 'fill', NULL,
      ARRAY[(grant_id, NULL, -(v_fill.calls + v_fill.ai))::ledger_part]
        || CASE WHEN v_fill.calls > 0 THEN ARRAY[(NULL, 'calls', v_fill.calls)::ledger_part] ELSE '{}' END
        || CASE WHEN v_fill.ai > 0 THEN ARRAY[(NULL, 'ai', v_fill.ai)::ledger_part] ELSE '{}' END,
      p_source, p_reference, p_wallet.office_id, p_actor, 'Fills what was owed', NULL, p_at);
  END IF;
END $$;

-- Which wallet a kind of credit belongs to: AI bundles to the primary office, general credits of a pooled company to
-- the pool, everything else to the office named (null: the pool). See R5.
CREATE FUNCTION ledger_credit_wallet(p_book book, p_office bigint, p_kind text) RETURNS wallet LANGUAGE plpgsql AS $$
DECLARE
  w wallet;
BEGIN
  IF p_kind = 'ai' THEN
    SELECT * INTO w FROM wallet WHERE company_id = p_book.company_id AND id = p_book.primary_wallet_id;
  ELSIF p_book.pooled AND (p_kind = 'general' OR p_office IS NULL) THEN
    SELECT * INTO w FROM wallet WHERE company_id = p_book.company_id AND id = p_book.pool_wallet_id;
  ELSIF p_office IS NULL THEN
    RAISE EXCEPTION 'office-needed' USING ERRCODE = 'RF001', DETAIL = 'credits are not shared: name the office';
  ELSE
    SELECT * INTO w FROM wallet WHERE company_id = p_book.company_id AND office_id = p_office;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'office-unknown' USING ERRCODE = 'RF001', DETAIL = format('office %s has no wallet', p_office);
    END IF;
  END IF;
  RETURN w;
END $$;

-- Credits an amount, once for its key.
CREATE FUNCTION ledger_grant(
  p_company bigint, p_office bigint, p_kind text, p_amount bigint, p_effective timestamptz, p_expires timestamptz,
  p_key text, p_source text, p_reference text, p_actor text, p_reason text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_book book := ledger_lock_book(p_company);
  v_facts bigint := hash_record_extended(ROW(p_office, p_kind, p_amount, p_effective, p_expires, p_source, p_reference), 0);
  v_answer jsonb := ledger_replay(p_company, p_key, 'grant', v_facts);
  v_before wallet;
  v_done record;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_before := ledger_credit_wallet(v_book, p_office, p_kind);
  v_done := ledger_add_grant(v_before, p_kind, p_amount, p_effective, p_expires, 'grant', p_source, p_reference, p_actor, p_reason, p_at);
  PERFORM ledger_note_crossing(v_before, v_done.after);
  RETURN ledger_remember(p_company, p_key, 'grant', v_facts,
    jsonb_build_object('walletId', (v_done.after).id::text, 'seq', (v_before.seq + 1)::text, 'grantId', v_done.grant_id::text), p_at);
END $$;
