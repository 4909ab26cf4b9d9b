import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pauseRechargeForSurprise, resumeRecharge } from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/durations.ts';
import { type NewUsage, postUsage, verifyDatabase } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import {
  createSpendingSweep,
  expectSurprise,
  judgeSpending,
  spendingChecks,
  updateSurprise,
} from '../../../src/usage/index.ts';
import { markFromFile } from '../../../src/usage/surprises/mark-from-file.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { numberKey } from '../../support/number-key.ts';

/** A Friday, 22:00 in Los Angeles. */
const NOW = Date.parse('2026-11-28T06:00:00Z');
const CUBA = '+5371234567';

let database: TestDatabase;
let acme: TestCompany;
let clock: MovableClock;
let sweep: () => Promise<void>;
let next = 0;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  acme = await testCompany(database.db, { pooled: false });
  clock = new MovableClock(0, () => NOW);
  sweep = createSpendingSweep({ db: database.db, clock });
  next = 0;
  // Three weeks of a dollar an hour, so that the office has a history.
  for (let day = 21; day >= 1; day -= 1) {
    const at = NOW - day * DAY_MS - 4 * HOUR_MS;
    await post(at, [usage(at, '1', { externalNumber: '+12025550143', category: 'domestic' })]);
  }
});

const usage = (at: number, cost: string, of: Partial<NewUsage> = {}): NewUsage => {
  next += 1;
  return {
    source: 'api',
    externalId: `surprise-${acme.companyId}-${next}`,
    officeId: acme.officeIds[0],
    departmentId: null,
    memberId: null,
    class: 'calls',
    category: 'international',
    direction: 'outbound',
    externalNumber: CUBA,
    internalNumber: '+14155550101',
    usageAt: new Date(at),
    durationMs: 60_000,
    billedSeconds: 60,
    quantity: 1,
    cost: dollars(cost),
    price: null,
    ...of,
  };
};
const post = (at: number, records: NewUsage[]) =>
  postUsage(database.db, { companyId: acme.companyId, at: new Date(at), numberKey, records });
