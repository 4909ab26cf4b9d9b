-- What `/metrics` counts at each scrape is found by index, however many notices and payments there are.
CREATE INDEX notice_failed ON notice (company_id) WHERE state = 'failed';
CREATE INDEX payment_attempt_failed ON payment_attempt (finished_at) WHERE state = 'failed';
