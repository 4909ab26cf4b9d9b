-- Invoices mirrored to the processor's invoicing, where it is configured.

-- Where the processor sends a company's invoices.
ALTER TABLE company ADD COLUMN invoice_email text CHECK (invoice_email LIKE '%_@_%');

CREATE TABLE invoice_mirror (
  company_id      bigint NOT NULL,
  invoice_id      bigint NOT NULL,
  -- pending: not complete over there yet. paid, void: over.
  state           text NOT NULL CHECK (state IN ('pending', 'open', 'uncollectible', 'paid', 'void')),
  -- A creation was begun then, with these days: whether it came to be is looked up before another is.
  creating_at     timestamptz,
  days_until_due  integer CHECK (days_until_due > 0),
  processor_id    text UNIQUE,
  pay_url         text,
  -- Somebody tried to pay it over there, and could not.
  has_failed      boolean NOT NULL DEFAULT false,
  -- What was refused for certain may be asked for again under another key.
  refusals        integer NOT NULL DEFAULT 0,
  attempts        integer NOT NULL DEFAULT 0,
  next_look_at    timestamptz,
  last_error      text,
  PRIMARY KEY (company_id, invoice_id),
  CHECK ((creating_at IS NULL) = (days_until_due IS NULL)),
  CHECK (processor_id IS NULL OR creating_at IS NOT NULL),
  CHECK (state = 'pending' OR processor_id IS NOT NULL),
  CHECK ((state IN ('paid', 'void')) = (next_look_at IS NULL))
);
CREATE INDEX invoice_mirror_due ON invoice_mirror (next_look_at) WHERE next_look_at IS NOT NULL;
