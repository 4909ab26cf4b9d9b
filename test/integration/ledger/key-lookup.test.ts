import { afterAll, beforeAll, expect, it } from 'vitest';
import { postUsage } from '../../../src/ledger/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';
import { openRawDb } from '../../support/raw-db.ts';

const HISTORY = 1_500;
const AGAIN = 100;

let database: TestDatabase;
let raw: ReturnType<typeof openRawDb>;

beforeAll(async () => {
  database = await freshDatabase();
  // One session, whose counts can be asked for.
  raw = openRawDb({ url: database.url, poolSize: 1 });
});
afterAll(async () => {
  await raw.close();
  await database.close();
});

/** Index entries of usage records that were read so far, by index. */
async function read(): Promise<Record<string, number>> {
  await raw.db.$queryRaw`SELECT pg_stat_force_next_flush()`;
  const rows = await raw.db.$queryRaw<{ name: string; read: bigint }[]>`
    SELECT indexrelname::text AS name, idx_tup_read AS read FROM pg_stat_user_indexes WHERE relname = 'usage_record'`;
  return Object.fromEntries(rows.map(({ name, read: count }) => [name, Number(count)]));
}

it.each([null, 7n])(
  'a record is looked up by its key alone, however much came before (member %s)',
  async (memberId) => {
    const books = await openBooks(database.db);
    const usages = Array.from({ length: HISTORY }, () => books.usage({ memberId, officeId: MAIN }));
    const post = (records: typeof usages) =>
      postUsage(raw.db, { numberKey, companyId: books.companyId, at: november(4), records });
    // The first call is made while there is nothing, as its plans are.
    for (let from = 0; from < HISTORY; from += 500) await post(usages.slice(from, from + 500));
    // Before version 17 the planner dearly prices a search for many keys: until a table was analysed once, which autovacuum
    // does within its first minute, it reads the company's records by time.
    const [server] = await raw.db.$queryRaw<{ version: number }[]>`
      SELECT current_setting('server_version_num')::int AS version`;
    if ((server?.version ?? 0) < 170_000) await raw.db.$executeRaw`ANALYZE usage_record`;
    const before = await read();
    const outcomes = await post(usages.slice(-AGAIN));
    expect(outcomes.every(({ outcome }) => outcome === 'duplicate')).toBe(true);
    const after = await read();
    const count = (index: string) => (after[index] ?? Number.NaN) - (before[index] ?? Number.NaN);
    expect(count('usage_record_pkey')).toBeLessThanOrEqual(2 * AGAIN);
    expect(count('usage_record_pkey')).toBeGreaterThanOrEqual(AGAIN);
    // A planner whose statistics have just come looks at an index's end.
    expect(count('usage_record_member')).toBeLessThanOrEqual(2);
    expect(count('usage_record_time')).toBeLessThanOrEqual(2);
  },
);

it('plans that were made when there was next to nothing do not read every record later', async () => {
  const young = await freshDatabase();
  const readWhole = async (db: ReturnType<typeof openRawDb>['db']) => {
    await db.$queryRaw`SELECT pg_stat_force_next_flush()`;
    const rows = await db.$queryRaw<{ read: bigint }[]>`
      SELECT seq_tup_read AS read FROM pg_stat_user_tables WHERE relname = 'usage_record'`;
    return Number(rows[0]?.read);
  };
  const books = await openBooks(young.db);
  const post = (db: ReturnType<typeof openRawDb>['db'], count: number) =>
    postUsage(db, {
      numberKey,
      companyId: books.companyId,
      at: november(4),
      records: Array.from({ length: count }, () => books.usage()),
    });
  await post(young.db, 10);
  await young.db.$executeRaw`ANALYZE usage_record`;
  const session = openRawDb({ url: young.url, poolSize: 1 });
  try {
    await post(session.db, 1);
    const before = await readWhole(session.db);
    await post(session.db, 200);
    expect(await readWhole(session.db)).toBe(before);
  } finally {
    await session.close();
    await young.close();
  }
});
