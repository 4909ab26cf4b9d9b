-- Rates are a record a row (R18): a row is in force from its own time until a newer one of its key, where an import used to
-- replace all rows at once. What was imported keeps its meaning: each import ends every row of an earlier one that it lacks.
CREATE TABLE rate_row (
  version        bigint NOT NULL REFERENCES rate_deck(version),
  -- Rows of an import in their order.
  ordinal        integer NOT NULL,
  -- kind/licence/direction/origin/prefix, empty for any: of one key, one row is in force at a time.
  key            text COLLATE "C" NOT NULL,
  kind           text NOT NULL,
  licence        text,
  direction      text,
  origin         text,
  prefix         text NOT NULL,
  starts_at      timestamptz NOT NULL,
  -- Null: until a newer row of its key.
  ends_at        timestamptz,
  -- blocked: no price, and no other row prices its traffic. closed: its key ends here.
  state          text NOT NULL,
  destination    text NOT NULL,
  -- Dollars a minute or a piece.
  rate           numeric(16, 8) NOT NULL,
  first_seconds  integer NOT NULL,
  next_seconds   integer NOT NULL,
  -- Dollars a call or a message.
  fee            numeric(16, 8) NOT NULL,
  PRIMARY KEY (version, ordinal),
  CONSTRAINT rate_row_key_check CHECK (key =
    kind || '/' || coalesce(licence, '') || '/' || coalesce(direction, '') || '/' || coalesce(origin, '') || '/' || prefix),
  CONSTRAINT rate_row_kind_check CHECK (kind IN ('call', 'local', 'toll_free', 'sms', 'mms', 'fax', 'ai_conversation')),
  CONSTRAINT rate_row_licence_check CHECK (licence IN ('talk', 'support', 'sell')),
  CONSTRAINT rate_row_direction_check CHECK (direction IN ('inbound', 'outbound')),
  CONSTRAINT rate_row_prefix_check CHECK (prefix ~ '^[0-9]{0,15}$'),
  CONSTRAINT rate_row_period_check CHECK (ends_at > starts_at),
  CONSTRAINT rate_row_state_check CHECK (state IN ('priced', 'blocked', 'closed')),
  CONSTRAINT rate_row_price_check CHECK (rate >= 0 AND fee >= 0 AND first_seconds > 0 AND next_seconds > 0)
);

INSERT INTO rate_row (version, ordinal, key, kind, licence, direction, origin, prefix, starts_at, state, destination, rate,
  first_seconds, next_seconds, fee)
SELECT d.version, r.ordinal, concat_ws('/', r.f->>'kind', coalesce(r.f->>'licence', ''), coalesce(r.f->>'direction', ''),
    coalesce(r.f->>'origin', ''), r.f->>'prefix'),
  r.f->>'kind', r.f->>'licence', r.f->>'direction', r.f->>'origin', r.f->>'prefix', d.effective_at,
  CASE WHEN (r.f->>'isBlocked')::boolean THEN 'blocked' ELSE 'priced' END, r.f->>'destination', (r.f->>'rate')::numeric,
  (r.f->>'firstSeconds')::integer, (r.f->>'nextSeconds')::integer, (r.f->>'fee')::numeric
FROM rate_deck AS d CROSS JOIN LATERAL jsonb_array_elements(d.rows) WITH ORDINALITY AS r(f, ordinal);

-- Of two imports with one time the later one applied.
INSERT INTO rate_row (version, ordinal, key, kind, licence, direction, origin, prefix, starts_at, state, destination, rate,
  first_seconds, next_seconds, fee)
SELECT d.version, d.row_count + row_number() OVER (PARTITION BY d.version ORDER BY lacking.key),
  lacking.key, lacking.kind, lacking.licence, lacking.direction, lacking.origin, lacking.prefix, d.effective_at, 'closed', '',
  0, 60, 60, 0
FROM rate_deck AS d CROSS JOIN LATERAL (
  SELECT DISTINCT ON (r.key) r.* FROM rate_row AS r JOIN rate_deck AS earlier ON earlier.version = r.version
  WHERE (earlier.effective_at, earlier.version) < (d.effective_at, d.version)
    AND NOT EXISTS (SELECT FROM rate_row AS own WHERE own.version = d.version AND own.key = r.key)
  ORDER BY r.key) AS lacking;

-- What asks for the row of a key that is in force at a time.
CREATE INDEX rate_row_in_force ON rate_row (key, starts_at DESC, version DESC);

ALTER TABLE rate_deck
  -- full: it ended what it lacked of the groups it has. changes: it ended nothing.
  ADD COLUMN mode text NOT NULL DEFAULT 'full',
  -- When prices change by this import: between two such times of all imports they are the same.
  ADD COLUMN change_times timestamptz[];
ALTER TABLE rate_deck
  -- Rows of a deck are never updated: the type's conversion fills them.
  ALTER COLUMN change_times TYPE timestamptz[] USING ARRAY[effective_at],
  ALTER COLUMN change_times SET NOT NULL,
  ALTER COLUMN mode DROP DEFAULT,
  ADD CONSTRAINT rate_deck_mode_check CHECK (mode IN ('full', 'changes')),
  DROP COLUMN rows;
