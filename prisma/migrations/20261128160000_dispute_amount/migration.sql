-- How much of a payment is disputed: what is lost before its credit is there is taken back once it is (R16).
ALTER TABLE dispute ADD COLUMN amount_micros bigint CHECK (amount_micros > 0);
UPDATE dispute AS d SET amount_micros = o.amount_micros
FROM purchase_order AS o WHERE o.company_id = d.company_id AND o.id = d.order_id;
ALTER TABLE dispute ALTER COLUMN amount_micros SET NOT NULL;
CREATE INDEX dispute_order ON dispute (company_id, order_id);
