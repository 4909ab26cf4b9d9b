import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { RefillError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { describeTables } from './describe-catalog.ts';
import type { Adoption } from './plan-adoption.ts';
import { verifyBeforeAdoption } from './verify-before-adoption.ts';

/** What of the books must be the same before and after, a row a figure. */
const FIGURES = `
  SELECT 'entries by wallet' AS figure, count(*) AS rows, coalesce(sum(hash_record_extended(chain, 0)), 0) AS sum
    FROM (SELECT company_id, wallet_id, count(*) AS entries, max(seq) AS last, sum(amount_micros) AS amount
            FROM entry GROUP BY company_id, wallet_id) AS chain
  UNION ALL SELECT 'entries', count(*), coalesce(sum(seal::numeric), 0) FROM entry
  UNION ALL SELECT 'parts of entries', count(*), coalesce(sum(seal::numeric), 0) FROM entry_split
  UNION ALL SELECT 'usage records', count(*), coalesce(sum(seal::numeric), 0) FROM usage_record
  UNION ALL SELECT 'postings', count(*), coalesce(sum(seal::numeric), 0) FROM posting
  UNION ALL SELECT 'grants', count(*), coalesce(sum(seal::numeric + remaining_micros), 0) FROM credit_grant
  UNION ALL SELECT 'holds', count(*), coalesce(sum(seal::numeric), 0) FROM hold
  UNION ALL SELECT 'books', count(*), coalesce(sum(seal::numeric), 0) FROM book
  UNION ALL SELECT 'wallets', count(*), coalesce(sum(hash_record_extended(ROW(company_id, id, office_id,
    general_micros, calling_micros, ai_micros, debt_calls_micros, debt_ai_micros, held_calls_micros, held_ai_micros, seq,
    posted_at, seal), 0)), 0) FROM wallet`;

interface Figure {
  figure: string;
  rows: string;
  sum: string;
}

/**
 * Has a database from before the baseline stand on it, in the caller's transaction, which must hold the migration lock:
 * checks that its tables are what its recorded migrations made, verifies its books as its own version did, records the baseline in
 * their place, has `applyRest` bring it to the newest migration, and compares the books before and after. A process that dies in between leaves the database as it
 * was. Throws RefillError `database-altered` and `books-disagree`, after which nothing must be committed.
 */
export async function adoptBaseline(
  client: pg.PoolClient,
  { baseline, replaced, tables, checks }: Adoption,
  log: Logger,
  applyRest: () => Promise<void>,
): Promise<void> {
  log.info(
    { migrations: replaced.length },
    'converting a database of an earlier version: reading its tables',
  );
  compareTables(tables, await describeTables(client));
  log.info('converting a database of an earlier version: verifying its books');
  await verifyBeforeAdoption(client, checks);
  log.info('converting a database of an earlier version: adding up its books');
  const before = await readFigures(client);
  await client.query('DELETE FROM _prisma_migrations WHERE migration_name = ANY ($1)', [replaced]);
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, applied_steps_count, finished_at)
     VALUES ($1, $2, $3, 1, clock_timestamp())`,
    [randomUUID(), baseline.checksum, baseline.name],
  );
  await nameDomainChecks(client);
  await applyRest();
  log.info('converting a database of an earlier version: comparing its books');
  compareFigures(before, await readFigures(client));
  log.info(Object.fromEntries(before.map(({ figure, rows }) => [figure, rows])), 'database converted');
}

/**
 * Gives the one CHECK of each domain the name that it has since the baseline, by which a later migration drops it: PostgreSQL chose
 * another where a table had a CHECK of that name then.
 */
async function nameDomainChecks(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ rename: string }>(
    `SELECT format('ALTER DOMAIN %s RENAME CONSTRAINT %I TO %I', contypid::regtype, conname, typname || '_check') AS rename
      FROM pg_constraint JOIN pg_type ON pg_type.oid = contypid
      WHERE connamespace = 'public'::regnamespace AND contype = 'c' AND conname <> typname || '_check'`,
  );
  for (const { rename } of rows) await client.query(rename);
}

async function readFigures(client: pg.PoolClient): Promise<Figure[]> {
  const { rows } = await client.query<Figure>(
    `SELECT figure, rows::text AS rows, sum::text AS sum FROM (${FIGURES}) AS figures`,
  );
  return rows;
}

function compareTables(expected: string, found: string): void {
  const wanted = new Set(expected.split('\n'));
  const there = new Set(found.split('\n'));
  const differences = [
    ...[...wanted].filter((line) => !there.has(line)).map((line) => `missing: ${line}`),
    ...[...there].filter((line) => !wanted.has(line)).map((line) => `unexpected: ${line}`),
  ];
  if (differences.length === 0) return;
  throw new RefillError(
    'database-altered',
    `The database's tables are not as its migrations made them, so it is left as it is (${differences.length} differences, ` +
      `the first: ${differences[0]}). Undo what was changed by hand, then start again.`,
    { differences },
  );
}

function compareFigures(before: readonly Figure[], after: readonly Figure[]): void {
  for (const [at, { figure, rows, sum }] of before.entries()) {
    const now = after[at];
    if (now?.rows === rows && now.sum === sum) continue;
    throw new RefillError(
      'books-disagree',
      `Converting the database changed its ${figure} (${rows} rows before, ${now?.rows} after), so nothing of it was kept.`,
      { before, after },
    );
  }
}
