import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import {
  createLedgerSweep,
  grantCredits,
  lapseExpired,
  listLowGeneral,
  openWallets,
  placeHold,
  readBalance,
  releaseHold,
  setWatch,
  sweepLedger,
  type WatchClass,
} from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, findings, MAIN, november, openBooks } from '../../support/ledger.ts';

let database: TestDatabase;
let books: Books;
let walletId: bigint;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  books = await openBooks(database.db);
  walletId = (await main()).walletId;
});
afterEach(async () => {
  expect(await findings(database.db)).toEqual([]);
});

async function main() {
  const { wallets } = await readBalance(database.db, books.companyId, november(3));
  const wallet = wallets.find(({ officeId }) => officeId === MAIN);
  if (wallet === undefined) throw new Error('the primary office has no wallet');
  return wallet;
}

const watch = (levels: { [C in WatchClass]?: string | null }) =>
  setWatch(database.db, {
    companyId: books.companyId,
    walletId,
    ...Object.fromEntries(
      Object.entries(levels).map(([name, level]) => [name, level === null ? null : dollars(level)]),
    ),
  });

/** What of the wallet somebody was woken for since this was last asked. */
async function woken(): Promise<string[]> {
  const jobs = await database.db.$queryRaw<{ key: string; class: string }[]>`
    SELECT job.key, CASE job.task_identifier WHEN 'recharge-if-low' THEN 'general' ELSE p.payload->>'class' END AS class
    FROM graphile_worker.jobs AS job JOIN graphile_worker._private_jobs AS p ON p.id = job.id
    WHERE job.task_identifier IN ('watch-balance', 'recharge-if-low') AND p.payload->>'walletId' = ${walletId.toString()}
    ORDER BY 2`;
  for (const { key } of jobs) await database.db.$executeRaw`SELECT graphile_worker.remove_job(${key})`;
  return jobs.map((job) => job.class);
}

it('R27: setting a watch level above what is there wakes whoever tells people, once', async () => {
  await books.grant('general', '6');
  await woken();
  await watch({ calls: '6' });
  expect(await woken()).toEqual([]);
  await watch({ calls: '7' });
  expect(await woken()).toEqual(['calls']);
  await watch({ calls: '7' });
  expect(await woken()).toEqual([]);
});

it('R6: a class is low strictly below its level and out at nothing; general credits are never out', async () => {
  const levels = async () => Object.values((await main()).level);
  await watch({ calls: '5', ai: null, general: '4' });
  expect(await levels()).toEqual(['out', 'out', 'low']);
  await books.grant('general', '5');
  expect(await levels()).toEqual(['ok', 'ok', 'ok']);
  await books.post([books.usage({ cost: '0.000001' })]);
  expect(await levels()).toEqual(['low', 'ok', 'ok']);
  await books.post([books.usage({ cost: '1' })]);
  expect(await levels()).toEqual(['low', 'ok', 'low']);
  await books.post([books.usage({ cost: '3.999999' })]);
  expect(await levels()).toEqual(['out', 'out', 'low']);
  await watch({ general: null });
  expect(await levels()).toEqual(['out', 'out', 'ok']);
});

it('R11: a job of its own decides about a recharge, one at a time a wallet with what tells people', async () => {
  await books.grant('general', '6');
  await watch({ calls: '5', general: '5' });
  await woken();
  await books.post([books.usage({ cost: '2' })]);
  const address = `${books.companyId}:${walletId}`;
  const jobs = await database.db.$queryRaw<{ name: string; key: string; queue: string }[]>`
    SELECT task_identifier AS name, key, queue_name AS queue FROM graphile_worker.jobs
    WHERE key LIKE ${`%:${address}%`} ORDER BY 1`;
  expect(jobs).toEqual([
    { name: 'recharge-if-low', key: `recharge-if-low:${address}`, queue: `watch:${address}` },
    { name: 'watch-balance', key: `watch-balance:${address}:calls`, queue: `watch:${address}` },
  ]);
  await woken();
});

it('what is not named stays watched as it was', async () => {
  await watch({ calls: '3', ai: '2', general: '4' });
  await watch({ general: null });
  const { watch: levels } = await main();
  expect(levels.calls?.toFixed()).toBe('3');
  expect(levels.ai?.toFixed()).toBe('2');
  expect(levels.general).toBeNull();
});

it('R11: general credits wake strictly below their level, not at it, and again when they are back', async () => {
  await books.grant('general', '6');
  await watch({ calls: null, general: '5' });
  await woken();
  await books.post([books.usage({ cost: '1' })]);
  expect(await woken()).toEqual([]);
  await books.post([books.usage({ cost: '0.000001' })]);
  expect(await woken()).toEqual(['general']);
  await books.post([books.usage({ cost: '1' })]);
  expect(await woken()).toEqual([]);
  await books.grant('general', '10');
  expect(await woken()).toEqual(['general']);
});

