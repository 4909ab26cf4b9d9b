-- A row's seal is the hash of the row with its seal at zero (for a grant and a wallet: of what never changes by
-- posting). The writers compute it inline, from the same columns in the same order; verify asks these.
CREATE OR REPLACE FUNCTION seal_of(p_row entry) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  p_row.seal := 0;
  RETURN hash_record_extended(p_row, 0);
END $$;

CREATE OR REPLACE FUNCTION seal_of(p_row entry_split) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  p_row.seal := 0;
  RETURN hash_record_extended(p_row, 0);
END $$;

CREATE OR REPLACE FUNCTION seal_of(p_row usage_record) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  p_row.seal := 0;
  RETURN hash_record_extended(p_row, 0);
END $$;

CREATE OR REPLACE FUNCTION seal_of(p_row posting) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  p_row.seal := 0;
  RETURN hash_record_extended(p_row, 0);
END $$;

CREATE OR REPLACE FUNCTION seal_of(p_row hold) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  p_row.seal := 0;
  RETURN hash_record_extended(p_row, 0);
END $$;

CREATE OR REPLACE FUNCTION seal_of(p_row book) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  p_row.seal := 0;
  RETURN hash_record_extended(p_row, 0);
END $$;

CREATE OR REPLACE FUNCTION seal_of(p_row wallet_summed) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  p_row.seal := 0;
  RETURN hash_record_extended(p_row, 0);
END $$;

-- What is left of a grant changes with every usage, and is recomputed by verify instead.
CREATE OR REPLACE FUNCTION seal_of(p_row credit_grant) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  p_row.seal := 0;
  p_row.remaining_micros := 0;
  p_row.is_open := NULL;
  RETURN hash_record_extended(p_row, 0);
END $$;

-- Balances, debts, holds and the last seq are recomputed by verify instead.
CREATE OR REPLACE FUNCTION seal_of(p_row wallet) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN hash_record_extended(
    ROW(p_row.company_id, p_row.id, p_row.office_id, p_row.watch_calls_micros, p_row.watch_ai_micros,
      p_row.watch_general_micros, p_row.created_at), 0);
END $$;
