-- Exports of usage that are made by themselves, of each whole week or month; a schedule that ended has no row.
CREATE TABLE export_schedule (
  company_id  bigint NOT NULL REFERENCES company(id),
  id          bigint GENERATED ALWAYS AS IDENTITY,
  team_id     text NOT NULL,
  -- Who set it up.
  by_user_id  text NOT NULL,
  -- Who gets the file, or the channel that does.
  to_user_id  text,
  to_channel  text,
  every       digest_period NOT NULL,
  -- Offices and types that it is narrowed to; empty: all that may be seen.
  office_ids  bigint[] NOT NULL,
  categories  text[] NOT NULL,
  created_at  timestamptz NOT NULL,
  next_at     timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  CONSTRAINT export_schedule_to CHECK ((to_user_id IS NULL) <> (to_channel IS NULL))
);
CREATE INDEX export_schedule_due ON export_schedule (next_at);
