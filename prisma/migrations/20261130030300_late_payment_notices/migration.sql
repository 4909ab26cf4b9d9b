-- The notice in plain words: a late payment whose refund did not arrive.
UPDATE operator_notice SET kind = 'late-payment-not-refunded' WHERE kind = 'failed-payment-was-paid';
