-- Keys that read: records of usage, the balance, its entries, orders with their receipts, spending limits.
ALTER TABLE api_key
  DROP CONSTRAINT api_key_scopes,
  ADD CONSTRAINT api_key_scopes CHECK (
    scopes <@ ARRAY['usage:write', 'usage:read', 'holds:write', 'balance:read', 'statement:read', 'orders:read', 'limits:read']
    AND cardinality(scopes) > 0);

-- A phone system that was away asks which of its holds are open; those are few beside all that ever were.
CREATE INDEX hold_request_open ON hold_request (company_id, id) WHERE state = 'open';
