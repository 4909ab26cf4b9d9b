-- The directory: whose a number or a line of the phone system is.

ALTER TABLE office
  -- The phone system's own id.
  ADD COLUMN external_ref    text CHECK (external_ref <> ''),
  -- Digits of the included local area; absent: the default of the office's country (R1).
  ADD COLUMN local_prefixes  text[];
ALTER TABLE department ADD COLUMN external_ref text CHECK (external_ref <> '');
ALTER TABLE member
  ADD COLUMN external_ref   text CHECK (external_ref <> ''),
  -- The person in Slack, matched by e-mail. A match never grants a role.
  ADD COLUMN slack_user_id  text;
CREATE UNIQUE INDEX office_external_ref ON office (company_id, external_ref) WHERE external_ref IS NOT NULL;
CREATE UNIQUE INDEX department_external_ref ON department (company_id, external_ref) WHERE external_ref IS NOT NULL;
CREATE UNIQUE INDEX member_external_ref ON member (company_id, external_ref) WHERE external_ref IS NOT NULL;
CREATE INDEX member_slack_user ON member (company_id, slack_user_id) WHERE slack_user_id IS NOT NULL;

-- The company's own numbers.
CREATE TABLE phone_number (
  company_id     bigint NOT NULL,
  number         text NOT NULL CHECK (number ~ '^\+[1-9][0-9]{5,14}$'),
  kind           text NOT NULL CHECK (kind IN ('local', 'toll_free', 'mobile', 'other')),
  office_id      bigint NOT NULL,
  department_id  bigint,
  member_id      bigint,
  PRIMARY KEY (company_id, number),
  FOREIGN KEY (company_id, office_id) REFERENCES office,
  FOREIGN KEY (company_id, department_id) REFERENCES department,
  FOREIGN KEY (company_id, member_id) REFERENCES member
);

-- Counts the changes of a company's directory, so that what is kept in memory is known to be current.
CREATE TABLE directory_version (
  company_id  bigint PRIMARY KEY,
  version     bigint NOT NULL
);

CREATE FUNCTION count_directory_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO directory_version (company_id, version)
    SELECT DISTINCT company_id, 1 FROM changed ORDER BY company_id
    ON CONFLICT (company_id) DO UPDATE SET version = directory_version.version + 1;
  RETURN NULL;
END $$;

DO $$
DECLARE
  named text;
BEGIN
  FOREACH named IN ARRAY ARRAY['office', 'department', 'member', 'phone_number'] LOOP
    EXECUTE format('CREATE TRIGGER directory_added AFTER INSERT ON %I REFERENCING NEW TABLE AS changed
      FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change()', named);
    EXECUTE format('CREATE TRIGGER directory_changed AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed
      FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change()', named);
    EXECUTE format('CREATE TRIGGER directory_removed AFTER DELETE ON %I REFERENCING OLD TABLE AS changed
      FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change()', named);
  END LOOP;
END $$;
