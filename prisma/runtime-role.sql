-- Makes the role `refill_app`, for an app that runs with less than its database's owner may do: it can add to the books
-- and not change or delete what is in them, nor switch off the triggers that refuse it. A superuser makes the role, once:
--
--   psql "$SUPERUSER_URL" -c "CREATE ROLE refill_app LOGIN PASSWORD '…'"
--
-- and the owner, who also applies the migrations, gives it its rights after `refill migrate`, again after each new version:
--
--   psql "$OWNER_URL" -f prisma/runtime-role.sql
--
-- An owner that may make roles (CREATEROLE) makes it by the second command alone; then it needs ALTER ROLE … LOGIN PASSWORD.
--
DO $$
DECLARE
  v_table text;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'refill_app') THEN
    CREATE ROLE refill_app;
  END IF;
  GRANT USAGE ON SCHEMA public, graphile_worker TO refill_app;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, graphile_worker TO refill_app;
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public, graphile_worker TO refill_app;
  REVOKE INSERT, UPDATE, DELETE ON _prisma_migrations, applied_function_file FROM refill_app;
  -- What was posted, and who decided what, stays.
  REVOKE UPDATE, DELETE ON entry, entry_split, usage_record, posting, book_digest, audit FROM refill_app;
  -- Figures move on; no row of them goes away.
  REVOKE DELETE ON book, wallet, credit_grant, hold, usage_rollup, usage_kind_rollup, usage_member_rollup, entry_rollup, wallet_summed,
    book_digest_head FROM refill_app;
  -- What credits were paid with, asked for and confirmed by stays, too: verify connects credits with it.
  REVOKE DELETE ON purchase_order, payment_attempt, subscription, subscription_period, invoice, invoice_item, dispute,
    card, card_check, approval, refund, operator_refund, invoice_payment, invoice_claim FROM refill_app;
  REVOKE UPDATE, DELETE ON credit_adjustment, billing_details FROM refill_app;
  GRANT UPDATE (grant_id) ON credit_adjustment TO refill_app;
  -- The queue lets nobody but its owner see a row, unless a policy says so.
  FOR v_table IN
    SELECT c.relname FROM pg_class AS c
    WHERE c.relnamespace = 'graphile_worker'::regnamespace AND c.relrowsecurity AND NOT EXISTS (
      SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polname = 'refill_app')
  LOOP
    EXECUTE format('CREATE POLICY refill_app ON graphile_worker.%I TO refill_app USING (true) WITH CHECK (true)', v_table);
  END LOOP;
END $$;
