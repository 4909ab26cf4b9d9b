import pg from 'pg';
import { IDENTITIES, type Sender } from './people.ts';

/** Rows that say that something arrived, and nothing about a company. */
const PASSING = ['delivery_seen', 'link_attempt', 'worker_heartbeat', '_prisma_migrations'];

/** Drafts of the sender's own: whoever opens a form leaves one. */
const OWN_DRAFTS: Readonly<Record<string, string>> = {
  purchase_order: `x.state = 'draft' AND x.team_id = $1 AND x.user_id = $2`,
  order_line: `EXISTS (SELECT FROM purchase_order AS o WHERE o.company_id = x.company_id AND o.id = x.order_id
    AND o.state = 'draft' AND o.team_id = $1 AND o.user_id = $2)`,
  usage_export: `x.state = 'draft' AND x.team_id = $1 AND x.user_id = $2`,
  draft: `x.actor = $1 || '/' || $2`,
};

/** What of a row counts, where it is not all: when Slack was last asked about somebody is noted with their roles. */
const COUNTED: Readonly<Record<string, string>> = { role_assignment: `(to_jsonb(x) - 'checked_at')::text` };
const textOf = (table: string): string => COUNTED[table] ?? 'x::text';

/** Every row by what is in it, with the company that it is of; null: of none. */
type Snapshot = ReadonlyMap<string, string | null>;

export interface Difference {
  companyId: string | null;
  /** `card: (1,2,…)`, `gone from card`. */
  text: string;
}

/** Looks at every row of every table. */
export interface Onlooker {
  /** Waits until the app has nothing under way in the database, then looks. */
  look(sender: Sender): Promise<Snapshot>;
  compare(before: Snapshot, after: Snapshot): Promise<Difference[]>;
  close(): Promise<void>;
}

export async function openOnlooker(databaseUrl: string): Promise<Onlooker> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const statement = await writeStatement(client);

  return {
    async look(sender) {
      await waitForQuiet(client);
      const { teamId, userId } = IDENTITIES[sender];
      const { rows } = await client.query<{ row: string; company: string | null }>(statement, [
        teamId,
        userId,
      ]);
      return new Map(rows.map(({ row, company }) => [row, company]));
    },
    async compare(before, after) {
      const gone = [...before].filter(([row]) => !after.has(row));
      const come = [...after].filter(([row]) => !before.has(row));
      const told = gone.map(([row, companyId]) => ({ companyId, text: `gone from ${row.split(' ')[0]}` }));
      for (const [row, companyId] of come) told.push({ companyId, text: await readRow(client, row) });
      return told;
    },
    close: () => client.end(),
  };
}

async function writeStatement(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(`
    SELECT c.table_name AS name, array_agg(c.column_name::text) AS columns
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' GROUP BY 1`);
  return rows
    .filter(({ name }) => !PASSING.includes(name))
    .map(({ name, columns }) => {
      const company = columns.includes('company_id') ? 'x.company_id' : name === 'company' ? 'x.id' : 'NULL';
      return `SELECT '${name} ' || hashtextextended(${textOf(name)}, 0) AS row, ${company}::text AS company
        FROM "${name}" x WHERE NOT coalesce(${OWN_DRAFTS[name] ?? 'false'}, false)`;
    })
    .concat(`SELECT $1 || $2, NULL::text WHERE false`)
    .join(' UNION ALL ');
}

async function readRow(client: pg.Client, row: string): Promise<string> {
  const [table = '', hash] = row.split(' ');
  const { rows } = await client.query<{ told: string }>(
    `SELECT left(x::text, 400) AS told FROM "${table}" x WHERE hashtextextended(${textOf(table)}, 0) = $1`,
    [hash],
  );
  return `${table}: ${rows[0]?.told ?? '?'}`;
}

/** An app that answered may still be writing: it is quiet once its connections are, some looks in a row. */
async function waitForQuiet(client: pg.Client): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    const { rows } = await client.query<{ busy: number }>(`
      SELECT count(*)::integer AS busy FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`);
    quiet = rows[0]?.busy === 0 ? quiet + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
