-- Where the processor sends the receipt of a payment; stored with the attempt, as a request is repeated with the same words.
ALTER TABLE payment_attempt ADD COLUMN receipt_email text;
