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

CREATE FUNCTION seal_of(r wallet_summed) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
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
