-- How long the phone numbers of a company's usage are kept; null: for good. Facts of usage are compared for 35 days (R23).
ALTER TABLE company
  ADD COLUMN retention_months int,
  ADD CONSTRAINT company_retention_months_check CHECK (retention_months BETWEEN 2 AND 120);

-- How far numbers were erased for their age: by usage time, and by the time of posting of what came behind that.
ALTER TABLE book
  ADD COLUMN numbers_until timestamptz NOT NULL DEFAULT '-infinity',
  ADD COLUMN late_numbers_until timestamptz NOT NULL DEFAULT '-infinity';
