import { CompactSign } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import { createLogger } from '../../../src/log.ts';
import { createSecretBox } from '../../../src/org/index.ts';
import { createSilenceSweep, createVendorIntake, createWebhook } from '../../../src/usage/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

/** A Monday. */
const NOW = Date.parse('2026-11-30T18:20:00Z');
const secrets = createSecretBox('the tests guard no secrets');

let database: TestDatabase;
let acme: TestCompany;
let clock: MovableClock;
let sweep: () => Promise<void>;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  acme = await testCompany(database.db);
  clock = new MovableClock(0, () => NOW);
  sweep = createSilenceSweep({ db: database.db, clock });
});

/** Usage in the hours of the last 40 days that `isBusy` names, hours ago counted from now; those before `untilHoursAgo`. */
async function usageIn(
  isBusy: (hour: { weekday: number; hour: number; daysAgo: number }) => boolean,
  untilHoursAgo = 0,
  companyId = acme.companyId,
): Promise<void> {
  const hours = Array.from(
    { length: 40 * 24 },
    (_, ago) => new Date(Math.floor(NOW / HOUR_MS) * HOUR_MS - ago * HOUR_MS),
  );
  const busy = hours.filter(
    (at, ago) =>
      ago >= untilHoursAgo &&
      isBusy({ weekday: at.getUTCDay(), hour: at.getUTCHours(), daysAgo: Math.floor(ago / 24) }),
  );
  await addHours(busy, companyId);
}

const addHours = (hours: readonly Date[], companyId = acme.companyId) =>
  database.db.$executeRaw`
    INSERT INTO usage_kind_rollup (company_id, bucket_at, office_id, category, records, billed_seconds, quantity, cost_micros)
    SELECT ${companyId}, hour + interval '15 minutes', 1, 'domestic', 1, 60, 1, 0 FROM unnest(${[...hours]}::timestamptz[]) AS h (hour)
    ON CONFLICT DO NOTHING`;

const notices = async (companyId = acme.companyId) =>
  (await database.db.operatorNotice.findMany({ where: { companyId }, orderBy: { id: 'asc' } })).map(
    ({ kind, count, resolvedAt }) => `${kind} ${count}${resolvedAt === null ? '' : ' resolved'}`,
  );

const always = () => true;
const office = ({ weekday, hour }: { weekday: number; hour: number }) =>
  weekday >= 1 && weekday <= 5 && hour >= 9 && hour < 18;

describe('a feed of usage that falls silent', () => {
  it.each<[what: string, prepare: () => Promise<void>, now: string, told: boolean]>([
    [
      'six hours of a company that calls all the time',
      () => usageIn(always, 7),
      '2026-11-30T18:20:00Z',
      true,
    ],
    ['five hours of the same', () => usageIn(always, 6), '2026-11-30T18:20:00Z', false],
    ['an office that is closed at night', () => usageIn(office), '2026-12-01T08:59:00Z', false],
    ['an office on its weekend', () => usageIn(office, 66), '2026-11-30T08:59:00Z', false],
    [
      'the sixth hour after that weekend, silent since Friday',
      () => usageIn(office, 66),
      '2026-11-30T15:01:00Z',
      true,
    ],
    ['the fifth', () => usageIn(office, 66), '2026-11-30T14:59:00Z', false],
    [
      'a company of two weeks',
      () => usageIn(({ daysAgo }) => daysAgo < 14, 30),
      '2026-11-30T18:20:00Z',
      false,
    ],
    [
      'a company of one call a week',
      () => usageIn(({ weekday, hour }) => weekday === 1 && hour === 10, 24 * 8),
      '2026-11-30T18:20:00Z',
      false,
    ],
    [
      'one week without usage among four',
      () => usageIn(({ daysAgo }) => daysAgo < 10 || daysAgo > 16, 7),
      '2026-11-30T18:20:00Z',
      true,
    ],
    [
      'two such weeks',
      () => usageIn(({ daysAgo }) => daysAgo < 5 || daysAgo > 17, 7),
      '2026-11-30T18:20:00Z',
      false,
    ],
    ['a company without usage at all', async () => undefined, '2026-11-30T18:20:00Z', false],
  ])('%s: the operator is told only where usage is missing', async (_, prepare, now, isTold) => {
    await prepare();
    const clockThen = new MovableClock(0, () => Date.parse(now));
    await createSilenceSweep({ db: database.db, clock: clockThen })();
    expect(await notices()).toEqual(isTold ? ['usage-feed-silent 1'] : []);
  });

  it('is told once, however long it lasts, and ends when usage comes in again', async () => {
    await usageIn(always, 7);
    const globex = await testCompany(database.db);
    await usageIn(always, 0, globex.companyId);
    for (let hours = 0; hours < 4; hours += 1) {
      await sweep();
      await addHours([new Date(clock.now())], globex.companyId);
      clock.advance(HOUR_MS);
    }
    expect(await notices()).toEqual(['usage-feed-silent 1']);
    expect(await notices(globex.companyId)).toEqual([]);
    // Weeks later nothing is expected any more; that is no usage.
    clock.advance(40 * 24 * HOUR_MS);
    await sweep();
    expect(await notices()).toEqual(['usage-feed-silent 1']);
    await addHours([new Date(clock.now().getTime() - HOUR_MS)]);
    clock.advance(HOUR_MS);
    await sweep();
    expect(await notices()).toEqual(['usage-feed-silent 1 resolved']);
  });

  it('is not silent where usage comes in that has no rate', async () => {
    await usageIn(always, 7);
    await database.db.usageInbox.create({
      data: {
        companyId: acme.companyId,
        source: 'dialpad',
        externalId: 'x',
        reason: 'unrated',
        message: 'no rate',
        event: {},
        receivedAt: new Date(NOW - HOUR_MS),
        nextAttemptAt: new Date(NOW),
      },
    });
    await sweep();
    expect(await notices()).toEqual([]);
  });

  it('looks every five minutes, however often it is called', async () => {
    await sweep();
    await usageIn(always, 7);
    await sweep();
    expect(await notices()).toEqual([]);
    clock.advance(5 * 60_000);
    await sweep();
    expect(await notices()).toEqual(['usage-feed-silent 1']);
  });
});

describe('events that are refused', () => {
  it('are told once for their company, and no more once none was refused for an hour', async () => {
    const deps = { db: database.db, clock, secrets, log: createLogger('silent') };
    const { path } = await createWebhook(deps, acme.companyId);
    const intake = createVendorIntake(deps);
    const globex = await testCompany(database.db);
    await createWebhook(deps, globex.companyId);
    const send = async () => {
      const body = await new CompactSign(Buffer.from('{}'))
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from('another secret of thirty-two chars'));
      await expect(intake(path.split('/').at(-1) ?? '', body)).rejects.toThrow('not accepted');
    };
    await send();
    await send();
    await sweep();
    clock.advance(50 * 60_000);
    await send();
    await sweep();
    clock.advance(55 * 60_000);
    await sweep();
    expect(await notices()).toEqual(['webhook-refused 1']);
    clock.advance(10 * 60_000);
    await sweep();
    expect(await notices()).toEqual(['webhook-refused 1 resolved']);
    expect(await notices(globex.companyId)).toEqual([]);
    await intake('A'.repeat(24), 'x').catch(() => undefined);
  });
});
