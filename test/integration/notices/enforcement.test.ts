import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { changeCompany } from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/durations.ts';
import { sweepEnforcement, watchBalance } from '../../../src/notices/index.ts';
import { listOperatorNotices, readEnforcement, recordHoldAsked } from '../../../src/org/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { runRefill } from '../../support/run-refill.ts';

let database: TestDatabase;
let clock: MovableClock;
let acme: TestCompany;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  const startedAt = Date.now();
  clock = new MovableClock(0, () => startedAt);
  acme = await testCompany(database.db, { pooled: false, name: `Acme ${Math.random()}` });
});

const set = (enforcement: 'enforced' | 'reported') =>
  changeCompany(database.db, acme.companyId, { enforcement }, { at: clock.now() });
const enforcement = () => readEnforcement(database.db, acme.companyId, clock.now());
const ask = () => recordHoldAsked(database.db, acme.companyId, clock.now());
const sweep = () => sweepEnforcement({ db: database.db, clock });
const endpoint = (change: object = {}) =>
  database.db.eventEndpoint.create({
    data: {
      id: `ep_${Math.random()}`,
      companyId: acme.companyId,
      url: 'https://phones.example.com',
      secretEncrypted: 'none',
      createdAt: clock.now(),
      nextPingAt: clock.now(),
      pingAcceptedAt: clock.now(),
      ...change,
    },
  });
const lost = async () =>
  (await listOperatorNotices(database.db)).filter(
    ({ kind, company }) => kind === 'enforcement-lost' && company?.id === acme.companyId,
  );
const told = async () => {
  const where = { companyId: acme.companyId, kind: 'phone_system' };
  const rows = await database.db.notice.findMany({ where, orderBy: { id: 'asc' } });
  return rows.map(({ facts, channelId }) => [channelId, (facts as { event: string }).event]);
};

it('is reported until the operator says so and the phone system is heard of, whichever comes first', async () => {
  expect(await enforcement()).toBe('reported');
  await ask();
  expect(await enforcement()).toBe('reported');
  await set('enforced');
  expect(await enforcement()).toBe('enforced');
  await set('reported');
  expect(await enforcement()).toBe('reported');
});

it('ends 24 hours after the last hold was asked for, and the last ping was accepted', async () => {
  await set('enforced');
  expect(await enforcement()).toBe('reported');
  await ask();
  clock.advance(23 * HOUR_MS);
  expect(await enforcement()).toBe('enforced');
  await endpoint();
  clock.advance(23 * HOUR_MS);
  expect(await enforcement()).toBe('enforced');
  clock.advance(HOUR_MS);
  expect(await enforcement()).toBe('reported');
  await ask();
  expect(await enforcement()).toBe('enforced');
});

it.each([
  ['was removed', () => ({ removedAt: clock.now() })],
  ['was switched off', () => ({ offAt: clock.now() })],
  ['accepted no ping', () => ({ pingAcceptedAt: null })],
])('is not held up by an endpoint that %s', async (_, change) => {
  await set('enforced');
  await endpoint(change());
  expect(await enforcement()).toBe('reported');
});

it('is lost once: told to the operator and each company admin, and the same messages say when it is back', async () => {
  await set('enforced');
  await sweep();
  expect([await lost(), await told()]).toEqual([[], []]);
  await ask();
  await sweep();
  clock.advance(25 * HOUR_MS);
  await Promise.all([sweep(), sweep()]);
  await sweep();
  expect(await lost()).toHaveLength(1);
  expect(await told()).toEqual([
    ['UANA', 'enforcement_lost'],
    ['ULI', 'enforcement_lost'],
  ]);
  await ask();
  await sweep();
  expect(await lost()).toEqual([]);
  expect(await told()).toEqual([
    ['UANA', 'enforcement_back'],
    ['ULI', 'enforcement_back'],
  ]);
  clock.advance(25 * HOUR_MS);
  await sweep();
  expect(await told()).toHaveLength(4);
});

it('is not lost while a ping is due: after an interruption of Refill its own pings are what is missing', async () => {
  await set('enforced');
  const { id } = await endpoint({ nextPingAt: new Date(clock.now().getTime() + HOUR_MS) });
  await sweep();
  clock.advance(25 * HOUR_MS);
  await sweep();
  expect([await enforcement(), await lost()]).toEqual(['reported', []]);
  const nextPingAt = new Date(clock.now().getTime() + HOUR_MS);
  await database.db.eventEndpoint.update({ where: { id }, data: { nextPingAt } });
  await sweep();
  expect(await lost()).toHaveLength(1);
});

it('is nothing lost where the operator says that usage is only reported', async () => {
  await set('enforced');
  await ask();
  await sweep();
  await set('reported');
  await sweep();
  expect([await lost(), await told()]).toEqual([[], []]);
  await set('enforced');
  await sweep();
  clock.advance(25 * HOUR_MS);
  await sweep();
  expect(await lost()).toHaveLength(1);
  await set('reported');
  await sweep();
  expect(await lost()).toEqual([]);
  expect((await told()).map(([, event]) => event)).toEqual(['enforcement_lost', 'enforcement_lost']);
});

it('decides what a notice says of credits that ran out', async () => {
  const { db } = database;
  const wallet = await db.wallet.findFirstOrThrow({
    where: { companyId: acme.companyId, officeId: acme.officeIds[0] },
  });
  const watched = { companyId: acme.companyId, walletId: wallet.id, class: 'calls' as const };
  await set('enforced');
  await ask();
  await watchBalance({ db, clock }, watched);
  const [notice] = await db.notice.findMany({ where: { companyId: acme.companyId, kind: 'low_balance' } });
  expect(notice?.facts).toMatchObject({ level: 'out', isEnforced: true });
});

it('is remembered to the minute, so that a busy phone system writes once', async () => {
  await ask();
  const first = await database.db.enforcement.findUniqueOrThrow({ where: { companyId: acme.companyId } });
  clock.advance(MINUTE_MS / 2);
  await ask();
  const second = await database.db.enforcement.findUniqueOrThrow({ where: { companyId: acme.companyId } });
  expect(second.holdAskedAt).toEqual(first.holdAskedAt);
});

it('is set on the command line, which says what it waits for; recorded and posted', async () => {
  const refill = (...args: string[]) =>
    runRefill(
      ['company', ...args, '--company', `${acme.companyId}`],
      { DATABASE_URL: database.url },
      { clock },
    );
  const done = await refill('set', '--enforced');
  expect(done.stdout).toMatch(/credit enforcement: reported → enforced/);
  expect(done.stdout).toMatch(/not heard of within 24 hours/);
  expect((await refill('show')).stdout).toMatch(/usage without credits: reported \(set to enforced/);
  await ask();
  expect((await refill('show')).stdout).toMatch(/usage without credits: enforced$/m);
  expect((await refill('set', '--enforced', '--reported')).stderr).toMatch(/contradict/);
  const audits = await database.db.audit.findMany({ where: { companyId: acme.companyId } });
  expect(audits.at(-1)).toMatchObject({
    action: 'company-changed',
    details: { credit_enforcement: 'reported → enforced' },
  });
});
