-- Since when an order, and its attempt, wait for an answer that says whether money moved (R15).
ALTER TABLE purchase_order ADD COLUMN unknown_since timestamptz;
ALTER TABLE payment_attempt
  ADD COLUMN unknown_since timestamptz,
  -- How often its cancellation, or its refund, was asked for in vain.
  ADD COLUMN cleanup_retries integer NOT NULL DEFAULT 0,
  ADD CONSTRAINT payment_attempt_cleanup_retries_check CHECK (cleanup_retries >= 0);

-- What waits already does so since it was confirmed, at most.
UPDATE purchase_order SET unknown_since = confirmed_at WHERE state = 'unknown';
UPDATE payment_attempt AS a SET unknown_since = a.opened_at
FROM purchase_order AS o
WHERE o.company_id = a.company_id AND o.id = a.order_id AND o.state = 'unknown' AND a.state = 'open';
