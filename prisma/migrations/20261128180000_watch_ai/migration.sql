-- The first debt of AI wakes whoever tells of it, where calls had used up before what both share (R6).

DROP FUNCTION ledger_note_crossings;

-- 02_book.sql
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
