-- When an event was last refused at a webhook: for the operator, who would not know otherwise.
ALTER TABLE usage_webhook ADD COLUMN refused_at TIMESTAMPTZ(6);
