import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Db, openDb } from '../../../src/db/index.ts';
import { type Finding, placeHold, settleHold } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, findings, MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';
import { sumUp } from '../../support/sum-up.ts';

const LEDGER_TABLES = [
  'book',
  'wallet',
  'credit_grant',
  'entry',
  'entry_split',
  'usage_record',
  'usage_rollup',
  'usage_kind_rollup',
  'usage_member_rollup',
  'entry_rollup',
  'wallet_summed',
  'posting',
  'hold',
];

/** Those whose rows belong to a wallet, which a finding names, too. */
const WALLET_TABLES = new Set([
  'wallet',
  'credit_grant',
  'entry',
  'entry_split',
  'entry_rollup',
  'wallet_summed',
  'hold',
]);

let database: TestDatabase;
/** One connection, so that what is changed on it is seen by it alone. */
let single: Db;
let books: Books;
let otherBooks: Books;

beforeAll(async () => {
  database = await freshDatabase();
  single = await openDb({ url: database.url, poolSize: 1, log: createLogger('silent') });
  books = await busyBooks(true);
  otherBooks = await busyBooks(false);
  await dropChecks();
});
afterAll(async () => {
  await single.$disconnect();
  await database.close();
});

/** Takes every CHECK and NOT NULL off the ledger, so that verify has to find what they would refuse. */
async function dropChecks(): Promise<void> {
  const checks = await database.db.$queryRaw<{ table: string; name: string }[]>`
    SELECT conrelid::regclass::text AS table, conname AS name FROM pg_constraint AS c
    WHERE conrelid::regclass::text = ANY (${LEDGER_TABLES})
      AND (contype = 'c' OR (contype = 'n' AND NOT EXISTS (
        SELECT FROM pg_constraint AS k WHERE k.conrelid = c.conrelid AND k.contype = 'p' AND k.conkey @> c.conkey)))
      AND conname <> 'wallet_id_not_null' AND conname <> 'credit_grant_id_not_null'`;
  for (const { table, name } of checks)
    await database.db.$executeRawUnsafe(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
}

/** Books in which every table has rows: grants, straddling usage, debt, fills. */
async function busyBooks(pooled: boolean): Promise<Books> {
  const made = await openBooks(database.db, { pooled });
  await made.grant('calling', '2');
  await made.grant('ai', '3');
  await made.grant('general', '4');
  await made.post([
    made.usage({ cost: '1.5' }),
    made.usage({ cost: '1.25', departmentId: 3n, price: '$1.25 a minute' }),
    made.usage({ class: 'ai', officeId: BRANCH, cost: '4' }),
    made.usage({ cost: '9' }),
    made.usage({ cost: '0', category: 'internal' }),
  ]);
  await sumUp(database.db, made.companyId, november(4));
  await made.post([made.usage({ cost: '0.5', usageAt: november(4.5) })]);
  await made.grant('general', '3', { on: 4 });
  await placeHolds(made);
  return made;
}

/** One hold that is open, one that is settled. */
async function placeHolds(made: Books): Promise<void> {
  await made.grant('general', '9', { on: 4 });
  const hold = (key: string) => ({
    companyId: made.companyId,
    key,
    officeId: MAIN,
    class: 'calls' as const,
    amount: dollars('1'),
    expiresAt: november(9),
    at: november(5),
  });
  await placeHold(database.db, hold('settled'));
  await settleHold(database.db, { numberKey, ...hold('settled'), usage: made.usage({ cost: '2' }) });
  await placeHold(database.db, hold('open'));
}

/** Runs SQL as a superuser whom no trigger and no CHECK hold back, verifies, and undoes it. */
async function tamper(...statements: string[]): Promise<Finding[]> {
  let found: Finding[] = [];
  const undo = new Error('undo');
  await single
    .$transaction(
      async (tx) => {
        await tx.$executeRawUnsafe(`SET LOCAL session_replication_role = replica`);
        for (const statement of statements) await tx.$executeRawUnsafe(statement);
        found = await findings(tx);
        throw undo;
      },
      { timeout: 30_000 },
    )
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return found;
}

/** Two of the words that a column of such a type may have. */
const WORDS: Record<string, [string, string]> = {
  credit_kind: ['general', 'calling'],
  usage_class: ['calls', 'ai'],
  usage_direction: ['inbound', 'outbound'],
  entry_type: ['usage', 'refund'],
};

/** Another value of a column's own type. */
function otherValue(column: string, type: string): string {
  const words = WORDS[type];
  if (words !== undefined)
    return `CASE ${column} WHEN '${words[0]}' THEN '${words[1]}' ELSE '${words[0]}' END`;
  if (type === 'boolean') return `NOT coalesce(${column}, false)`;
  if (type === 'text') return `coalesce(${column}, '') || 'x'`;
  if (type === 'jsonb') return `${column} || '{"seq": "999"}'`;
  if (type.startsWith('timestamp'))
    return `CASE WHEN isfinite(${column}) THEN ${column} + interval '1 hour' ELSE '2030-01-01'::timestamptz END`;
  if (type === 'bytea') return `coalesce(${column}, '') || '\\x00'::bytea`;
  return `coalesce(${column}, 0) + 1000003`;
}

it('finds nothing in books that only the ledger wrote', async () => {
  expect(await findings(database.db)).toEqual([]);
});

it('finds a change of any column of any table that went around the ledger, and names the row', async () => {
  const columns = await database.db.$queryRaw<{ table: string; column: string; type: string }[]>`
    SELECT table_name AS table, column_name AS column,
      CASE WHEN data_type = 'text' THEN coalesce(domain_name, data_type) ELSE data_type END AS type FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = ANY (${LEDGER_TABLES}) ORDER BY table_name, ordinal_position`;
  expect(new Set(columns.map(({ table }) => table)).size).toBe(LEDGER_TABLES.length);
  const missed: string[] = [];
  // Two at a time, each in another company's books: a verification of both tells them apart.
  for (let first = 0; first < columns.length; first += 2) {
    const changed = columns.slice(first, first + 2).map((column, index) => ({
      ...column,
      companyId: (index === 0 ? books : otherBooks).companyId,
    }));
    const found = await tamper(
      ...changed
        .filter(({ column }) => column === 'id')
        .map(({ table }) => `ALTER TABLE ${table} ALTER COLUMN id DROP IDENTITY`),
      ...changed.map(
        ({ table, column, type, companyId }) =>
          `UPDATE ${table} SET ${column} = ${otherValue(column, type)}
           WHERE ctid = (SELECT max(ctid) FROM ${table} WHERE company_id = ${companyId})`,
      ),
    );
    for (const { table, column, companyId } of changed) {
      const isNamed = (finding: Finding) =>
        finding.table === table && (finding.walletId !== null || !WALLET_TABLES.has(table));
      // A row that changed its company is found in neither's books, or in another's.
      const isIts = (finding: Finding) => finding.companyId === companyId || column === 'company_id';
      if (!found.some((finding) => isIts(finding) && isNamed(finding))) missed.push(`${table}.${column}`);
    }
  }
  expect(columns.length).toBeGreaterThan(100);
  // What is set to null one day, and from which no amount derives.
  expect(missed).toEqual([
    'book.facts_until',
    'book.numbers_until',
    'book.late_numbers_until',
    'usage_record.facts',
  ]);
});

it.each([
  [
    'an entry taken away',
    `DELETE FROM entry WHERE ctid = (SELECT min(ctid) FROM entry WHERE type = 'usage')`,
    'entry',
  ],
  [
    'a part taken away',
    `DELETE FROM entry_split WHERE ctid = (SELECT min(ctid) FROM entry_split)`,
    'entry_split',
  ],
  [
    'a usage record taken away',
    `DELETE FROM usage_record WHERE ctid = (SELECT min(ctid) FROM usage_record)`,
    'usage_record',
  ],
  [
    'a grant taken away',
    `DELETE FROM credit_grant WHERE ctid = (SELECT min(ctid) FROM credit_grant)`,
    'credit_grant',
  ],
  [
    'a quarter-hour taken away',
    `DELETE FROM usage_rollup WHERE ctid = (SELECT min(ctid) FROM usage_rollup)`,
    'usage_rollup',
  ],
  [
    'a wallet taken away',
    `DELETE FROM wallet WHERE ctid = (SELECT min(ctid) FROM wallet WHERE seq > 0)`,
    'entry',
  ],
  [
    'a key taken away, under which a credit would be given again',
    `DELETE FROM posting WHERE ctid = (SELECT min(ctid) FROM posting WHERE operation = 'grant')`,
    'posting',
  ],
  [
    'a hold taken away',
    `DELETE FROM hold WHERE ctid = (SELECT min(ctid) FROM hold WHERE state = 'settled')`,
    'hold',
  ],
  ['a book taken away', `DELETE FROM book WHERE ctid = (SELECT min(ctid) FROM book)`, 'book'],
])('finds %s', async (_what, statement, table) => {
  expect((await tamper(statement)).map((finding) => finding.table)).toContain(table);
});

it.each([
  ['entry', 'amount_micros', 'amount_micros - 5'],
  ['entry', 'balance_after_micros', 'balance_after_micros + 5'],
  ['entry', 'general_after_micros', 'general_after_micros + 5'],
  ['entry', 'debt_calls_after_micros', 'debt_calls_after_micros + 5'],
  ['entry', 'grant_id', 'coalesce(grant_id, 0) + 1000'],
  ['entry', 'reference', `reference || 'x'`],
  ['entry', 'is_split', 'NOT is_split'],
  ['entry_split', 'amount_micros', 'amount_micros - 5'],
  ['usage_record', 'cost_micros', 'cost_micros + 5'],
  ['usage_record', 'external_id', `external_id || 'x'`],
  ['usage_record', 'external_number', `external_number || '0'`],
  ['usage_record', 'usage_at', `usage_at + interval '1 hour'`],
  ['usage_record', 'billed_seconds', 'billed_seconds + 1'],
  ['usage_record', 'paid_seq', 'coalesce(paid_seq, 0) + 1'],
  ['wallet_summed', 'seq', 'seq + 5'],
  ['credit_grant', 'amount_micros', 'amount_micros + 5'],
  ['hold', 'state', `CASE state WHEN 'settled' THEN 'expired' ELSE 'settled' END`],
  ['credit_grant', 'kind', `CASE kind WHEN 'ai' THEN 'calling' ELSE 'ai' END`],
])('finds a changed %s.%s even where the row was sealed again', async (table, column, value) => {
  const where =
    table === 'entry' ? `AND type = 'usage'` : table === 'usage_record' ? 'AND cost_micros > 0' : '';
  const pick = `ctid = (SELECT max(ctid) FROM ${table} WHERE company_id = ${books.companyId} ${where})`;
  const found = await tamper(
    `WITH changed AS (SELECT t.ctid AS place FROM ${table} AS t WHERE ${pick})
     UPDATE ${table} SET ${column} = ${value}, seal = -1 FROM changed WHERE ${table}.ctid = changed.place`,
    `UPDATE ${table} AS t SET seal = seal_of(t) WHERE seal = -1`,
  );
  expect(found.map(({ check }) => check)).not.toContain('seal');
  expect(found).not.toEqual([]);
});

it('may run while the ledger is posted to, without a false alarm', async () => {
  let running = true;
  const posting = (async () => {
    while (running)
      await books.post([books.usage({ cost: '0.5' }), books.usage({ class: 'ai', cost: '0.5' })]);
  })();
  const found = [];
  for (let round = 0; round < 5; round += 1) {
    found.push(...(await findings(database.db)));
    await pause(5);
  }
  running = false;
  await posting;
  expect(found).toEqual([]);
});
