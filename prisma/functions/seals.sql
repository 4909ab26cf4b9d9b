-- A row's seal is a checksum: the hash of the columns listed here, with 0 where the seal stands, under its version as
-- the seed (0 for the first). It finds accidents and edits around the ledger, not a forger, who can compute it. Columns
-- are listed by name, so one that is added later breaks no row; it comes with a further version that lists it, too, and
-- rows of the version before stay sealed as they are while the new column is empty. The writers compute the present
-- version inline, from the same columns in the same order; verify asks these. Those of tables with millions of rows are
-- in SQL, so that they become part of the statement that goes through the table.
CREATE OR REPLACE FUNCTION seal_of(p_row entry) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hash_record_extended(ROW(
    p_row.company_id, p_row.wallet_id, p_row.seq, p_row.type, p_row.class, p_row.amount_micros,
    p_row.balance_after_micros, p_row.general_after_micros, p_row.calling_after_micros, p_row.ai_after_micros,
    p_row.debt_calls_after_micros, p_row.debt_ai_after_micros, p_row.grant_id, p_row.is_split, p_row.source,
    p_row.reference, p_row.office_id, p_row.actor, p_row.reason, p_row.usage_at, p_row.posted_at, 0::bigint), 0)
$$;

CREATE OR REPLACE FUNCTION seal_of(p_row entry_split) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hash_record_extended(ROW(
    p_row.company_id, p_row.wallet_id, p_row.seq, p_row.part, p_row.grant_id, p_row.debt_class, p_row.amount_micros,
    0::bigint), 0)
$$;

-- Version 1 lists the digest of the numbers in place of the numbers, which may be erased, and not the facts, which are
-- forgotten. A row without a digest is one of the version before, not converted yet.
CREATE OR REPLACE FUNCTION seal_of(p_row usage_record) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN p_row.numbers_digest IS NULL THEN hash_record_extended(ROW(
    p_row.company_id, p_row.source, p_row.external_id, p_row.revision, p_row.office_id, p_row.department_id,
    p_row.member_id, p_row.class, p_row.category, p_row.direction, p_row.external_number, p_row.internal_number,
    p_row.usage_at, p_row.duration_ms, p_row.billed_seconds, p_row.quantity, p_row.cost_micros, p_row.price,
    p_row.facts, p_row.version, p_row.own_wallet_id, p_row.own_seq, p_row.paid_wallet_id, p_row.paid_seq,
    p_row.posted_at, 0::bigint), 0)
  ELSE hash_record_extended(ROW(
    p_row.company_id, p_row.source, p_row.external_id, p_row.revision, p_row.office_id, p_row.department_id,
    p_row.member_id, p_row.class, p_row.category, p_row.direction, p_row.usage_at, p_row.duration_ms,
    p_row.billed_seconds, p_row.quantity, p_row.cost_micros, p_row.price, p_row.version, p_row.own_wallet_id,
    p_row.own_seq, p_row.paid_wallet_id, p_row.paid_seq, p_row.posted_at, 0::bigint, p_row.numbers_digest), 1) END
$$;

CREATE OR REPLACE FUNCTION seal_of(p_row posting) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hash_record_extended(ROW(
    p_row.company_id, p_row.key, p_row.operation, p_row.facts, p_row.result, p_row.posted_at, 0::bigint), 0)
$$;

-- Version 1 lists the member and the department that it is for, too.
CREATE OR REPLACE FUNCTION seal_of(p_row hold) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  v_first bigint := hash_record_extended(ROW(
    p_row.company_id, p_row.key, p_row.class, p_row.office_id, p_row.state, p_row.own_wallet_id, p_row.own_micros,
    p_row.paid_wallet_id, p_row.paid_micros, p_row.placed_at, p_row.expires_at, p_row.resolved_at, 0::bigint), 0);
BEGIN
  IF p_row.seal = v_first AND p_row.member_id IS NULL AND p_row.department_id IS NULL THEN
    RETURN v_first;
  END IF;
  RETURN hash_record_extended(ROW(
    p_row.company_id, p_row.key, p_row.class, p_row.office_id, p_row.state, p_row.own_wallet_id, p_row.own_micros,
    p_row.paid_wallet_id, p_row.paid_micros, p_row.placed_at, p_row.expires_at, p_row.resolved_at, 0::bigint,
    p_row.member_id, p_row.department_id), 1);
END $$;

-- Version 1 lists up to where its days are closed, too.
CREATE OR REPLACE FUNCTION seal_of(p_row book) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF p_row.closed_until = '-infinity' THEN
    RETURN hash_record_extended(ROW(
      p_row.company_id, p_row.pooled, p_row.pool_wallet_id, p_row.primary_wallet_id, p_row.created_at, 0::bigint,
      p_row.summed_until), 0);
  END IF;
  RETURN hash_record_extended(ROW(
    p_row.company_id, p_row.pooled, p_row.pool_wallet_id, p_row.primary_wallet_id, p_row.created_at, 0::bigint,
    p_row.summed_until, p_row.closed_until), 1);
END $$;

CREATE OR REPLACE FUNCTION seal_of(p_row wallet_summed) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN hash_record_extended(ROW(
    p_row.company_id, p_row.wallet_id, p_row.seq, 0::bigint), 0);
END $$;

-- What is left of a grant changes with every usage, and is recomputed by verify instead.
CREATE OR REPLACE FUNCTION seal_of(p_row credit_grant) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hash_record_extended(ROW(
    p_row.company_id, p_row.wallet_id, p_row.id, p_row.kind, p_row.amount_micros, 0::bigint, p_row.effective_at,
    p_row.expires_at, NULL::boolean, p_row.source, p_row.reference, p_row.created_at, 0::bigint), 0)
$$;

-- Balances, debts, holds and the last seq are recomputed by verify instead.
CREATE OR REPLACE FUNCTION seal_of(p_row wallet) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN hash_record_extended(ROW(
    p_row.company_id, p_row.id, p_row.office_id, p_row.watch_calls_micros, p_row.watch_ai_micros,
    p_row.watch_general_micros, p_row.created_at), 0);
END $$;
