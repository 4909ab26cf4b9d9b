-- Which companies want their spending summed up in the channel, and when next; without a row, none.
CREATE TYPE digest_period AS ENUM ('week', 'month');
CREATE TABLE digest_schedule (
  company_id  bigint NOT NULL PRIMARY KEY REFERENCES company(id),
  every       digest_period NOT NULL,
  next_at     timestamptz NOT NULL
);
CREATE INDEX digest_schedule_due ON digest_schedule (next_at);
