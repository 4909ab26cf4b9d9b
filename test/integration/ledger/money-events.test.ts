import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Db, openDb } from '../../../src/db/index.ts';
import {
  correctUsage,
  debitCredits,
  type EntryType,
  lapseExpired,
  moveCredits,
  refundUsage,
  restoreGrant,
  reverseGrant,
  setPooled,
} from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { MONEY_EVENTS, type MoneyEvent } from '../../../src/money-events.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { BRANCH, MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

/** By which event the log tells of each type of entry; a new type does not compile without one. */
const EVENT_OF: Record<EntryType, MoneyEvent> = {
  grant: 'credited',
  // A credit that fills a debt: the same line.
  fill: 'credited',
  usage: 'usage-posted',
  correction: 'usage-corrected',
  refund: 'usage-refunded',
  lapse: 'credits-expired',
  reversal: 'credits-reversed',
  move: 'credits-moved',
  adjustment: 'credits-deducted',
};

type Line = Record<string, unknown> & { event: MoneyEvent };

let database: TestDatabase;
let db: Db;
const lines: Line[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  const log = createLogger('debug', { write: (line) => lines.push(JSON.parse(line) as Line) });
  db = await openDb({ url: database.url, poolSize: 2, log });
});
afterAll(async () => {
  await db.$disconnect();
  await database.close();
});

it('every type of entry has its line with its amount, once however often it is asked for, and nothing of the people', async () => {
  const books = await openBooks(db);
  const { companyId } = books;
  const by = { companyId, actor: 'T1/U1', reason: 'because of Ana', at: november(5) };
  const call = books.usage({ cost: '1.25' });
  await books.post([books.usage({ cost: '3', usageAt: november(1.5) })]);
  const grant = await books.grant('general', '20');
  await books.grant('calling', '5', { until: november(4) });
  await books.post([call, call]);
  await books.post([call]);
  const { version: _, ...facts } = { ...call, version: 1n, cost: dollars('2') };
  await correctUsage(db, { ...by, numberKey, usage: facts, key: 'correct' });
  const refund = { ...by, source: call.source, externalId: call.externalId, key: 'refund' };
  for (const _ of [1, 2]) await refundUsage(db, refund);
  await lapseExpired(db, companyId, november(5));
  await debitCredits(db, { ...by, officeId: MAIN, amount: dollars('2.5'), key: 'debit', reference: '7' });
  await moveCredits(db, { ...by, fromOfficeId: MAIN, toOfficeId: BRANCH, amount: dollars('4'), key: 'move' });
  await reverseGrant(db, { ...by, grantId: grant.grantId, amount: dollars('1'), key: 'reverse' });
  await restoreGrant(db, { ...by, reversalKey: 'reverse', key: 'restore' });
  await setPooled(db, { ...by, pooled: true, key: 'pool' });

  const told = new Map<string, Line[]>();
  for (const line of lines) told.set(line.event, [...(told.get(line.event) ?? []), line]);
  const types = await db.$queryRaw<{ type: EntryType }[]>`
    SELECT DISTINCT type FROM entry WHERE company_id = ${companyId}`;
  expect(types.map(({ type }) => type).sort()).toEqual(Object.keys(EVENT_OF).sort());
  for (const { type } of types) expect(told.get(EVENT_OF[type]), type).toBeDefined();
  const company = companyId.toString();
  expect(told.get('usage-posted')).toMatchObject([
    { company, records: 1, posted: 1, amount: '3' },
    { company, records: 2, posted: 1, amount: '1.25' },
    { company, records: 1, posted: 0, amount: '0' },
  ]);
  expect(told.get('usage-refunded')?.length).toBe(1);
  expect(told.get('credits-deducted')).toMatchObject([
    { company, office: '10', amount: '2.5', reference: '7' },
  ]);
  expect(told.get('credits-moved')).toMatchObject([{ from: '10', to: '20', amount: '4' }]);
  expect(told.get('credits-restored')).toMatchObject([{ amount: '1' }]);
  expect(JSON.stringify(lines)).not.toMatch(/Ana|442071838750|14155550100/);
});

it('each event of the table has the place that it is logged at, and exactly the fields of the table', () => {
  const src = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('generated') && file !== 'money-events.ts')
    .map((file) => readFileSync(path.join('src', file), 'utf8'))
    .join('\n');
  expect(Object.keys(MONEY_EVENTS).filter((event) => !src.includes(`'${event}'`))).toEqual([]);
  const always = ['level', 'time', 'pid', 'hostname', 'msg', 'event', 'company'];
  for (const line of lines) {
    const fields = Object.keys(line).filter((name) => !always.includes(name));
    expect(fields.sort(), line.event).toEqual([...MONEY_EVENTS[line.event]].sort());
  }
});
