-- Of an export that was made by its schedule: who set that up.
ALTER TABLE usage_export ADD COLUMN scheduled_by text;
