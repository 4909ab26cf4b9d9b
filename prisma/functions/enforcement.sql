-- Whether a company is enforced at a moment: its operator says so, and within 24 hours its phone system asked for a
-- hold, or one of its endpoints accepted a ping. The one place that decides it (R6.8).
CREATE OR REPLACE FUNCTION enforces_credits(p_enforcement enforcement, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_since timestamptz := p_at - interval '24 hours';
BEGIN
  RETURN p_enforcement.is_set AND (coalesce(p_enforcement.hold_asked_at > v_since, false) OR EXISTS (
    SELECT FROM event_endpoint AS endpoint
    WHERE endpoint.company_id = p_enforcement.company_id AND endpoint.ping_accepted_at > v_since
      AND endpoint.off_at IS NULL AND endpoint.removed_at IS NULL));
END $$;
