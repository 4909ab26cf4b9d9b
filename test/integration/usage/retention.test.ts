import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { changeCompany } from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { openPool } from '../../../src/db/index.ts';
import { DAY_MS } from '../../../src/durations.ts';
import {
  correctUsage,
  listUsage,
  type NewUsage,
  postUsage,
  streamUsage,
  verifyLedger,
} from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { usageCopy } from '../../../src/slack/copy/index.ts';
import { createLineWriter } from '../../../src/usage/export/csv-lines.ts';
import { readNames } from '../../../src/usage/export/read-names.ts';
import {
  createRetentionSweep,
  eraseNumber,
  erasePerson,
  findPersonalFacts,
  readRecords,
} from '../../../src/usage/index.ts';
import { callOf } from '../../support/billing-room.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { findings } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

const LONDON = '+442071838750';
const NOW = Date.parse('2028-03-31T12:00:00Z');

let database: TestDatabase;
let clock: MovableClock;
let acme: TestCompany;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  clock = new MovableClock(0, () => NOW);
  acme = await testCompany(database.db);
});

const keep = (retentionMonths: number | null) =>
  changeCompany(database.db, acme.companyId, { retentionMonths }, { at: clock.now() });
const night = () => createRetentionSweep({ db: database.db, clock })(new AbortController().signal);

/** A call of San Francisco's with London at an instant, posted now. */
async function call(usageAt: string, whose: Partial<NewUsage> = {}): Promise<NewUsage> {
  const record: NewUsage = {
    ...callOf(acme, '1'),
    ...whose,
    externalId: randomUUID(),
    externalNumber: LONDON,
    internalNumber: '+14155550100',
    usageAt: new Date(usageAt),
  };
  await postUsage(database.db, {
    numberKey,
    companyId: acme.companyId,
    at: clock.now(),
    // As the operator accepts usage that is older than 35 days.
    force: true,
    records: [record],
  });
  return record;
}

const numbers = async (): Promise<(string | null)[]> => {
  const rows = await database.db.usageRecord.findMany({
    where: { companyId: acme.companyId },
    orderBy: [{ usageAt: 'asc' }, { revision: 'asc' }],
  });
  return rows.map(({ externalNumber, internalNumber, salt, facts }) =>
    externalNumber === null && internalNumber === null && salt === null && facts === null
      ? 'erased'
      : externalNumber,
  );
};

async function verified(): Promise<number> {
  const { findings: found, erasedNumbers } = await verifyLedger(database.db, { onFinding: () => {} });
  expect(found).toBe(0);
  return erasedNumbers;
}

it('numbers of usage older than the company keeps them are erased at night, to the day of its zone, and the books hold', async () => {
  const before = await verified();
  // In Los Angeles, the last instant of January 30 and the first of January 31, two months before.
  await call('2028-01-30T07:59:59Z');
  await call('2028-01-31T07:59:59Z');
  await call('2028-01-31T08:00:01Z');
  await night();
  expect(await numbers()).toEqual([LONDON, LONDON, LONDON]);
  await keep(2);
  await night();
  expect(await numbers()).toEqual(['erased', 'erased', LONDON]);
  expect(await verified()).toBe(before + 2);
  const period = { from: new Date('2028-01-01T00:00:00Z'), to: new Date('2028-03-01T00:00:00Z') };
  const listed = await listUsage(database.db, { companyId: acme.companyId, ...period });
  expect(listed.map(({ externalNumber, areNumbersErased }) => [externalNumber, areNumbersErased])).toEqual([
    [LONDON, false],
    [null, true],
    [null, true],
  ]);
  expect(await findings(database.db)).toEqual([]);
});

it('a person and numbers that were erased are called the same on screens and in files', async () => {
  const { db } = database;
  const { companyId } = acme;
  const department = await db.department.create({
    data: { companyId, officeId: acme.officeIds[0], name: 'Sales' },
  });
  const member = await db.member.create({
    data: {
      companyId,
      officeId: acme.officeIds[0],
      name: 'Mia Long',
      kind: 'person',
      licence: 'enterprise',
      email: 'mia@acme.example',
    },
  });
  await call('2028-03-30T10:00:00Z', { memberId: member.id, departmentId: department.id });
  await call('2028-03-30T09:00:00Z');
  await call('2028-03-30T08:00:00Z');
  await eraseNumber({ db, clock }, { companyId, number: LONDON, reason: 'asked to' });
  const person = await findPersonalFacts(db, companyId, 'mia@acme.example');
  await erasePerson({ db, clock }, person, 'asked to');
  const period = { from: new Date('2028-03-01T00:00:00Z'), to: new Date('2028-04-01T00:00:00Z') };
  const page = await readRecords(db, acme.ana, period, { after: null, limit: 10 });
  const shown = page.lines.map((line) => [usageCopy.who(line), usageCopy.otherNumber(line)]);
  expect(shown).toEqual([
    ['Erased person', 'removed'],
    ['removed', 'removed'],
    ['removed', 'removed'],
  ]);
  const pool = openPool({
    url: database.url,
    poolSize: 1,
    log: createLogger('silent'),
    statementTimeoutMs: 0,
  });
  const { toLine } = createLineWriter(await readNames(pool, companyId));
  const lines = await streamUsage(pool, { companyId, ...period }, 'UTC', async ({ pages }) => {
    const written: string[] = [];
    for await (const records of pages) written.push(...records.map(toLine));
    return written;
  });
  await pool.end();
  const filed: string[][] = parse(lines.join(''));
  // Columns of the member, the company's number and the other one; the oldest is first.
  expect(filed.toReversed().map((cells) => [cells[3] || cells[6], cells[7]])).toEqual(shown);
});

it('what is posted behind that later, as late usage and corrections with numbers are, is erased the next night', async () => {
  const old = await call('2027-11-10T10:00:00Z');
  await keep(3);
  await night();
  expect(await numbers()).toEqual(['erased']);
  clock.advance(DAY_MS / 2);
  await call('2027-10-01T10:00:00Z');
  await correctUsage(database.db, {
    numberKey,
    companyId: acme.companyId,
    at: clock.now(),
    key: randomUUID(),
    usage: { ...old, durationMs: 90_000, cost: dollars('1.5') },
    actor: 'test',
    reason: 'longer',
  });
  expect(await numbers()).toEqual([LONDON, 'erased', LONDON]);
  clock.advance(DAY_MS);
  await night();
  expect(await numbers()).toEqual(['erased', 'erased', 'erased']);
  await verified();
});

it('a company that keeps numbers for good, or longer, keeps them; pages go on where they stopped', async () => {
  for (let day = 10; day < 20; day += 1) await call(`2027-12-${day}T10:00:00Z`);
  await keep(24);
  await night();
  await keep(null);
  await night();
  expect(new Set(await numbers())).toEqual(new Set([LONDON]));
  // A page of three, as the sweep asks for a thousand.
  const until = new Date('2027-12-15T12:00:00Z');
  for (const isMore of [true, true, false]) {
    const [row] = await database.db.$queryRaw<{ more: boolean }[]>`
      SELECT ledger_forget_numbers(${acme.companyId}, ${until}, 3, ${clock.now()}) AS more`;
    expect(row?.more).toBe(isMore);
  }
  expect((await numbers()).filter((number) => number === 'erased')).toHaveLength(6);
});
