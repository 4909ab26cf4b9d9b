/** The workspace's own books in PostgreSQL: connection, transactions and tables. */
import pg from 'pg';
import type { Logger } from '../../../log.ts';
import { type DatabasePlace, toClientConfig } from '../../database-place.ts';

/** Something that runs SQL: the pool, or the connection of a transaction. */
export interface Sql {
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Sql {
  /** Runs everything in one transaction; what it throws rolls back. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const TABLES = `
CREATE TABLE IF NOT EXISTS slack_workspace (
  id text PRIMARY KEY, name text NOT NULL, domain text NOT NULL,
  last_ts bigint NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS slack_user (
  id text PRIMARY KEY, name text NOT NULL UNIQUE, real_name text NOT NULL, title text NOT NULL,
  email text NOT NULL, time_zone text NOT NULL, is_bot boolean NOT NULL, is_admin boolean NOT NULL,
  hue integer NOT NULL, position integer NOT NULL
);
CREATE TABLE IF NOT EXISTS slack_conversation (
  id text PRIMARY KEY, kind text NOT NULL, name text NOT NULL, topic text NOT NULL,
  is_private boolean NOT NULL, created bigint NOT NULL, position integer NOT NULL
);
ALTER TABLE slack_conversation ADD COLUMN IF NOT EXISTS is_archived boolean NOT NULL DEFAULT false;
CREATE TABLE IF NOT EXISTS slack_membership (
  conversation_id text NOT NULL REFERENCES slack_conversation, user_id text NOT NULL REFERENCES slack_user,
  PRIMARY KEY (conversation_id, user_id)
);
CREATE TABLE IF NOT EXISTS slack_message (
  conversation_id text NOT NULL REFERENCES slack_conversation, ts bigint NOT NULL,
  user_id text NOT NULL, text text NOT NULL, blocks jsonb NOT NULL, state jsonb NOT NULL,
  edited_ts bigint, only_for text, thread_ts bigint, files jsonb NOT NULL, metadata jsonb,
  PRIMARY KEY (conversation_id, ts)
);
CREATE TABLE IF NOT EXISTS slack_view (
  id text PRIMARY KEY, user_id text NOT NULL, depth integer NOT NULL, root_view_id text NOT NULL,
  previous_view_id text, hash text NOT NULL, external_id text UNIQUE, body jsonb NOT NULL, state jsonb NOT NULL
);
CREATE INDEX IF NOT EXISTS slack_view_stack ON slack_view (user_id, depth);
CREATE TABLE IF NOT EXISTS slack_trigger (
  id text PRIMARY KEY, user_id text NOT NULL, view_id text, expires_at timestamptz NOT NULL,
  exchanged boolean NOT NULL DEFAULT false
);
CREATE TABLE IF NOT EXISTS slack_response_url (
  id text PRIMARY KEY, conversation_id text NOT NULL, user_id text NOT NULL, message_ts bigint,
  uses integer NOT NULL DEFAULT 0, expires_at timestamptz NOT NULL
);
CREATE TABLE IF NOT EXISTS slack_delivery (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, body jsonb NOT NULL,
  state text NOT NULL, attempts integer NOT NULL DEFAULT 0, outcome text, at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS slack_delivery_waiting ON slack_delivery (id) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS slack_file (
  id text PRIMARY KEY, name text NOT NULL, size integer NOT NULL, title text NOT NULL,
  content bytea, completed boolean NOT NULL DEFAULT false, conversation_id text
);
`;

/** Opens the database and makes the tables that are missing. */
export async function openDatabase(database: DatabasePlace, log: Logger): Promise<Database> {
  const pool = new pg.Pool({ ...toClientConfig(database), max: 6 });
  pool.on('error', (error) => log.warn({ err: error }, 'workspace database connection lost'));
  const run = async <Row extends pg.QueryResultRow>(
    client: pg.Pool | pg.PoolClient,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => (await client.query<Row>(text, [...values])).rows;

  const transaction = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work({ query: (text, values) => run(client, text, values) });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  };

  // Two processes that start at once must not both create: the lock makes one wait.
  await transaction(async (sql) => {
    await sql.query('SELECT pg_advisory_xact_lock(737100)');
    await sql.query(TABLES);
  });
  return { query: (text, values) => run(pool, text, values), transaction, close: () => pool.end() };
}
