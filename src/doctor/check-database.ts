import { MIN_POSTGRES, openPool, readSchemaState, tryDatabase } from '../db/index.ts';
import type { Logger } from '../log.ts';
import { type Check, fault, notChecked, ok } from './check.ts';

/** What the server says about itself on one of the app's own connections. */
export interface ServerFacts {
  version: number;
  encoding: string;
  zone: string;
  is_read_only: boolean;
  forbidden: string[];
  /** Whether it is empty, and the role may not make what a migration makes. */
  is_sealed: boolean;
}

export interface DatabaseQuestion {
  readonly databaseUrl: string;
  readonly log: Logger;
  /** Any error as a sentence for the operator. */
  readonly describe: (error: unknown) => string;
}

/** The server, asked on a connection as the app's own are; then the schema. */
export async function checkDatabase(question: DatabaseQuestion): Promise<Check[]> {
  let facts: ServerFacts;
  try {
    facts = await readServerFacts(question);
  } catch (error) {
    return [
      fault(
        'database',
        await explain(question, error),
        'connected as the app does',
        'Correct DATABASE_URL, or the server.',
      ),
    ];
  }
  return [...judgeServer(facts), await checkSchema(question)];
}

/** The sentence with which the app itself would end here. */
async function explain({ databaseUrl, log, describe }: DatabaseQuestion, error: unknown): Promise<string> {
  try {
    const failure = await tryDatabase({ url: databaseUrl, log });
    return failure?.error.message ?? describe(error);
  } catch (unfit) {
    return describe(unfit);
  }
}

async function readServerFacts({ databaseUrl, log }: DatabaseQuestion): Promise<ServerFacts> {
  const pool = openPool({ url: databaseUrl, poolSize: 1, log });
  try {
    const { rows } = await pool.query<ServerFacts>(
      `SELECT current_setting('server_version_num')::int / 10000 AS version,
              current_setting('server_encoding') AS encoding, current_setting('TimeZone') AS zone,
              pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS is_read_only,
              ARRAY(SELECT relname::text FROM pg_class
                    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> '_prisma_migrations'
                      AND NOT has_table_privilege(oid, 'SELECT, INSERT') ORDER BY relname) AS forbidden,
              to_regclass('_prisma_migrations') IS NULL AND NOT (
                has_database_privilege(current_database(), 'CREATE')
                AND coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)) AS is_sealed`,
    );
    const [facts] = rows;
    if (facts === undefined) throw new Error('the server said nothing about itself');
    return facts;
  } finally {
    await pool.end();
  }
}

export function judgeServer({
  version,
  encoding,
  zone,
  is_read_only,
  forbidden,
  is_sealed,
}: ServerFacts): Check[] {
  const how = 'asked the server on a connection as the app’s own are';
  return [
    version >= MIN_POSTGRES
      ? ok('database-version', `PostgreSQL ${version}.`, how)
      : fault(
          'database-version',
          `PostgreSQL ${version} is too old.`,
          how,
          `Use PostgreSQL ${MIN_POSTGRES} or later.`,
        ),
    encoding === 'UTF8'
      ? ok('database-encoding', 'Text is stored as UTF8.', how)
      : fault(
          'database-encoding',
          `The database’s encoding is ${encoding}: names outside it are stored wrongly or refused.`,
          how,
          'Create a database with ENCODING UTF8 TEMPLATE template0, and restore into it.',
        ),
    zone === 'UTC' || zone === 'Etc/UTC'
      ? ok('database-zone', 'Sessions are in UTC.', how)
      : fault(
          'database-zone',
          `Sessions are in ${zone}, not UTC: every time would be stored shifted.`,
          how,
          'Take options= and TimeZone out of DATABASE_URL, or ALTER DATABASE … SET timezone TO UTC; a pooler has to pass it on.',
        ),
    is_read_only
      ? fault(
          'database-rights',
          'The database is read-only.',
          how,
          'Use the address of the primary server, or end default_transaction_read_only.',
        )
      : forbidden.length > 0
        ? fault(
            'database-rights',
            `The role may not read or add to: ${forbidden.slice(0, 5).join(', ')}.`,
            how,
            'Run prisma/runtime-role.sql as the owner again.',
          )
        : is_sealed
          ? fault(
              'database-rights',
              'The database is empty, and the role may not make tables in it.',
              how,
              'Make the role its owner (ALTER DATABASE … OWNER TO …), or run refill migrate as the owner.',
            )
          : ok('database-rights', 'The role may read and add to every table.', how),
  ];
}

async function checkSchema({ databaseUrl, describe }: DatabaseQuestion): Promise<Check> {
  const how = 'compared its recorded migrations with this version’s';
  try {
    const { state, pending } = await readSchemaState({ url: databaseUrl });
    if (state === 'current') return ok('database-schema', 'The schema is this version’s.', how);
    return fault(
      'database-schema',
      {
        empty: 'The database is empty.',
        'other-functions': `The functions are another version’s, older or newer: ${pending.length} to be applied.`,
        older: `The schema is older than this version: ${pending.length} to be applied.`,
      }[state],
      how,
      'refill migrate',
    );
  } catch (error) {
    return fault('database-schema', describe(error), how, 'Run the version that belongs to this database.');
  }
}

/** What stands in for the checks that need the schema. */
export const withoutSchema = (id: string): Check => notChecked(id, 'The database has to be right first.');
