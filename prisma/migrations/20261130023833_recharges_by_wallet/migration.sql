-- Recharges are looked up by their wallet.
DROP INDEX purchase_order_recharges;
CREATE INDEX purchase_order_recharges ON purchase_order (company_id, recharge_wallet_id, created_at)
  WHERE recharge_wallet_id IS NOT NULL;
