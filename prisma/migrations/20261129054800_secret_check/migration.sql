-- A known text, sealed: it opens under the key that the other secrets of this database are sealed under.
ALTER TABLE instance ADD COLUMN secret_check text;
