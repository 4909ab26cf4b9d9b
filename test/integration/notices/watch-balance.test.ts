import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { grantCredits, postUsage, readBalance, type UsageClass } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { watchBalance } from '../../../src/notices/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const HOUR_MS = 3_600_000;
let database: TestDatabase;
let clock: MovableClock;
let acme: TestCompany;
let walletId: bigint;
let calls = 0;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

beforeEach(async () => {
  clock = new MovableClock();
  acme = await testCompany(database.db, { pooled: false });
  const { wallets } = await readBalance(database.db, acme.companyId, clock.now());
  walletId = wallets.find(({ officeId }) => officeId === acme.officeIds[0])?.walletId ?? 0n;
  await credit('10');
});

/** Runs the jobs that the ledger asked for, as the queue does. */
async function react(): Promise<number> {
  const jobs = await database.db.$queryRaw<{ key: string; class: UsageClass }[]>`
    SELECT job.key, p.payload->>'class' AS class FROM graphile_worker.jobs AS job
    JOIN graphile_worker._private_jobs AS p ON p.id = job.id
    WHERE job.task_identifier = 'watch-balance' AND p.payload->>'walletId' = ${walletId.toString()}`;
  for (const job of jobs) {
    await watchBalance({ db: database.db, clock }, { companyId: acme.companyId, walletId, class: job.class });
    await database.db.$executeRaw`SELECT graphile_worker.remove_job(${job.key})`;
  }
  return jobs.length;
}

async function credit(amount: string): Promise<void> {
  calls += 1;
  await grantCredits(database.db, {
    companyId: acme.companyId,
    officeId: acme.officeIds[0],
    kind: 'general',
    amount: dollars(amount),
    key: `credit-${calls}`,
    source: 'purchase',
    reference: `${calls}`,
    actor: 'test',
    reason: 'test',
    at: clock.now(),
  });
  await react();
}

async function spend(amount: string, usageClass: UsageClass = 'calls'): Promise<void> {
  calls += 1;
  const outcomes = await postUsage(database.db, {
    companyId: acme.companyId,
    at: clock.now(),
    records: [
      {
        source: 'api',
        externalId: `call-${calls}`,
        officeId: acme.officeIds[0],
        departmentId: null,
        memberId: null,
        class: usageClass,
        category: usageClass === 'ai' ? 'ai_conversation' : 'international',
        direction: 'outbound',
        externalNumber: null,
        internalNumber: null,
        usageAt: clock.now(),
        durationMs: 60_000,
        billedSeconds: 60,
        quantity: 1,
        cost: dollars(amount),
        price: null,
      },
    ],
  });
  expect(outcomes).toMatchObject([{ outcome: 'posted' }]);
  await react();
}

async function told(): Promise<{ level: string; available: string; isOver: boolean }[]> {
  const notices = await database.db.notice.findMany({
    where: { companyId: acme.companyId },
    orderBy: { id: 'asc' },
  });
  return notices.map(({ facts }) => {
    const { level, available, recovered } = facts as { level: string; available: string; recovered: unknown };
    return { level, available, isOver: recovered !== null };
  });
}

describe('a balance that runs low', () => {
  it('at exactly its level is not low; below it is told once, however often it falls further', async () => {
    await spend('5');
    expect(await told()).toEqual([]);
    await spend('0.01');
    await spend('1');
    expect(await told()).toEqual([{ level: 'low', available: '4.99', isOver: false }]);
  });

  it('is told in the same message when it has recovered', async () => {
    await spend('6');
    await credit('50');
    expect(await told()).toEqual([{ level: 'low', available: '54', isOver: true }]);
  });

  it('that hovers around its level is one message a day, whose text follows', async () => {
    await spend('6');
    await credit('5');
    await spend('5');
    expect(await told()).toEqual([{ level: 'low', available: '4', isOver: false }]);
    await credit('50');
    clock.advance(25 * HOUR_MS);
    await spend('50');
    expect(await told()).toHaveLength(2);
  });

  it('that runs out is told as an interruption, and its return in that message', async () => {
    await spend('6');
    await spend('6');
    expect(await told()).toEqual([
      { level: 'low', available: '4', isOver: false },
      { level: 'out', available: '-2', isOver: false },
    ]);
    await credit('50');
    expect((await told()).every(({ isOver }) => isOver)).toBe(true);
  });

  it('that runs out at a stroke is one message, not two', async () => {
    await spend('60');
    expect(await told()).toEqual([{ level: 'out', available: '-50', isOver: false }]);
  });

  it('is told for AI conversations too, which have no level of their own', async () => {
    await spend('12', 'ai');
    expect(await told()).toContainEqual({ level: 'out', available: '-2', isOver: false });
  });

  it('asks nobody to look while nothing crosses', async () => {
    await spend('1');
    expect(await react()).toBe(0);
  });
});
