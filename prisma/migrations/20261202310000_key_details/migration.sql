-- Until when a key or an address is good, how much a key may send, and when each was used last, to the minute.
ALTER TABLE api_key
  ADD COLUMN expires_at timestamptz(6),
  ADD COLUMN requests_per_second integer CHECK (requests_per_second > 0),
  ADD COLUMN last_used_at timestamptz(6);
ALTER TABLE usage_webhook
  ADD COLUMN name text,
  ADD COLUMN expires_at timestamptz(6),
  ADD COLUMN last_used_at timestamptz(6);
