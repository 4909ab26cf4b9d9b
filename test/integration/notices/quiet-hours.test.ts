import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { changeQuietHours } from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import { grantCredits, setWatch } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import {
  type NoticeFacts,
  postNotice,
  type QuietHours,
  sweepQuietHours,
  watchBalance,
} from '../../../src/notices/index.ts';
import { renderNotice } from '../../../src/slack/notices/render-notice.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const HOURS: QuietHours = { from: '22:00', to: '07:00', days: [1, 2, 3, 4, 5, 6, 7], timeZone: 'UTC' };
/** Eleven in the evening. */
const startedAt = Date.parse('2026-11-10T23:00:00Z');
let clock: MovableClock;
let database: TestDatabase;
let acme: TestCompany;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  clock = new MovableClock(0, () => startedAt);
  acme = await testCompany(database.db, { pooled: false });
});

const deps = () => ({ db: database.db, clock });
const change = (wanted: QuietHours | null, shown: QuietHours | null = null) =>
  changeQuietHours(deps(), acme.ana, { shown, wanted });
const sweep = () => sweepQuietHours(deps());

const settings = (by: string): NoticeFacts => ({
  kind: 'settings',
  byUserId: by,
  changes: [{ field: 'billing_day', scopeLabel: null, from: '1', to: '15' }],
});
const dispute: NoticeFacts = {
  kind: 'dispute',
  invoice: null,
  state: 'open',
  amount: '5.00',
  receipt: 'R-1',
  at: '2026-11-10T23:00:00.000Z',
  timeZone: 'UTC',
};
const post = (dedupeKey: string, facts: NoticeFacts, to?: { teamId: string; channelId: string }) =>
  postNotice(database.db, {
    companyId: acme.companyId,
    dedupeKey,
    facts,
    at: clock.now(),
    ...(to === undefined ? {} : { to }),
  });

const stored = () =>
  database.db.notice.findMany({ where: { companyId: acme.companyId }, orderBy: { id: 'asc' } });
/** What is on its way to Slack. */
const going = async (): Promise<string[]> =>
  (await stored())
    .filter(({ state }) => state === 'pending')
    .map(({ facts }) => renderNotice(facts as unknown as NoticeFacts).text);
