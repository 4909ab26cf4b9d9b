-- What an order buys, for whom: one line for each office, or one for the shared credits. The order's amount is the sum of
-- its lines, which the trigger order_is_sum_of_lines holds.
CREATE TABLE order_line (
  company_id            bigint NOT NULL,
  order_id              bigint NOT NULL,
  -- From 0, in the order in which they were chosen.
  position              integer NOT NULL,
  -- Null: the credits that the company shares.
  office_id             bigint,
  amount_micros         bigint NOT NULL,
  -- Which credit it led to.
  grant_id              bigint,
  -- What calls and messages could spend after that credit.
  balance_after_micros  bigint,
  PRIMARY KEY (company_id, order_id, position),
  FOREIGN KEY (company_id, order_id) REFERENCES purchase_order(company_id, id),
  FOREIGN KEY (company_id, office_id) REFERENCES office(company_id, id),
  CONSTRAINT order_line_amount_micros_check CHECK (amount_micros > 0),
  CONSTRAINT order_line_position_check CHECK (position >= 0)
);
CREATE UNIQUE INDEX order_line_office ON order_line (company_id, order_id, office_id) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX order_line_grant ON order_line (company_id, grant_id) WHERE grant_id IS NOT NULL;

INSERT INTO order_line (company_id, order_id, position, office_id, amount_micros, grant_id, balance_after_micros)
SELECT company_id, id, 0, office_id, amount_micros, grant_id, balance_after_micros
FROM purchase_order WHERE amount_micros IS NOT NULL;

-- A recharge is of one wallet, and the database admits one open recharge of each.
ALTER TABLE purchase_order ADD COLUMN recharge_wallet_id bigint;
UPDATE purchase_order AS o SET recharge_wallet_id = wallet.id
FROM wallet
WHERE o.kind = 'recharge' AND wallet.company_id = o.company_id AND wallet.office_id IS NOT DISTINCT FROM o.office_id;
DROP INDEX purchase_order_one_recharge;
ALTER TABLE purchase_order
  ADD CONSTRAINT purchase_order_recharge_wallet_check CHECK ((kind = 'recharge') = (recharge_wallet_id IS NOT NULL)),
  DROP COLUMN office_id,
  DROP COLUMN grant_id,
  DROP COLUMN balance_after_micros;
CREATE UNIQUE INDEX purchase_order_one_recharge ON purchase_order (company_id, recharge_wallet_id)
  WHERE kind = 'recharge' AND (state IN ('confirmed', 'charging', 'needs_action', 'unknown') OR retry_at IS NOT NULL);

-- Receipts say what each line added.
UPDATE notice SET facts = facts - 'scopeLabel' - 'balance' || jsonb_build_object('lines', jsonb_build_array(
  jsonb_build_object('scopeLabel', facts->'scopeLabel', 'amount', facts->'amount', 'balance', facts->'balance')))
WHERE kind = 'receipt';
