-- What a phone system lists and could not be taken in as it stands, of the last sync.
ALTER TABLE directory_source ADD COLUMN odd_items JSONB NOT NULL DEFAULT '[]';
