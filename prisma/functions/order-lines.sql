-- An order costs what its lines cost in sum, and has none while it has no amount (R9). Checked when the transaction
-- commits, whoever wrote either.
CREATE OR REPLACE FUNCTION order_is_sum_of_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_company bigint;
  v_order bigint;
  v_amount bigint;
  v_lines bigint;
BEGIN
  IF TG_TABLE_NAME = 'purchase_order' THEN
    v_company := NEW.company_id;
    v_order := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN
    v_company := OLD.company_id;
    v_order := OLD.order_id;
  ELSE
    v_company := NEW.company_id;
    v_order := NEW.order_id;
  END IF;
  SELECT amount_micros INTO v_amount FROM purchase_order WHERE company_id = v_company AND id = v_order;
  SELECT sum(amount_micros) INTO v_lines FROM order_line WHERE company_id = v_company AND order_id = v_order;
  IF v_amount IS DISTINCT FROM v_lines THEN
    RAISE EXCEPTION 'order % costs %, and its lines % in sum', v_order, coalesce(v_amount::text, 'nothing'),
      coalesce(v_lines::text, 'nothing') USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

-- A trigger that waits for the commit cannot be replaced in place.
DROP TRIGGER IF EXISTS order_is_sum_of_lines ON purchase_order;
CREATE CONSTRAINT TRIGGER order_is_sum_of_lines AFTER INSERT OR UPDATE OF amount_micros ON purchase_order
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_is_sum_of_lines();
DROP TRIGGER IF EXISTS order_is_sum_of_lines ON order_line;
CREATE CONSTRAINT TRIGGER order_is_sum_of_lines AFTER INSERT OR DELETE OR UPDATE OF order_id, amount_micros
  ON order_line DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_is_sum_of_lines();
