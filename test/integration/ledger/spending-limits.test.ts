import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  correctUsage,
  endSpendingLimit,
  extendHold,
  type LimitPeriod,
  type LimitSubject,
  listDueLimits,
  type NewUsage,
  placeHold,
  readSpendingLimits,
  refundUsage,
  releaseHold,
  rollSpendingLimits,
  setSpendingLimit,
  settleHold,
} from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, findings, MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

/** The member that the fixture's usage is reported for, and a department. */
const PERSON = 7n;
const SALES = 31n;
const ofOffice = (officeId: bigint): LimitSubject => ({ kind: 'office', officeId });
const ofPerson: LimitSubject = { kind: 'member', memberId: PERSON };
const ofSales: LimitSubject = { kind: 'department', departmentId: SALES };

let database: TestDatabase;
let books: Books;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  books = await openBooks(database.db);
  await books.grant('general', '1000', { on: 1.5 });
  await books.grant('general', '1000', { on: 1.5, office: BRANCH });
});
afterEach(async () => {
  expect(await findings(database.db)).toEqual([]);
});

const limit = (subject: LimitSubject, amount: string, period: LimitPeriod = 'month', at = november(3)) =>
  setSpendingLimit(database.db, {
    companyId: books.companyId,
    subject,
    period,
    amount: dollars(amount),
    levels: [50, 80, 100],
    setBy: 'test',
    at,
  });

async function spent(at = november(3.5)): Promise<string[]> {
  const limits = await readSpendingLimits(database.db, books.companyId, at);
  return limits.map((one) => one.spent.toFixed(2));
}

const hold = (key: string, amount: string, facts: { officeId?: bigint | null; memberId?: bigint } = {}) => ({
  companyId: books.companyId,
  key,
  officeId: MAIN,
  class: 'calls' as const,
  amount: dollars(amount),
  expiresAt: november(4),
  at: november(3),
  ...facts,
});

/** Whether the company's job waits, which is taken from the queue. */
async function isWoken(): Promise<boolean> {
  const key = `watch-limits:${books.companyId}`;
  const jobs = await database.db.$queryRaw<unknown[]>`
    SELECT FROM graphile_worker.jobs WHERE jobs.key = ${key} AND jobs.task_identifier = 'watch-limits'`;
  if (jobs.length > 0) await database.db.$executeRaw`SELECT graphile_worker.remove_job(${key})`;
  return jobs.length > 0;
}

const correct = (usage: NewUsage, key: string) =>
  correctUsage(database.db, {
    numberKey,
    companyId: books.companyId,
    key,
    usage,
    actor: 'test',
    reason: 'Test',
    at: november(3.4),
  });

it('counts what usage costs for whom it is reported, by its own time, from before the limit was set', async () => {
  await books.post([
    books.usage({ cost: '2' }),
    books.usage({ cost: '3', officeId: BRANCH, departmentId: SALES }),
    books.usage({ cost: '7', usageAt: november(2) }),
  ]);
  for (const subject of [ofOffice(MAIN), ofOffice(BRANCH), ofSales, ofPerson]) await limit(subject, '100');
  await limit(ofOffice(MAIN), '100', 'day', november(3.2));
  expect(await spent()).toEqual(['9.00', '3.00', '3.00', '12.00', '2.00']);
  await books.post([books.usage({ cost: '1', departmentId: SALES }), books.usage({ cost: '0.5' })]);
  await books.post([books.usage({ cost: '0.25', memberId: null, class: 'ai', officeId: BRANCH })]);
  expect(await spent()).toEqual(['10.50', '3.25', '4.00', '13.50', '3.50']);
});

it('counts corrections and refunds, also those that move usage to another office, person or day', async () => {
  const usage = books.usage({ cost: '4' });
  await books.post([usage]);
  for (const subject of [ofOffice(MAIN), ofOffice(BRANCH), ofPerson]) await limit(subject, '100');
  await limit(ofOffice(MAIN), '100', 'day');
  await correct({ ...usage, cost: dollars('3') }, 'cheaper');
  expect(await spent()).toEqual(['3.00', '0.00', '3.00', '3.00']);
  const { source, externalId } = usage;
  const why = { companyId: books.companyId, actor: 'test', reason: 'Test', at: november(3.4) };
  await refundUsage(database.db, { ...why, key: 'half', source, externalId, amount: dollars('1') });
  expect(await spent()).toEqual(['2.00', '0.00', '2.00', '2.00']);
  await correct({ ...usage, cost: dollars('2'), usageAt: november(2.5) }, 'earlier');
  expect(await spent()).toEqual(['2.00', '0.00', '2.00', '0.00']);
  await correct({ ...usage, cost: dollars('2'), officeId: BRANCH, memberId: 8n }, 'moved');
  expect(await spent()).toEqual(['0.00', '2.00', '0.00', '0.00']);
});

