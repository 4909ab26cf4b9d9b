import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import { type CreditKind, grantCredits, postUsage, type UsageClass } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { deliverNotice, NoticeDeliveryError, watchBalance } from '../../../src/notices/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { numberKey } from '../../support/number-key.ts';

let database: TestDatabase;
let clock: MovableClock;
let acme: TestCompany;
let calls = 0;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

/** It stands still, so that what happens between two moves of it happens at one instant. */
beforeEach(async () => {
  const startedAt = Date.now();
  clock = new MovableClock(0, () => startedAt);
  acme = await testCompany(database.db, { pooled: false });
  await credit('10');
});

/** Runs the jobs that the ledger asked for, as the queue does. */
async function react(): Promise<number> {
  const { companyId } = acme;
  const jobs = await database.db.$queryRaw<{ key: string; walletId: string; class: UsageClass }[]>`
    SELECT job.key, p.payload->>'walletId' AS "walletId", p.payload->>'class' AS class FROM graphile_worker.jobs AS job
    JOIN graphile_worker._private_jobs AS p ON p.id = job.id
    WHERE job.task_identifier = 'watch-balance' AND p.payload->>'companyId' = ${companyId.toString()} ORDER BY job.id`;
  for (const job of jobs) {
    const watched = { companyId, walletId: BigInt(job.walletId), class: job.class };
    await watchBalance({ db: database.db, clock }, watched);
    await database.db.$executeRaw`SELECT graphile_worker.remove_job(${job.key})`;
  }
  return jobs.length;
}

