-- What has lapsed of a grant counts as taken when its payment is taken back.
CREATE INDEX entry_lapsed ON entry (company_id, reference) WHERE type = 'lapse';