const jobs = async (): Promise<number> => {
  const [row] = await database.db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM graphile_worker.jobs AS job JOIN graphile_worker._private_jobs AS p ON p.id = job.id
    WHERE job.task_identifier = 'deliver-notice' AND p.payload->>'companyId' = ${acme.companyId.toString()}`;
  return Number(row?.count);
};

/** The change itself is a notice that waits, too. */
async function beQuiet(hours = HOURS): Promise<void> {
  await change(hours);
  await database.db.notice.deleteMany({ where: { companyId: acme.companyId } });
}

async function credit(amount: string): Promise<void> {
  await grantCredits(database.db, {
    companyId: acme.companyId,
    officeId: acme.officeIds[0],
    kind: 'general',
    amount: dollars(amount),
    key: `credit-${amount}-${clock.now().getTime()}`,
    source: 'purchase',
    reference: 'r',
    actor: 'test',
    reason: 'test',
    at: clock.now(),
  });
  await watch();
}
const wallet = () =>
  database.db.wallet.findFirstOrThrow({
    where: { companyId: acme.companyId, officeId: acme.officeIds[0] },
  });
const watch = async () =>
  watchBalance(deps(), { companyId: acme.companyId, walletId: (await wallet()).id, class: 'calls' });

/** Credits of $5 below a level of $10. */
async function beLow(): Promise<void> {
  await setWatch(database.db, {
    companyId: acme.companyId,
    walletId: (await wallet()).id,
    calls: dollars('10'),
  });
  await credit('5');
}

it('without quiet hours nothing waits', async () => {
  await post('one', settings('UANA'));
  expect(await going()).toHaveLength(1);
});

it('what may wait comes as one message at their end, in its order; what cannot wait goes at once', async () => {
  await beQuiet();
  await post('one', settings('UANA'));
  await post('dispute', dispute);
  await post('two', settings('ULI'));
  await post('person', settings('UANA'), { teamId: acme.teamId, channelId: 'UANA' });
  expect(await going()).toHaveLength(2);
  clock.advance(8 * HOUR_MS - 1);
  await sweep();
  expect(await going()).toHaveLength(2);
  clock.advance(1);
  await Promise.all([sweep(), sweep(), sweep()]);
  const [, , morning, ...more] = await going();
  expect(more).toEqual([]);
  expect(morning).toMatch(/2 notifications[\s\S]*UANA[\s\S]*ULI/);
  expect(await jobs()).toBe(3);
});

it('what alone waited comes as itself', async () => {
  await beQuiet();
  await post('one', settings('UANA'));
  clock.advance(8 * HOUR_MS);
  await sweep();
  expect(await going()).toEqual([expect.stringMatching(/^:gear: <@UANA> changed/)]);
});

it('a low balance that recovered meanwhile is not told, and told when it is low again', async () => {
  await beQuiet();
  await beLow();
  await post('one', settings('UANA'));
  clock.advance(HOUR_MS);
  await credit('50');
  clock.advance(7 * HOUR_MS);
  await sweep();
  expect(await going()).toEqual([expect.stringMatching(/changed/)]);
  expect((await stored()).map(({ state }) => state)).toEqual(['dropped', 'pending']);
  const low = { companyId: acme.companyId, walletId: (await wallet()).id };
  await setWatch(database.db, { ...low, calls: dollars('100') });
  await watch();
  expect((await going())[0]).toMatch(/San Francisco is low:\* \$55\.00 left/);
});

it('a low balance is told with what is left in the morning, and its recovery in that message', async () => {
  await beQuiet();
  await beLow();
  await credit('2');
  await post('one', settings('UANA'));
  clock.advance(8 * HOUR_MS);
  await sweep();
  expect(await going()).toEqual([expect.stringMatching(/San Francisco is low:\* \$7\.00 left/)]);
  await credit('50');
  expect(await going()).toEqual([expect.stringMatching(/San Francisco has credits again/)]);
});

it('what stands in the channel already is updated also while it is quiet', async () => {
  await post('one', settings('UANA'));
  await database.db.notice.updateMany({
    where: { companyId: acme.companyId },
    data: { state: 'sent', sentRevision: 1, messageTs: '1.1' },
  });
  await change(HOURS);
  await post('one', settings('ULI'));
  expect(await going()).toEqual([expect.stringMatching(/ULI/)]);
});

it('what turns urgent while it waits goes at once', async () => {
  await beQuiet();
  const invoice = {
    kind: 'invoice',
    state: 'open',
    number: 'INV-1',
    total: '5.00',
    dueAt: '2026-12-01T00:00:00.000Z',
    lines: 1,
    token: 't',
    timeZone: 'UTC',
    owedAgain: null,
    startsAt: null,
    closesAt: null,
    resolvedAt: null,
    items: [],
    payUrl: null,
    admins: [],
  } as const;
  await post('invoice', { ...invoice, items: [], admins: [], hasFailed: false });
  expect(await going()).toEqual([]);
  await post('invoice', { ...invoice, items: [], admins: [], hasFailed: true });
  expect(await going()).toHaveLength(1);
});

it('ending quiet hours tells what waits at once, and other hours have it wait for their end', async () => {
  await beQuiet();
  await post('one', settings('UANA'));
  await change({ ...HOURS, to: '09:00' }, HOURS);
  clock.advance(8 * HOUR_MS);
  await sweep();
  expect(await going()).toEqual([]);
  await change(null, { ...HOURS, to: '09:00' });
  await sweep();
  const all = await going();
  expect(all.some((text) => /3 notifications|UANA/.test(text))).toBe(true);
  expect((await stored()).some(({ state }) => state === 'held')).toBe(false);
});

it('are changed once, by a company admin, kept in the audit, and never over a change in between', async () => {
  expect(await change(HOURS)).toMatchObject({ outcome: 'saved' });
  expect(await change({ ...HOURS, to: '08:00' })).toMatchObject({ outcome: 'stale', hours: HOURS });
  expect(await change(HOURS, HOURS)).toMatchObject({ outcome: 'unchanged' });
  await expect(change({ ...HOURS, to: '22:00' }, HOURS)).rejects.toMatchObject({ code: 'bad-facts' });
  const audit = await database.db.audit.findMany({ where: { companyId: acme.companyId } });
  expect(audit.map(({ details }) => details)).toEqual([
    { quiet_hours: 'none → 22:00-07:00 1,2,3,4,5,6,7 UTC' },
  ]);
});