async function credit(
  amount: string,
  kind: CreditKind = 'general',
  officeId: bigint | null = acme.officeIds[0],
): Promise<void> {
  calls += 1;
  await grantCredits(database.db, {
    companyId: acme.companyId,
    officeId,
    kind,
    ...(kind === 'general' ? {} : { expiresAt: new Date(clock.now().getTime() + 30 * 24 * HOUR_MS) }),
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

async function spend(
  amount: string,
  usageClass: UsageClass = 'calls',
  officeId: bigint = acme.officeIds[0],
): Promise<void> {
  calls += 1;
  const outcomes = await postUsage(database.db, {
    numberKey,
    companyId: acme.companyId,
    at: clock.now(),
    records: [
      {
        source: 'api',
        externalId: `call-${calls}`,
        officeId,
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

  it('that hovers is told again a day after it was told last, to the millisecond, however late it crossed since', async () => {
    const hover = async (): Promise<void> => {
      await spend('6');
      await credit('6');
    };
    await hover();
    for (const wait of [23 * HOUR_MS, HOUR_MS - 1]) {
      clock.advance(wait);
      await hover();
      expect(await told()).toHaveLength(1);
    }
    clock.advance(1);
    await hover();
    expect(await told()).toHaveLength(2);
    clock.advance(24 * HOUR_MS - 1);
    await hover();
    expect(await told()).toHaveLength(2);
    clock.advance(1);
    await hover();
    expect(await told()).toHaveLength(3);
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

  it('R27.8: what is out follows credits that end it not yet, and an overdraft that doubles, in the same message', async () => {
    await spend('15');
    await spend('1');
    expect(await told()).toEqual([{ level: 'out', available: '-5', isOver: false }]);
    await spend('5');
    expect(await told()).toEqual([{ level: 'out', available: '-11', isOver: false }]);
    await credit('6');
    expect(await told()).toEqual([{ level: 'out', available: '-5', isOver: false }]);
    await credit('50');
    expect(await told()).toMatchObject([{ level: 'out', isOver: true }]);
  });

  it('R27.8: what is low follows credits that leave it low', async () => {
    await spend('9');
    await credit('2');
    expect(await told()).toEqual([{ level: 'low', available: '3', isOver: false }]);
  });

  it('R27.8: what waited to be sent says what is left when it is sent', async () => {
    await spend('6');
    const notice = await database.db.notice.findFirstOrThrow({ where: { companyId: acme.companyId } });
    const sent: string[] = [];
    const deliver = (isDown: boolean) =>
      deliverNotice(
        {
          db: database.db,
          clock,
          log: createLogger('silent'),
          send: async ({ channelId, facts }) => {
            if (isDown) throw new NoticeDeliveryError('unavailable', { permanent: false });
            sent.push('available' in facts ? facts.available : '');
            return { ts: '1', channelId };
          },
        },
        { companyId: acme.companyId, noticeId: notice.id },
      );
    for (const attempts of [1, 2]) {
      await deliver(true);
      await spend('1');
      const { attempts: counted } = await database.db.notice.findFirstOrThrow({
        where: { companyId: acme.companyId },
      });
      expect(counted).toBe(attempts);
      clock.advance(HOUR_MS);
    }
    await deliver(false);
    expect(sent).toEqual(['2']);
  });

  it('R27.8: what is low is left out once it is not, or has run out, before Slack took it', async () => {
    await spend('6');
    const notice = await database.db.notice.findFirstOrThrow({ where: { companyId: acme.companyId } });
    await spend('9');
    clock.advance(HOUR_MS);
    const send = async () => {
      throw new Error('nothing is to be sent');
    };
    const payload = { companyId: acme.companyId, noticeId: notice.id };
    await deliverNotice({ db: database.db, clock, log: createLogger('silent'), send }, payload);
    expect(await database.db.notice.findFirstOrThrow({ where: { id: notice.id } })).toMatchObject({
      kind: 'low_balance',
      state: 'dropped',
    });
  });

  it('R27.8: what is low says that auto-recharge was turned on since, also while a recharge is under way', async () => {
    await spend('6');
    const { id: walletId } = await database.db.wallet.findFirstOrThrow({
      where: { companyId: acme.companyId, officeId: acme.officeIds[0] },
    });
    const checkRecharge = async () => ({ isOn: true, isUnderWay: true });
    await watchBalance(
      { db: database.db, clock, checkRecharge },
      { companyId: acme.companyId, walletId, class: 'calls' },
    );
    const [notice] = await database.db.notice.findMany({ where: { companyId: acme.companyId } });
    expect(notice?.facts).toMatchObject({ level: 'low', isRechargeOn: true });
  });

  it('that runs out at a stroke is one message, not two', async () => {
    await spend('60');
    expect(await told()).toEqual([{ level: 'out', available: '-50', isOver: false }]);
  });

  it('is told for AI conversations too, which have no level of their own', async () => {
    await spend('12', 'ai');
    expect(await told()).toContainEqual({ level: 'out', available: '-2', isOver: false });
  });

  /** What was told of each class, once a message. */
  const toldOf = async (): Promise<string[]> => {
    const notices = await database.db.notice.findMany({
      where: { companyId: acme.companyId },
      orderBy: { id: 'asc' },
    });
    return notices.map(({ facts }) => {
      const { class: of, level, recovered } = facts as { class: string; level: string; recovered: unknown };
      return `${of} ${level}${recovered === null ? '' : ', over'}`;
    });
  };

  it('R6: AI that uses what calls have left nothing of is told as interrupted, once, and its return in that message', async () => {
    await spend('2', 'ai');
    await spend('8');
    expect(await toldOf()).toEqual(['calls out']);
    await spend('1', 'ai');
    await spend('1', 'ai');
    expect(await toldOf()).toEqual(['calls out', 'ai out']);
    await credit('50');
    expect(await toldOf()).toEqual(['calls out, over', 'ai out, over']);
    clock.advance(25 * HOUR_MS);
    await spend('48');
    await spend('1', 'ai');
    expect((await toldOf()).slice(2)).toEqual(['calls out', 'ai out']);
  });

  it('for calls and for AI at one instant is told of each, in a message of its own', async () => {
    await spend('1', 'ai');
    await credit('1', 'ai');
    await spend('9');
    await spend('2', 'ai');
    expect(await toldOf()).toEqual(['calls out', 'ai out']);
    const notices = await database.db.notice.findMany({ where: { companyId: acme.companyId } });
    expect(new Set(notices.map(({ createdAt }) => createdAt.getTime())).size).toBe(1);
  });

  it('of one office is told of that office alone, though another’s runs out at the same instant', async () => {
    const [home, branch = 0n] = acme.officeIds;
    await credit('10', 'general', branch);
    for (const officeId of [home, branch]) await spend('10', 'calls', officeId);
    expect(await toldOf()).toEqual(['calls out', 'calls out']);
    await credit('50', 'general', branch);
    expect(await toldOf()).toEqual(['calls out', 'calls out, over']);
  });

  it.each([
    ['calls before the bundle', ['calls', 'ai', 'ai', 'ai']],
    ['the bundle before calls', ['ai', 'calls', 'ai', 'ai']],
  ] as const)('R6: AI of shared credits, used up by %s, is told as interrupted once', async (_, order) => {
    acme = await testCompany(database.db);
    await credit('8', 'general', null);
    await credit('2', 'ai');
    for (const usageClass of order) await spend(usageClass === 'calls' ? '8' : '2', usageClass);
    expect(await toldOf()).toEqual(['calls out', 'ai out']);
  });

  it('of a company that never uses AI is told of calls alone', async () => {
    acme = await testCompany(database.db);
    await credit('8', 'general', null);
    await spend('8');
    await spend('1');
    expect(await toldOf()).toEqual(['calls out']);
  });

  it('asks nobody to look while nothing crosses', async () => {
    await spend('1');
    expect(await react()).toBe(0);
  });
});
