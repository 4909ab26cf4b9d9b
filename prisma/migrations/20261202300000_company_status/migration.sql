-- A company that the operator suspended: nothing is bought or charged until it is resumed. One that is closed stays so.
ALTER TABLE company
  ADD COLUMN suspended_at timestamptz(6),
  ADD COLUMN suspended_reason text,
  ADD COLUMN closing_at timestamptz(6),
  ADD COLUMN closed_at timestamptz(6),
  ADD CONSTRAINT company_suspended_check CHECK ((suspended_at IS NULL) = (suspended_reason IS NULL)),
  ADD CONSTRAINT company_closed_check CHECK (closed_at IS NULL OR closing_at IS NOT NULL),
  ADD CONSTRAINT company_closing_check CHECK (closing_at IS NULL OR suspended_at IS NOT NULL);
