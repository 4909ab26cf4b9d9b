-- What paid an invoice at the card processor, and what took of that back: the invoice is owed again for so much.
CREATE TABLE invoice_payment (
  intent_id  text NOT NULL,
  company_id bigint NOT NULL,
  invoice_id bigint NOT NULL,
  CONSTRAINT invoice_payment_pkey PRIMARY KEY (intent_id),
  FOREIGN KEY (company_id, invoice_id) REFERENCES invoice (company_id, id)
);

CREATE TABLE invoice_claim (
  processor_id  text NOT NULL,
  kind          text NOT NULL,
  intent_id     text NOT NULL,
  company_id    bigint NOT NULL,
  invoice_id    bigint NOT NULL,
  -- As the processor has it, and whether that takes the money back.
  state         text NOT NULL,
  is_taken      boolean NOT NULL,
  amount_micros bigint NOT NULL,
  noticed_at    timestamptz NOT NULL,
  -- When the processor is asked again how it stands; null: never.
  next_poll_at  timestamptz,
  CONSTRAINT invoice_claim_pkey PRIMARY KEY (processor_id),
  CONSTRAINT invoice_claim_kind_check CHECK (kind IN ('refund', 'dispute')),
  CONSTRAINT invoice_claim_amount_check CHECK (amount_micros > 0),
  FOREIGN KEY (intent_id) REFERENCES invoice_payment (intent_id),
  FOREIGN KEY (company_id, invoice_id) REFERENCES invoice (company_id, id)
);
CREATE INDEX invoice_claim_next_poll ON invoice_claim (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX invoice_claim_invoice ON invoice_claim (company_id, invoice_id);

ALTER TABLE invoice
  -- What is owed again of a paid invoice; null: nothing was ever given back.
  ADD COLUMN reopened_micros bigint,
  -- What was paid again of that.
  ADD COLUMN repaid_micros bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT invoice_reopened_check CHECK (reopened_micros >= 0 AND reopened_micros <= total_micros
    AND (state NOT IN ('open', 'overdue') OR reopened_micros > 0)),
  ADD CONSTRAINT invoice_repaid_check CHECK (repaid_micros >= 0);

-- Which payments paid the invoices of before is asked once.
UPDATE invoice_mirror SET state = 'open', next_poll_at = now() WHERE state = 'paid';
