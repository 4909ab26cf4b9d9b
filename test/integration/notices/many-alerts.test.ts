import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { grantCredits, setWatch } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { deliverNotice, watchBalance } from '../../../src/notices/index.ts';
import { renderNotice } from '../../../src/slack/notices/render-notice.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const OFFICES = [
  'Austin',
  'Berlin',
  'Cairo',
  'Delhi',
  'Essen',
  'Faro',
  'Genoa',
  'Hull',
  'Izmir',
  'Jena',
  'Kyiv',
];
const startedAt = Date.parse('2026-11-10T10:00:00Z');
let clock: MovableClock;
let database: TestDatabase;
let acme: TestCompany;
let wallets: bigint[];

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  clock = new MovableClock(0, () => startedAt);
  const offices = [...OFFICES, 'Lima', 'Milan'].map((name) => ({ name, country: 'US' }));
  acme = await testCompany(database.db, { pooled: false, offices });
  const { companyId } = acme;
  const rows = await database.db.wallet.findMany({
    where: { companyId, officeId: { not: null } },
    orderBy: { officeId: 'asc' },
  });
  wallets = rows.map(({ id }) => id);
  for (const walletId of wallets) await setWatch(database.db, { companyId, walletId, calls: dollars('5') });
});

/** Nothing was added to these offices yet: they are out. */
const runOut = (...which: number[]) =>
  Promise.all(
    which.map((index) =>
      watchBalance(
        { db: database.db, clock },
        { companyId: acme.companyId, walletId: wallets[index] ?? 0n, class: 'calls' },
      ),
    ),
  );

async function recover(index: number): Promise<void> {
  const officeId = acme.officeIds[index] ?? 0n;
  await grantCredits(database.db, {
    companyId: acme.companyId,
    officeId,
    kind: 'general',
    amount: dollars('50'),
    key: `credit-${index}`,
    source: 'purchase',
    reference: `${index}`,
    actor: 'test',
    reason: 'test',
    at: clock.now(),
  });
  await runOut(index);
}

const messages = async () => {
  const notices = await database.db.notice.findMany({
    where: { companyId: acme.companyId, state: { not: 'merged' } },
    orderBy: { id: 'asc' },
  });
  return notices.map(({ facts, revision }) => ({
    revision,
    text: renderNotice(facts as unknown as Parameters<typeof renderNotice>[0]).text,
  }));
};

it('the first three alerts of a channel go at once, the fourth opens one summary that takes all later ones', async () => {
  for (const index of [0, 1, 2]) await runOut(index);
  expect(await messages()).toHaveLength(3);
  for (const index of [3, 4, 5]) {
    clock.advance(10_000);
    await runOut(index);
  }
  const [, , , summary, ...more] = await messages();
  expect(more).toEqual([]);
  expect(summary?.text).toMatch(/3 offices out of credits/);
  expect(summary?.text).toMatch(/Delhi[\s\S]*Essen[\s\S]*Faro/);
});

it('a summary takes alerts until 60 seconds pass without one, to the millisecond', async () => {
  for (const index of [0, 1, 2, 3]) await runOut(index);
  clock.advance(59_999);
  await runOut(4);
  clock.advance(59_999);
  await runOut(5);
  expect(await messages()).toHaveLength(4);
  clock.advance(60_000);
  await runOut(6);
  const all = await messages();
  expect(all).toHaveLength(5);
  expect(all.at(-1)?.text).toMatch(/Genoa is out of credits/);
});

it('three alerts within more than 60 seconds open no summary', async () => {
  for (const index of [0, 1, 2, 3, 4]) {
    await runOut(index);
    clock.advance(20_000);
  }
  expect((await messages()).map(({ text }) => text).filter((text) => /offices/.test(text))).toEqual([]);
  expect(await messages()).toHaveLength(5);
});

it('of many workers at once none opens a second summary, and each office is told once', async () => {
  await runOut(...OFFICES.keys());
  const all = await messages();
  expect(all).toHaveLength(4);
  for (const name of OFFICES)
    expect(all.filter(({ text }) => text.includes(name)).map(({ text }) => text)).toHaveLength(1);
  await runOut(...OFFICES.keys());
  expect(await messages()).toEqual(all);
});

it('a summary has at most ten lines, the worst first, and says how many more', async () => {
  await runOut(0, 1, 2);
  await runOut(...Array.from({ length: 10 }, (_, index) => index + 3));
  const summary = (await messages()).at(-1)?.text.split('\n') ?? [];
  expect(summary.filter((line) => line.startsWith('• '))).toHaveLength(10);
  expect(summary[0]).toMatch(/10 offices out of credits/);
});

