-- Which attempt of its order a refund or dispute is about: the payment of one that failed credited nothing, so taking it
-- back takes nothing. Null: of the one that was paid, as was assumed before.
ALTER TABLE refund ADD COLUMN attempt_number integer;
ALTER TABLE dispute ADD COLUMN attempt_number integer;
UPDATE refund SET attempt_number = a.number
FROM payment_attempt AS a
WHERE a.company_id = refund.company_id AND a.order_id = refund.order_id AND a.state = 'succeeded';
UPDATE dispute SET attempt_number = a.number
FROM payment_attempt AS a
WHERE a.company_id = dispute.company_id AND a.order_id = dispute.order_id AND a.state = 'succeeded';

-- Columns in the field's terms: when the processor is polled next, and until when its lists were swept.
ALTER TABLE refund RENAME COLUMN next_look_at TO next_poll_at;
ALTER TABLE dispute RENAME COLUMN next_look_at TO next_poll_at;
ALTER INDEX refund_next_look RENAME TO refund_next_poll;
ALTER INDEX dispute_next_look RENAME TO dispute_next_poll;
ALTER TABLE processor_sweep RENAME COLUMN looked_until TO swept_until;
