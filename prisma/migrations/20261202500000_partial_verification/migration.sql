-- Verified by night is what is new since the last closed day, and once a week everything: the day from which on it was
-- checked, null for all of it.
ALTER TABLE verification ADD COLUMN since date;

-- The few entries that credit by a grant or by hand are found without going through all usage.
CREATE INDEX entry_by_hand ON entry (company_id, type) WHERE type IN ('grant', 'adjustment');
