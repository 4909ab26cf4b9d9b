-- What usage costs (R18): versions of the operator's rate deck, for all companies. A correction is a newer version.
CREATE TABLE rate_deck (
  version       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The deck applies whole from here on, until a newer one does. Of equals, the higher version.
  effective_at  timestamptz NOT NULL,
  file_name     text NOT NULL,
  -- SHA-256 of the rows: processes keep decks they have read under it.
  digest        text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  row_count     integer NOT NULL CHECK (row_count > 0),
  rows          jsonb NOT NULL CHECK (jsonb_typeof(rows) = 'array'),
  -- Rates that stood out and were imported nevertheless: their lines, and what was said of them.
  forced        jsonb NOT NULL CHECK (jsonb_typeof(forced) = 'array'),
  imported_by   text NOT NULL,
  imported_at   timestamptz NOT NULL
);
CREATE INDEX rate_deck_in_force ON rate_deck (effective_at DESC, version DESC);

CREATE FUNCTION rate_deck_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a rate deck is never changed: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rate_deck_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON rate_deck FOR EACH STATEMENT EXECUTE FUNCTION rate_deck_refuse_change();