it('R11: debt of either class counts against the general credits, and a bundle does not count for them', async () => {
  await watch({ calls: null, general: '0' });
  await woken();
  await books.grant('calling', '50');
  expect((await main()).freeGeneral.toFixed()).toBe('0');
  expect(await woken()).not.toContain('general');
  await books.post([books.usage({ class: 'ai', cost: '2' })]);
  expect((await main()).freeGeneral.toFixed()).toBe('-2');
  expect(await woken()).toContain('general');
});

it('R11: a hold counts as far as the bundle of its class does not cover it', async () => {
  await books.grant('general', '6');
  await books.grant('calling', '1');
  await watch({ calls: null, general: '5' });
  await woken();
  const hold = (key: string, amount: string) =>
    placeHold(database.db, {
      companyId: books.companyId,
      key,
      officeId: MAIN,
      class: 'calls',
      amount: dollars(amount),
      expiresAt: november(9),
      at: november(3),
    });
  await hold('covered', '1');
  expect((await main()).freeGeneral.toFixed()).toBe('6');
  await hold('beyond', '1.5');
  expect((await main()).freeGeneral.toFixed()).toBe('4.5');
  expect(await woken()).toEqual(['general']);
  await releaseHold(database.db, { companyId: books.companyId, key: 'beyond', at: november(3) });
  expect(await woken()).toEqual(['general']);
});

it('R7: what can be spent is without a bundle that is over or has not begun, and the sweep wakes for it', async () => {
  await books.grant('general', '6');
  await books.grant('calling', '3', { until: november(4) });
  await books.grant('calling', '4', { on: 5, until: november(6) });
  const spendable = async (day: number) => {
    const { wallets } = await readBalance(database.db, books.companyId, november(day));
    return wallets.find((wallet) => wallet.walletId === walletId)?.available.calls.toFixed();
  };
  expect([await spendable(3), await spendable(4), await spendable(5), await spendable(6)]).toEqual([
    '9',
    '6',
    '10',
    '6',
  ]);
  await woken();
  const clock = new MovableClock(0, () => november(4.1).getTime());
  await sweepLedger({ db: database.db, clock });
  expect(await woken()).toEqual(['ai', 'calls', 'general']);
});

it('R7: a bundle that was granted ahead wakes once when it has begun, however long nobody looked', async () => {
  await books.grant('calling', '3', { until: november(5) });
  await grantCredits(database.db, {
    companyId: books.companyId,
    officeId: MAIN,
    kind: 'calling',
    amount: dollars('3'),
    effectiveAt: november(5),
    expiresAt: november(35),
    key: 'ahead',
    source: 'bundle',
    reference: '1',
    actor: 'test',
    reason: 'Test',
    at: november(3),
  });
  const clock = new MovableClock(0, () => november(4.9).getTime());
  const sweep = createLedgerSweep({ db: database.db, clock });
  await sweep();
  expect(await woken()).toEqual(['ai', 'calls', 'general']);
  // Of the one before nothing is left to lapse when the sweep looks again, so it alone would wake nobody.
  clock.advance(9 * HOUR_MS);
  await lapseExpired(database.db, books.companyId, clock.now());
  await woken();
  await sweep();
  expect(await woken()).toEqual(['ai', 'calls', 'general']);
  await sweep();
  expect(await woken()).toEqual([]);
  await createLedgerSweep({ db: database.db, clock })();
  expect(await woken()).toEqual(['ai', 'calls', 'general']);
});

it('R3: a bundle says whether it is a month or a year', async () => {
  await books.grant('calling', '3');
  await books.grant('ai', '3', { until: november(300) });
  expect((await main()).bundles.map(({ kind, period }) => [kind, period])).toEqual([
    ['calling', 'monthly'],
    ['ai', 'annual'],
  ]);
});

it('R11: the second look goes through all wallets that may be low, however many', async () => {
  const companyId = books.companyId + 1n;
  const officeIds = Array.from({ length: 1_005 }, (_, i) => BigInt(i + 1));
  await openWallets(database.db, {
    companyId,
    officeIds,
    primaryOfficeId: 1n,
    pooled: false,
    at: november(1),
  });
  await database.db
    .$executeRaw`SELECT ledger_set_watch(company_id, id, '{"general": 1}') FROM wallet WHERE company_id = ${companyId}`;
  const seen = new Set<bigint>();
  for await (const low of listLowGeneral(database.db))
    if (low.companyId === companyId) seen.add(low.walletId);
  expect(seen.size).toBe(1_006);
});