it('an office that recovers changes its line in the summary, and nothing else is posted', async () => {
  await runOut(0, 1, 2);
  for (const index of [3, 4, 5]) await runOut(index);
  clock.advance(3_600_000);
  await recover(4);
  const all = await messages();
  expect(all).toHaveLength(4);
  expect(all.at(-1)?.text).toMatch(
    /2 offices out of credits\* \(1 recovered\)[\s\S]*Essen\*: \$50\.00, recovered/,
  );
  for (const index of [3, 5]) await recover(index);
  expect((await messages()).at(-1)?.text).toMatch(/All 3 offices have credits again/);
});

it('a summary that is broken off leaves nothing, and the next try tells it once', async () => {
  await runOut(0, 1, 2);
  await expect(
    inTransaction(database.db, async (tx) => {
      const inside = {
        ...database.db,
        $transaction: (work: (of: typeof tx) => Promise<unknown>) => work(tx),
      };
      await watchBalance(
        { db: inside as unknown as typeof database.db, clock },
        { companyId: acme.companyId, walletId: wallets[3] ?? 0n, class: 'calls' },
      );
      throw new Error('killed');
    }),
  ).rejects.toThrow('killed');
  expect(await messages()).toHaveLength(3);
  await runOut(3);
  await runOut(3);
  const all = await messages();
  expect(all.filter(({ text }) => text.includes('Delhi'))).toHaveLength(1);
});

describe('without a channel', () => {
  beforeEach(async () => {
    await database.db.noticeChannel.deleteMany({ where: { companyId: acme.companyId } });
  });

  /** Sends what waits; a person's message goes to the conversation that Slack opens. */
  async function deliver(): Promise<void> {
    const waiting = await database.db.notice.findMany({
      where: { companyId: acme.companyId, state: 'pending' },
      orderBy: { id: 'asc' },
    });
    const send = async ({ channelId }: { channelId: string }) => ({
      ts: '1.1',
      channelId: channelId.replace('U', 'D'),
    });
    for (const { companyId, id: noticeId } of waiting)
      await deliverNotice(
        { db: database.db, clock, log: createLogger('silent'), send },
        { companyId, noticeId },
      );
  }

  /** What a company admin reads, beside how a channel is chosen. */
  async function readBy(name: string): Promise<string[]> {
    await deliver();
    const notices = await database.db.notice.findMany({
      where: {
        companyId: acme.companyId,
        channelId: `D${name}`,
        state: 'sent',
        kind: { not: 'no_channel' },
      },
      orderBy: { id: 'asc' },
    });
    return notices.map(
      ({ facts }) => renderNotice(facts as unknown as Parameters<typeof renderNotice>[0]).text,
    );
  }

  it('each company admin gets three alerts and one summary, whose lines follow what recovers', async () => {
    for (const index of [0, 1, 2, 3, 4, 5]) {
      clock.advance(10_000);
      await runOut(index);
      await deliver();
    }
    for (const name of ['ANA', 'LI']) {
      const [first, , , summary, ...more] = await readBy(name);
      expect(more).toEqual([]);
      expect(first).toMatch(/Austin is out of credits/);
      expect(summary).toMatch(/3 offices out of credits[\s\S]*Delhi[\s\S]*Essen[\s\S]*Faro/);
    }
    clock.advance(3_600_000);
    for (const index of [0, 4]) await recover(index);
    for (const name of ['ANA', 'LI']) {
      const all = await readBy(name);
      expect(all).toHaveLength(4);
      expect(all[0]).toMatch(/Austin has credits again/);
      expect(all[3]).toMatch(/2 offices out of credits\* \(1 recovered\)[\s\S]*Essen\*: \$50\.00, recovered/);
    }
  });

  it('of many workers at once none opens a second summary, and each office is told once', async () => {
    await runOut(...OFFICES.keys());
    for (const name of ['ANA', 'LI']) {
      const all = await readBy(name);
      expect(all).toHaveLength(4);
      for (const office of OFFICES) expect(all.filter((text) => text.includes(office))).toHaveLength(1);
    }
  });

  it('a summary follows its alerts once there is a channel, which has a burst of its own', async () => {
    for (const index of [0, 1, 2, 3]) await runOut(index);
    expect(await readBy('ANA')).toHaveLength(4);
    await database.db.noticeChannel.create({
      data: { companyId: acme.companyId, kind: 'any', teamId: acme.teamId, channelId: 'CCREDITS' },
    });
    for (const index of [4, 5, 6, 7]) await runOut(index);
    await recover(3);
    const all = await readBy('ANA');
    expect(all).toHaveLength(4);
    expect(all[3]).toMatch(/1 office has credits again[\s\S]*Delhi\*: \$50\.00, recovered/);
    expect((await messages()).filter(({ text }) => /Essen|Faro|Genoa|Hull/.test(text))).toHaveLength(4);
  });
});
