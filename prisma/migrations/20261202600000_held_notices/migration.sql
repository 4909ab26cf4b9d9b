-- A notice can wait for the end of quiet hours, be told within another notice, or be dropped as it mended itself while it waited.
-- The type is made anew: a value that is added to one cannot be used in the transaction that adds it, and adoption is one.
ALTER TABLE notice DROP CONSTRAINT notice_check;
DROP INDEX notice_due, notice_failed;
ALTER TYPE notice_state RENAME TO notice_state_before;
CREATE TYPE notice_state AS ENUM ('pending', 'sent', 'failed', 'held', 'merged', 'dropped');
ALTER TABLE notice ALTER COLUMN state TYPE notice_state USING state::text::notice_state;
DROP TYPE notice_state_before;
ALTER TABLE notice ADD CONSTRAINT notice_check CHECK ((state = 'sent') = (sent_revision = revision));
CREATE INDEX notice_due ON notice (next_attempt_at) WHERE state = 'pending';
CREATE INDEX notice_failed ON notice (company_id) WHERE state = 'failed';
