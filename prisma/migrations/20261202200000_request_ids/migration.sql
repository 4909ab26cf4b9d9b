-- The id of the request, command or sweep that led to it, as the log's lines and the card processor's metadata have it.
ALTER TABLE audit ADD COLUMN request_id text CHECK (request_id <> '' AND length(request_id) <= 64);
ALTER TABLE payment_attempt ADD COLUMN request_id text CHECK (request_id <> '' AND length(request_id) <= 64);
