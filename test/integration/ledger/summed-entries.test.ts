import { afterAll, beforeAll, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import {
  correctUsage,
  explainBalance,
  explainByDay,
  refundUsage,
  setPooled,
  sweepLedger,
  usageTotals,
} from '../../../src/ledger/index.ts';
import { listUnsummed, sumNext } from '../../../src/ledger/sum-entries.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, findings, MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

let database: TestDatabase;
let books: Books;
let walletId: bigint;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

const story = (key: string, on: number) => ({
  companyId: books.companyId,
  key,
  actor: 'Ana',
  reason: 'Checked with the carrier',
  at: november(on),
});

/** Usage that straddles grants and goes into debt, what came of it afterwards, and a wallet that pays for two offices. */
async function writeBooks(): Promise<void> {
  books = await openBooks(database.db);
  await books.grant('calling', '1', { on: 2 });
  await books.grant('general', '3', { on: 2 });
  const calls = [
    books.usage({ externalId: 'a', cost: '0.75', category: 'domestic' }),
    books.usage({ externalId: 'b', cost: '2.5' }),
    books.usage({ externalId: 'c', cost: '0.5', category: 'sms' }),
    books.usage({ externalId: 'd', cost: '1.5' }),
  ];
  await books.post(calls, november(3.2));
  const changed = { ...calls[0], category: 'international', cost: dollars('1') } as (typeof calls)[0];
  await correctUsage(database.db, { numberKey, ...story('correct', 3.4), usage: changed });
  await refundUsage(database.db, { ...story('refund', 3.5), source: 'api', externalId: 'c' });
  await books.grant('general', '20', { on: 4 });
  const moved = { ...calls[1], officeId: BRANCH } as (typeof calls)[0];
  await correctUsage(database.db, { numberKey, ...story('move', 4.5), usage: moved });
  await setPooled(database.db, { ...story('share', 5), pooled: true });
  await books.post([books.usage({ externalId: 'e', cost: '0.25', usageAt: november(5.5) })]);
  walletId = (
    await database.db.wallet.findFirstOrThrow({ where: { companyId: books.companyId, officeId: MAIN } })
  ).id;
}

const question = (from = 1, to = 8) => ({
  companyId: books.companyId,
  walletId,
  from: november(from),
  to: november(to),
  timeZone: 'Asia/Kathmandu',
});

it('R28: a balance is explained the same, whether none, some or all of its entries are summed up', async () => {
  await writeBooks();
  const unsummed = await explainByDay(database.db, question());
  expect(unsummed?.lines.length).toBeGreaterThan(6);
  const wallet = { companyId: books.companyId, walletId };
  for (let rounds = 0; (await sumNext(database.db, wallet, 2)) > 0; rounds += 1) {
    expect(await explainByDay(database.db, question())).toEqual(unsummed);
    expect(rounds).toBeLessThan(20);
  }
  expect(await listUnsummed(database.db)).not.toContainEqual(wallet);
  expect(await explainByDay(database.db, question())).toEqual(unsummed);
  const part = await explainByDay(database.db, question(3.25, 4.75));
  const each = await explainBalance(database.db, question(3.25, 4.75));
  expect(part?.lines.reduce((count, line) => count + line.entries, 0)).toBe(each?.entries.length);
  expect(await findings(database.db)).toEqual([]);
});

it('R28: usage stays of the kind it was booked as; what corrected it later is of the kind it is since then', async () => {
  await writeBooks();
  const kinds = async () => {
    const found = await explainBalance(database.db, question());
    return found?.entries
      .filter(({ reference }) => reference === 'a')
      .map(({ type, category }) => `${type} ${category}`);
  };
  expect(await kinds()).toEqual(['usage domestic', 'correction international']);
  const lines = (await explainByDay(database.db, question()))?.lines.map(
    (line) => `${line.type} ${line.category} ${line.amount.toFixed(2)}`,
  );
  expect(lines).toContain('usage domestic -0.75');
  expect(lines).toContain('correction international -0.25');
});

it('R25, R28: sweeps at once with postings and questions count each entry and record once, and no answer is half summed up', async () => {
  await writeBooks();
  const { companyId } = books;
  const at = (i: number) => new Date(november(6).getTime() + i * 1_800_000);
  let sent = 0;
  let posted = 0;
  const post = async (i: number) => {
    sent += 1;
    await books.post([books.usage({ externalId: `more-${i}`, cost: '0.01', usageAt: at(i) })], at(i));
    posted += 1;
  };
  const sweep = (i: number) =>
    sweepLedger({ db: database.db, clock: new MovableClock(0, () => at(i + 4).getTime()) });
  const ask = async () => {
    const atLeast = posted;
    const totals = await usageTotals(database.db, {
      companyId,
      from: at(0),
      to: november(9),
      by: ['member'],
    });
    const records = totals[0]?.records ?? 0;
    expect(records).toBeGreaterThanOrEqual(atLeast);
    expect(records).toBeLessThanOrEqual(sent);
    expect(await explainByDay(database.db, question(1, 9))).not.toBeNull();
  };
  const turns = [post, sweep, post, ask];
  await Promise.all(Array.from({ length: 80 }, (_, i) => turns[i % turns.length]?.(i)));
  await sweep(80);
  expect(await listUnsummed(database.db)).toEqual([]);
  expect(await findings(database.db)).toEqual([]);
});

it('refuses a period that does not begin and end on quarter-hours', async () => {
  await writeBooks();
  const odd = { ...question(), from: new Date(november(3).getTime() + 60_000) };
  await expect(explainByDay(database.db, odd)).rejects.toMatchObject({ code: 'bad-range' });
});
