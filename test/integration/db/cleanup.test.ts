import { afterAll, beforeAll, expect, it } from 'vitest';
import { oldCardLinks } from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { oldNotices } from '../../../src/notices/index.ts';
import { oldLinkAttempts } from '../../../src/org/index.ts';
import { createCleanupSweep } from '../../../src/queue/index.ts';
import { oldExports, oldHoldRequests } from '../../../src/usage/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const NOW = new Date('2028-03-31T12:00:00Z');
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);

let database: TestDatabase;
let acme: TestCompany;

beforeAll(async () => {
  database = await freshDatabase();
  acme = await testCompany(database.db);
});
afterAll(() => database?.close());

/** Stores rows of a table, runs a night and answers the names of those that are left. */
async function after(
  store: (row: { name: string; at: Date }) => Promise<unknown>,
  names: () => Promise<string[]>,
  ages: Record<string, number>,
): Promise<string[]> {
  for (const [name, age] of Object.entries(ages)) await store({ name, at: daysAgo(age) });
  await createCleanupSweep({ db: database.db, clock: new MovableClock(0, () => NOW.getTime()) }, [
    oldNotices,
    oldExports,
    oldHoldRequests,
    oldCardLinks,
    oldLinkAttempts,
  ])(new AbortController().signal);
  return (await names()).toSorted();
}

it('messages that are over go after 400 days; one that waits, holds others or tells of a balance that is low stays', async () => {
  const { db } = database;
  const { companyId, teamId } = acme;
  const store = ({ name, at }: { name: string; at: Date }) =>
    db.notice.create({
      data: {
        companyId,
        dedupeKey: name,
        kind: 'receipt',
        teamId,
        channelId: 'CCREDITS',
        facts: {},
        revision: 1,
        state: name === 'waits' ? 'pending' : 'sent',
        ...(name === 'waits' ? { nextAttemptAt: at } : { messageTs: '1.2', sentAt: at, sentRevision: 1 }),
        createdAt: at,
      },
    });
  const whole = await store({ name: 'summary', at: daysAgo(500) });
  await store({ name: 'part', at: daysAgo(10) });
  await db.notice.update({
    where: { companyId_dedupeKey: { companyId, dedupeKey: 'part' } },
    data: { state: 'merged', sentRevision: 0, messageTs: null, partOf: whole.id },
  });
  await db.balanceAlert.create({
    data: {
      companyId,
      walletId: 1n,
      class: 'calls',
      level: 'low',
      isLow: true,
      lowSince: daysAgo(500),
      toldAt: daysAgo(500),
      dedupeKey: 'low',
    },
  });
  const names = async () => (await db.notice.findMany()).map(({ dedupeKey }) => dedupeKey);
  expect(await after(store, names, { old: 401, young: 399, waits: 500, low: 500 })).toEqual([
    'low',
    'part',
    'summary',
    'waits',
    'young',
  ]);
});

it('exports that are over go after 400 days, and none that is under way', async () => {
  const { db } = database;
  const store = ({ name, at }: { name: string; at: Date }) =>
    db.usageExport.create({
      data: {
        companyId: acme.companyId,
        token: name,
        state: name === 'runs' ? 'running' : 'done',
        teamId: acme.teamId,
        userId: 'UANA',
        filter: {},
        timeZone: 'UTC',
        fileName: 'usage.csv',
        createdAt: at,
        askedAt: at,
        ...(name === 'runs' ? { nextRunAt: at } : { finishedAt: at }),
      },
    });
  const names = async () => (await db.usageExport.findMany()).map(({ token }) => token);
  expect(await after(store, names, { old: 401, young: 399, runs: 500 })).toEqual(['runs', 'young']);
});

it('holds as they were asked for go 35 days after their end, links to the card page after 90 days, tries after 7', async () => {
  const { db } = database;
  const { companyId, teamId } = acme;
  const hold = ({ name, at }: { name: string; at: Date }) =>
    db.holdRequest.create({
      data: {
        companyId,
        id: name,
        facts: 'code',
        class: 'calls',
        unit: 'seconds',
        granted: 60,
        amountMicros: 0n,
        isKept: false,
        state: 'released',
        placedAt: at,
        expiresAt: name === 'lasts' ? daysAgo(34) : at,
      },
    });
  const holds = async () => (await db.holdRequest.findMany()).map(({ id }) => id);
  expect(await after(hold, holds, { old: 36, young: 34, lasts: 36 })).toEqual(['lasts', 'young']);
  const link = ({ name, at }: { name: string; at: Date }) =>
    db.cardLink.create({
      data: {
        companyId,
        token: name,
        sessionId: name,
        url: 'x',
        teamId,
        userId: 'U',
        createdAt: at,
        expiresAt: at,
      },
    });
  const links = async () => (await db.cardLink.findMany()).map(({ token }) => token);
  expect(await after(link, links, { old: 91, young: 89 })).toEqual(['young']);
  const attempt = ({ name, at }: { name: string; at: Date }) =>
    db.linkAttempt.create({ data: { teamId, userId: name, attemptedAt: at } });
  const attempts = async () => (await db.linkAttempt.findMany()).map(({ userId }) => userId);
  expect(await after(attempt, attempts, { old: 8, young: 6 })).toEqual(['young']);
});

it('names of queues go where nothing waits in them, and stay where a job does', async () => {
  const { db } = database;
  await db.$executeRaw`SELECT graphile_worker.add_job('x', '{}'::json, queue_name => 'waits')`;
  await db.$executeRaw`INSERT INTO graphile_worker._private_job_queues (queue_name) VALUES ('idle')`;
  const names = async () =>
    (
      await db.$queryRaw<{ queue_name: string }[]>`SELECT queue_name FROM graphile_worker._private_job_queues`
    ).map((row) => row.queue_name);
  expect(await after(async () => {}, names, {})).toEqual(['waits']);
});
