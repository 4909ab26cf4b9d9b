-- Of two indexes that cost the same the planner takes the one made last. They do while usage_record is empty, when the plans
-- are made that a session keeps: its key finds a record, the index of its times would read all of a company's. The baseline
-- makes the key first; databases from before it have it last.
DO $$
BEGIN
  IF 'usage_record_pkey'::regclass::oid < 'usage_record_time'::regclass::oid THEN
    ALTER TABLE usage_record DROP CONSTRAINT usage_record_pkey;
    ALTER TABLE usage_record ADD PRIMARY KEY (company_id, source, external_id, revision);
  END IF;
END $$;