it('begins a period with nothing, and leaves what comes late to the period it belongs to', async () => {
  await limit(ofOffice(MAIN), '10', 'day');
  await books.post([books.usage({ cost: '4' })]);
  expect(await spent(november(4.1))).toEqual(['0.00']);
  await books.post([books.usage({ cost: '1', usageAt: november(4.05) })], november(4.06));
  expect(await isWoken()).toBe(true);
  expect(await listDueLimits(database.db, november(4.1))).toContain(books.companyId);
  await rollSpendingLimits(database.db, books.companyId, november(4.1));
  await books.post([books.usage({ cost: '8' }), books.usage({ cost: '2', usageAt: november(4.1) })]);
  expect(await spent(november(4.2))).toEqual(['3.00']);
  expect(await listDueLimits(database.db, november(4.2))).not.toContain(books.companyId);
});

it('wakes the job once a level is reached, and not before', async () => {
  await limit(ofOffice(MAIN), '10');
  await books.post([books.usage({ cost: '4.9999' })]);
  expect(await isWoken()).toBe(false);
  await books.post([books.usage({ cost: '0.0001' })]);
  expect(await isWoken()).toBe(true);
  expect(await listDueLimits(database.db, november(3.5))).toContain(books.companyId);
  await books.post([books.usage({ cost: '1', officeId: BRANCH })]);
  expect(await isWoken()).toBe(false);
});

it('refuses what with spend and open holds would exceed a limit, and names the one with the least room', async () => {
  await limit(ofOffice(MAIN), '10');
  const person = await limit(ofPerson, '6');
  await books.post([books.usage({ cost: '2' })]);
  expect(await placeHold(database.db, hold('first', '4', { memberId: PERSON }))).toEqual({
    outcome: 'posted',
  });
  const refused = await placeHold(database.db, hold('second', '0.01', { memberId: PERSON }));
  expect(refused).toMatchObject({
    outcome: 'refused',
    limit: 'spending_limit',
    spendingLimit: { limitId: person, subject: { kind: 'member', memberId: PERSON }, period: 'month' },
  });
  expect(
    [refused.spendingLimit?.amount, refused.spendingLimit?.spent, refused.spendingLimit?.held].map(String),
  ).toEqual(['6', '2', '4']);
  expect(await placeHold(database.db, hold('other', '4'))).toEqual({ outcome: 'posted' });
  expect(await placeHold(database.db, hold('full', '0.01'))).toMatchObject({
    spendingLimit: { subject: { kind: 'office', officeId: MAIN } },
  });
  expect(await placeHold(database.db, hold('elsewhere', '50', { officeId: BRANCH }))).toEqual({
    outcome: 'posted',
  });
});

it('frees the room of a hold that is released, and keeps what it settled for', async () => {
  await limit(ofOffice(MAIN), '5');
  await placeHold(database.db, hold('released', '3'));
  await placeHold(database.db, hold('settled', '2'));
  expect((await placeHold(database.db, hold('more', '1'))).outcome).toBe('refused');
  await releaseHold(database.db, { companyId: books.companyId, key: 'released', at: november(3.1) });
  const usage = books.usage({ cost: '2.5' });
  await settleHold(database.db, {
    companyId: books.companyId,
    numberKey,
    key: 'settled',
    usage,
    at: november(3.1),
  });
  expect((await placeHold(database.db, hold('more', '2.51'))).outcome).toBe('refused');
  expect((await placeHold(database.db, hold('more', '2.5'))).outcome).toBe('posted');
});

it('extends a hold no further than the limit', async () => {
  await limit(ofOffice(MAIN), '5');
  await placeHold(database.db, hold('call', '3'));
  expect(await extendHold(database.db, hold('call', '5.01'))).toMatchObject({
    outcome: 'refused',
    spendingLimit: { subject: { kind: 'office' } },
  });
  expect(await extendHold(database.db, hold('call', '5'))).toEqual({ outcome: 'posted' });
});

it('is never exceeded by fifty holds at once', async () => {
  await limit(ofOffice(MAIN), '10');
  await books.post([books.usage({ cost: '1' })]);
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      // No office is the primary one.
      placeHold(database.db, hold(`call-${i}`, '0.7', { officeId: i % 2 === 0 ? MAIN : null })),
    ),
  );
  expect(outcomes.filter(({ outcome }) => outcome === 'posted')).toHaveLength(12);
  expect(outcomes.filter((one) => one.limit === 'spending_limit')).toHaveLength(38);
  const [state] = await readSpendingLimits(database.db, books.companyId, november(3));
  expect([state?.spent, state?.held].map(String)).toEqual(['1', '8.4']);
});

it('holds nothing under a limit of nothing, and everything once it has ended', async () => {
  const id = await limit(ofOffice(MAIN), '0');
  expect((await placeHold(database.db, hold('call', '0.0001'))).outcome).toBe('refused');
  const end = { companyId: books.companyId, limitId: id, at: november(3) };
  expect(await endSpendingLimit(database.db, end)).toBe(true);
  expect(await endSpendingLimit(database.db, end)).toBe(false);
  expect((await placeHold(database.db, hold('call', '5'))).outcome).toBe('posted');
  expect(await spent()).toEqual([]);
});

it('counts what was spent while it was ended once it is set again', async () => {
  const id = await limit(ofOffice(MAIN), '10');
  await endSpendingLimit(database.db, { companyId: books.companyId, limitId: id, at: november(3) });
  await books.post([books.usage({ cost: '3' })]);
  expect(await limit(ofOffice(MAIN), '20')).toBe(id);
  expect(await spent()).toEqual(['3.00']);
});
