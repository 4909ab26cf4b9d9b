-- What a class can still spend from this wallet alone: its bundle and the general credits, less its debt, its holds,
-- and what the other class holds of the general credits, beyond its own bundle (R6).
CREATE OR REPLACE FUNCTION ledger_available(p_wallet wallet, p_class text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_class
    WHEN 'calls' THEN p_wallet.calling_micros + p_wallet.general_micros - p_wallet.debt_calls_micros
      - p_wallet.held_calls_micros
      - least(greatest(p_wallet.held_ai_micros - p_wallet.ai_micros, 0), p_wallet.general_micros)
    ELSE p_wallet.ai_micros + p_wallet.general_micros - p_wallet.debt_ai_micros - p_wallet.held_ai_micros
      - least(greatest(p_wallet.held_calls_micros - p_wallet.calling_micros, 0), p_wallet.general_micros)
  END
$$;

-- What of the general credits nobody waits for: less the debt of both classes, and less what holds take beyond their
-- class's bundle (R11).
CREATE OR REPLACE FUNCTION ledger_free_general(p_wallet wallet) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT p_wallet.general_micros - p_wallet.debt_calls_micros - p_wallet.debt_ai_micros
    - greatest(p_wallet.held_calls_micros - p_wallet.calling_micros, 0)
      - greatest(p_wallet.held_ai_micros - p_wallet.ai_micros, 0)
$$;

-- The level below which somebody is woken for a class of a wallet, or its general credits; null: not watched.
CREATE OR REPLACE FUNCTION ledger_watched(p_wallet wallet, p_class text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_class
    WHEN 'calls' THEN p_wallet.watch_calls_micros
    WHEN 'ai' THEN p_wallet.watch_ai_micros
    ELSE p_wallet.watch_general_micros
  END
$$;

-- How a class stands that can spend so much: ok, low (below the level it is watched for, where there is one), or out
-- (R6: nothing can be spent). General credits are never out: where they are not watched they are ok. Not in SQL: as its
-- arguments are used twice it would not be inlined, but planned anew for every statement that calls it.
CREATE OR REPLACE FUNCTION ledger_level_of(p_class text, p_available bigint, p_watched bigint)
RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE
    WHEN p_class <> 'general' AND p_available <= 0 THEN 'out'
    WHEN p_available < p_watched THEN 'low'
    ELSE 'ok'
  END;
END $$;

-- How a class of this wallet alone stands, or its general credits.
CREATE OR REPLACE FUNCTION ledger_level(p_wallet wallet, p_class text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT ledger_level_of(p_class,
    CASE p_class WHEN 'general' THEN ledger_free_general(p_wallet) ELSE ledger_available(p_wallet, p_class) END,
    ledger_watched(p_wallet, p_class))
$$;

-- True where no class of a wallet is low or out, nor its general credits low, by figures that are quick to look at:
-- what was ok before and only gave, and is ample still, has crossed no level.
CREATE OR REPLACE FUNCTION ledger_is_ample(p_wallet wallet) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT p_wallet.general_micros - p_wallet.debt_calls_micros - p_wallet.debt_ai_micros - p_wallet.held_calls_micros
    - p_wallet.held_ai_micros
    >= greatest(p_wallet.watch_calls_micros, p_wallet.watch_ai_micros, p_wallet.watch_general_micros, 1)
$$;

-- True where a wallet's general credits may be low, by figures that are quick to look at: as if no bundle covered a
-- hold.
CREATE OR REPLACE FUNCTION ledger_may_be_low(p_wallet wallet) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT p_wallet.general_micros - p_wallet.debt_calls_micros - p_wallet.debt_ai_micros - p_wallet.held_calls_micros
    - p_wallet.held_ai_micros < p_wallet.watch_general_micros
$$;
