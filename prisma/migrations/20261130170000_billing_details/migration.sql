-- What receipts and invoices print of a company, since when: a receipt keeps the tax that was in force when it was paid, so
-- that a change adds a row. Nothing of it enters what is charged.
CREATE TABLE billing_details (
  company_id   bigint NOT NULL,
  since        timestamptz NOT NULL,
  address      text,
  po_number    text,
  -- Hundredths of a per cent; null: no tax is charged.
  tax_rate_bp  integer,
  tax_name     text NOT NULL,
  tax_id       text,
  PRIMARY KEY (company_id, since),
  FOREIGN KEY (company_id) REFERENCES company(id),
  CONSTRAINT billing_details_tax_rate CHECK (tax_rate_bp > 0 AND tax_rate_bp < 10000),
  CONSTRAINT billing_details_tax_id CHECK (tax_rate_bp IS NULL OR tax_id IS NOT NULL)
);
