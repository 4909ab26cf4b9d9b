import pg from 'pg';
import { type Db, Prisma } from '../../src/db/index.ts';
import { keepConnectionsAlive } from '../../src/db/keep-connections-alive.ts';
import { clientTypes } from '../../src/db/prepared-statements.ts';

/**
 * What a session of many small calls is set to: plans are made once, and nothing waits for the disk. Nothing that a
 * statement answers depends on it.
 */
const OPTIONS = '-c TimeZone=UTC -c plan_cache_mode=force_generic_plan -c jit=off -c synchronous_commit=off';

/**
 * A database for proofs that make hundreds of thousands of calls: the ledger's statements go through prepared ones of
 * plain `pg`, which takes a fraction of the processor that the client takes. It knows raw statements and nothing else.
 */
export function openRawDb({ url, poolSize }: { url: string; poolSize: number }): {
  db: Db;
  close(): Promise<void>;
} {
  const pool = keepConnectionsAlive(
    new pg.Pool({ connectionString: url, max: poolSize, options: OPTIONS, types: clientTypes }),
  );
  // A connection that is cut while nobody uses it, as when its database is dropped, fails no query.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const query = (texts: TemplateStringsArray, ...parts: unknown[]) => {
    const { text, values } = Prisma.sql(texts, ...parts);
    return pool.query({ name: statementName(text), text, values });
  };
  const raw: unknown = {
    $queryRaw: async (...call: Parameters<typeof query>) => (await query(...call)).rows,
    $executeRaw: async (...call: Parameters<typeof query>) => (await query(...call)).rowCount,
  };
  return { db: raw as Db, close: () => pool.end() };
}

const names = new Map<string, string>();

function statementName(text: string): string {
  const name = names.get(text) ?? `raw-${names.size + 1}`;
  names.set(text, name);
  return name;
}
