-- The last entry of a wallet posted at an instant or before, 0 where there was none. Within a wallet posting times
-- never go back, so halving finds it.
CREATE OR REPLACE FUNCTION ledger_seq_at(p_company bigint, p_wallet bigint, p_instant timestamptz)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_low bigint := 0;
  v_high bigint;
  v_middle bigint;
BEGIN
  SELECT coalesce(max(entry.seq), 0) INTO v_high FROM entry WHERE entry.company_id = p_company
    AND entry.wallet_id = p_wallet;
  WHILE v_low < v_high LOOP
    v_middle := (v_low + v_high + 1) / 2;
    IF (SELECT entry.posted_at FROM entry
        WHERE entry.company_id = p_company AND entry.wallet_id = p_wallet AND entry.seq = v_middle) <= p_instant THEN
      v_low := v_middle;
    ELSE
      v_high := v_middle - 1;
    END IF;
  END LOOP;
  RETURN v_low;
END $$;