/** So many calls, a minute apart, the last one a minute ago. */
const calls = (count: number, cost: string, of: Partial<NewUsage> = {}) => {
  const now = clock.now().getTime();
  return post(
    now,
    Array.from({ length: count }, (_, index) => usage(now - (count - index) * MINUTE_MS, cost, of)),
  );
};
/** Sweeps until every hour is summed, then judges as the jobs that it woke would. */
async function look(): Promise<number> {
  const { db } = database;
  for (let round = 0; round < 40; round += 1) await sweep();
  const jobs = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM graphile_worker.jobs WHERE task_identifier = 'judge-spending'
      AND key LIKE ${`judge-spending:${acme.companyId}:%`}`;
  await judgeSpending({ db, clock }, { companyId: acme.companyId, officeId: acme.officeIds[0] });
  return Number(jobs[0]?.count ?? 0);
}
const told = async () =>
  (
    await database.db.notice.findMany({
      where: { companyId: acme.companyId, kind: 'surprise' },
      orderBy: { id: 'asc' },
    })
  ).map(({ facts, channelId, revision }) => ({
    ...(facts as Record<string, unknown>),
    channelId,
    revision,
  }));

describe('unusual spending', () => {
  it('is told once, with whose lines it was, and its message follows it', async () => {
    await calls(12, '5');
    expect(await look()).toBe(1);
    expect(await told()).toMatchObject([
      {
        officeName: 'San Francisco',
        part: 'country',
        value: 'CU',
        rule: 'above_usual',
        amount: '60',
        calls: 12,
        usual: '0',
        spenders: [{ name: '+14155550101', amount: '60' }],
        channelId: 'CCREDITS',
        revision: 1,
      },
    ]);
    await look();
    expect(await told()).toHaveLength(1);
    clock.advance(5 * MINUTE_MS);
    await calls(3, '10');
    await look();
    expect(await told()).toMatchObject([{ amount: '90', calls: 15, revision: 2 }]);
  });

  it('at night is also ten calls to a country that was not called in 28 days', async () => {
    await calls(9, '0.10');
    await look();
    expect(await told()).toEqual([]);
    await calls(1, '0.10');
    await look();
    expect(await told()).toMatchObject([{ rule: 'new_country', value: 'CU', calls: 10, usual: null }]);
  });

  it('is none where it is as ever', async () => {
    const at = NOW - 7 * DAY_MS;
    await post(at, [usage(at, '20')]);
    await calls(12, '5');
    await look();
    expect(await told()).toEqual([]);
  });

  it('is judged by what arrived within six hours, however late that was, and by no file', async () => {
    const late = NOW - 7 * HOUR_MS;
    await post(NOW, [usage(late, '100')]);
    const filed = usage(NOW - HOUR_MS, '100');
    await markFromFile({ db: database.db, clock }, { companyId: acme.companyId, source: 'api' }, [filed]);
    await post(NOW, [filed]);
    await look();
    expect(await told()).toEqual([]);
    await post(NOW, [usage(NOW - 5 * HOUR_MS, '100')]);
    await look();
    expect(await told()).toHaveLength(1);
  });

  it('wakes no job for an office that spent less than that in every hour', async () => {
    await calls(9, '1');
    expect(await look()).toBe(0);
  });

  it('that is expected is not told for 24 hours, unless it triples', async () => {
    await calls(6, '10');
    await look();
    const { id } = await database.db.surprise.findFirstOrThrow({ where: { companyId: acme.companyId } });
    const deps = { db: database.db, clock };
    const until = await expectSurprise(deps, acme.ana, id);
    expect(until.getTime()).toBe(NOW + DAY_MS);
    expect(await told()).toMatchObject([{ expectedByUserId: 'UANA' }]);
    clock.advance(10 * MINUTE_MS);
    await calls(6, '19.9');
    await look();
    expect(await told()).toHaveLength(1);
    await calls(1, '0.6');
    await look();
    expect(await told()).toMatchObject([{ amount: '60' }, { amount: '180', expectedByUserId: null }]);
    const audits = await database.db.audit.findMany({
      where: { companyId: acme.companyId, action: 'surprise-expected' },
    });
    expect(audits).toHaveLength(1);
  });

  it('goes to each company admin where the company has no channel', async () => {
    await database.db.noticeChannel.deleteMany({ where: { companyId: acme.companyId } });
    await calls(12, '5');
    await look();
    expect((await told()).map(({ channelId }) => channelId)).toEqual(['UANA', 'ULI']);
  });
});

describe('sums of spending', () => {
  it('are kept for 35 days, each hour once nothing can arrive for it any more', async () => {
    await look();
    const where = { companyId: acme.companyId };
    expect(await database.db.spendHour.count({ where })).toBe(21);
    clock.advance(20 * DAY_MS);
    await look();
    expect(await database.db.spendHour.count({ where })).toBe(14);
    const { summedUntil } = await database.db.spendSummed.findUniqueOrThrow({ where });
    expect(clock.now().getTime() - summedUntil.getTime()).toBeLessThan(8 * HOUR_MS);
  });
});

describe('auto-recharge of an office with unusual spending', () => {
  it('is paused by an admin of it, and resumed by a company admin', async () => {
    await calls(12, '5');
    await look();
    const { db } = database;
    const { companyId } = acme;
    const { id: walletId } = await db.wallet.findFirstOrThrow({
      where: { companyId, officeId: acme.officeIds[0] },
    });
    await db.rechargeSetting.create({
      data: {
        companyId,
        walletId,
        officeId: acme.officeIds[0],
        isOn: true,
        thresholdMicros: 5_000_000n,
        amountMicros: 20_000_000n,
        capMicros: 100_000_000n,
        monthStartsAt: new Date(NOW - DAY_MS),
        monthEndsAt: new Date(NOW + DAY_MS),
        setBy: 'test',
        setAt: new Date(NOW),
      },
    });
    const officeAdmin = { ...acme.ana, userId: 'UOFFICE' };
    await db.roleAssignment.create({
      data: {
        companyId,
        teamId: acme.teamId,
        userId: 'UOFFICE',
        role: 'office_admin',
        officeId: acme.officeIds[0],
        grantedBy: 'test',
        grantedAt: new Date(NOW),
      },
    });
    const deps = { db, clock };
    const { id } = await db.surprise.findFirstOrThrow({ where: { companyId } });
    const pause = (officeId = acme.officeIds[0]) =>
      pauseRechargeForSurprise(deps, officeAdmin, { officeId, storyId: id });
    await expect(pause(acme.officeIds[1] ?? 0n)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(await pause()).toBe('paused');
    expect(await pause()).toBe('already');
    await updateSurprise(deps, officeAdmin, id);
    expect(await told()).toMatchObject([{ pausedByUserId: 'UOFFICE' }]);
    const setting = await db.rechargeSetting.findFirstOrThrow({ where: { companyId } });
    expect(setting).toMatchObject({ isOn: true, pausedFor: 'surprise' });
    const billing = deps as unknown as Parameters<typeof resumeRecharge>[0];
    await expect(resumeRecharge(billing, officeAdmin, walletId)).rejects.toMatchObject({
      code: 'resume-not-yours',
    });
    // A company admin resumed it since: the message says so, and the click that is delivered again pauses nothing.
    await db.company.update({ where: { id: companyId }, data: { billingMethod: 'invoice' } });
    expect(await resumeRecharge(billing, acme.ana, walletId)).toBe('resumed');
    const resumed = [{ pausedByUserId: 'UOFFICE', pauseEnd: 'resumed', isRechargeOn: true }];
    expect(await told()).toMatchObject(resumed);
    expect(await pause()).toBe('already');
    expect(await db.rechargeSetting.count({ where: { companyId, pausedFor: null } })).toBe(1);
    await updateSurprise(deps, officeAdmin, id);
    expect(await told()).toMatchObject(resumed);
    // A later pause for something else is not the one that was asked for here.
    await db.rechargeSetting.updateMany({ where: { companyId }, data: { pausedFor: 'declined' } });
    await updateSurprise(deps, officeAdmin, id);
    expect(await told()).toMatchObject(resumed);
  });
});

describe('refill verify', () => {
  it('finds an hour that is not the sum of its records', async () => {
    await look();
    const { db, url } = database;
    const check = async () => {
      const findings: unknown[] = [];
      await verifyDatabase(
        { url, log: createLogger('silent') },
        { checks: spendingChecks, onFinding: (finding) => findings.push(finding) },
      );
      return findings;
    };
    expect(await check()).toEqual([]);
    const where = { companyId: acme.companyId };
    const hour = await db.spendHour.findFirstOrThrow({ where });
    await db.spendHour.updateMany({
      where: { ...where, hourAt: hour.hourAt },
      data: { costMicros: { increment: 1n } },
    });
    expect(await check()).toMatchObject([{ table: 'spend_hour', column: 'cost_micros' }]);
    await db.spendHour.updateMany({
      where: { ...where, hourAt: hour.hourAt },
      data: { costMicros: { decrement: 1n } },
    });
  });
});
