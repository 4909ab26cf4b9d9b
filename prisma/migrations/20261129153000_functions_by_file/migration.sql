-- From here on functions and their triggers stand in prisma/functions alone, and no migration makes one: the runner applies
-- them after the last migration, in its transaction. What earlier migrations made goes, because a function cannot be
-- replaced by one whose arguments have other names.
DO $$
DECLARE
  v_statement text;
BEGIN
  FOR v_statement IN
    SELECT format('DROP TRIGGER %I ON %s', pg_trigger.tgname, pg_trigger.tgrelid::regclass)
    FROM pg_trigger JOIN pg_proc ON pg_proc.oid = pg_trigger.tgfoid
    WHERE NOT pg_trigger.tgisinternal AND pg_proc.pronamespace = 'public'::regnamespace
      AND (pg_proc.proname LIKE 'ledger\_%'
        OR pg_proc.proname IN ('office_opens_wallet', 'count_directory_change', 'rate_deck_refuse_change'))
  LOOP
    EXECUTE v_statement;
  END LOOP;
  FOR v_statement IN
    SELECT format('DROP FUNCTION %s', pg_proc.oid::regprocedure) FROM pg_proc
    WHERE pg_proc.pronamespace = 'public'::regnamespace
      AND (pg_proc.proname LIKE 'ledger\_%'
        OR pg_proc.proname IN ('seal_of', 'office_opens_wallet', 'count_directory_change', 'rate_deck_refuse_change'))
  LOOP
    EXECUTE v_statement;
  END LOOP;
END $$;

COMMENT ON TYPE ledger_part IS
  'One part of an entry: a change of what is left of a grant, or of a class''s debt (with its sign turned).';
COMMENT ON TYPE ledger_usages IS
  'A batch of usage in columns, one array each: handing rows as wide as these from step to step costs more than writing '
  'them. The first seventeen are what the caller told; the last two say whose wallet it counts to and which time decides '
  'the grants that pay it. All usages that come as this consume in the order of the arrays.';

CREATE TABLE applied_function_file (
  name        text PRIMARY KEY,
  checksum    text NOT NULL,
  applied_at  timestamptz NOT NULL
);
