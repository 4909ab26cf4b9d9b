-- Counts the changes of a company's directory, so that what is kept in memory is known to be current.
CREATE OR REPLACE FUNCTION count_directory_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO directory_version (company_id, version)
    SELECT DISTINCT company_id, 1 FROM changed ORDER BY company_id
    ON CONFLICT (company_id) DO UPDATE SET version = directory_version.version + 1;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER directory_added AFTER INSERT ON office REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();
CREATE OR REPLACE TRIGGER directory_changed AFTER UPDATE ON office REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();
CREATE OR REPLACE TRIGGER directory_removed AFTER DELETE ON office REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();

CREATE OR REPLACE TRIGGER directory_added AFTER INSERT ON department REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();
CREATE OR REPLACE TRIGGER directory_changed AFTER UPDATE ON department REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();
CREATE OR REPLACE TRIGGER directory_removed AFTER DELETE ON department REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();

CREATE OR REPLACE TRIGGER directory_added AFTER INSERT ON member REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();
CREATE OR REPLACE TRIGGER directory_changed AFTER UPDATE ON member REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();
CREATE OR REPLACE TRIGGER directory_removed AFTER DELETE ON member REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();

CREATE OR REPLACE TRIGGER directory_added AFTER INSERT ON phone_number REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();
CREATE OR REPLACE TRIGGER directory_changed AFTER UPDATE ON phone_number REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();
CREATE OR REPLACE TRIGGER directory_removed AFTER DELETE ON phone_number REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION count_directory_change();
