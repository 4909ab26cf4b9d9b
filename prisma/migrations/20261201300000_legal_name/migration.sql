-- What receipts and invoices are made out to, where it is not what the company is called.
ALTER TABLE billing_details ADD COLUMN legal_name text;
