import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  correctUsage,
  type ExplainedLine,
  explainBalance,
  explainByDay,
  type LineCursor,
  listUsage,
  type NewUsage,
  readBalance,
  readBalanceAt,
  readStatement,
  type UsageCursor,
  usageTotals,
} from '../../../src/ledger/index.ts';
import { sumUpUsage } from '../../../src/ledger/sum-up-usage.ts';
import { dollars, type Money } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

let database: TestDatabase;
let books: Books;
let walletId: bigint;
/** What was used, as it counts now: the oracle that the reads are compared with. */
const used: NewUsage[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  books = await openBooks(database.db);
  await books.grant('calling', '3');
  await books.grant('general', '20');
  const { wallets } = await readBalance(database.db, books.companyId, november(2));
  walletId = wallets.find(({ officeId }) => officeId === MAIN)?.walletId ?? 0n;
  for (let i = 0; i < 90; i += 1) {
    const usage = books.usage({
      externalId: `call-${String(i).padStart(3, '0')}`,
      officeId: i % 4 === 0 ? BRANCH : MAIN,
      memberId: i % 5 === 0 ? null : BigInt(i % 3),
      category: ['international', 'sms', 'toll_free'][i % 3] ?? 'sms',
      usageAt: november(3 + ((i * 37) % 90) / 24 / 7),
      cost: (0.25 + (i % 7) / 100).toFixed(2),
    });
    used.push(usage);
    await books.post([usage], november(4 + i / 100));
  }
  const corrected = { ...used[17], cost: dollars('2'), officeId: MAIN } as NewUsage;
  used[17] = corrected;
  await correctUsage(database.db, {
    numberKey,
    companyId: books.companyId,
    usage: corrected,
    key: 'c',
    actor: 'test',
    reason: 'Test',
    at: november(6),
  });
});
afterAll(() => database.close());

it('balance at an instant is what the entries posted until then add up to', async () => {
  for (const instant of [november(1), november(2), november(4.335), november(4.34), november(7)]) {
    const rows = await database.db.entry.findMany({
      where: { companyId: books.companyId, walletId, postedAt: { lte: instant } },
    });
    const sum = rows.reduce((total, entry) => total + entry.amountMicros, 0n);
    const past = (await readBalanceAt(database.db, books.companyId, instant)).find(
      (one) => one.walletId === walletId,
    );
    expect(past?.balance.times(1e6).toFixed(0)).toBe(sum.toString());
    expect(past?.seq).toBe(BigInt(rows.length));
  }
});

it('a statement’s pages put together are every entry once, the newest first', async () => {
  const seqs: bigint[] = [];
  for (let before: bigint | undefined; ; ) {
    const page = await readStatement(database.db, {
      companyId: books.companyId,
      walletId,
      limit: 17,
      ...(before === undefined ? {} : { before }),
    });
    seqs.push(...page.map(({ seq }) => seq));
    before = page.at(-1)?.seq;
    if (before === undefined) break;
  }
  const all = await database.db.entry.findMany({
    where: { companyId: books.companyId, walletId },
    orderBy: { seq: 'desc' },
  });
  expect(seqs).toEqual(all.map(({ seq }) => seq));
  const grants = await readStatement(database.db, { companyId: books.companyId, walletId, types: ['grant'] });
  expect(grants.map(({ amount }) => amount.toFixed())).toEqual(['20', '3']);
});

it('R28: opening, entries and closing explain a balance, each debit with the grants that paid it', async () => {
  const question = { companyId: books.companyId, walletId, from: november(4.1), to: november(4.5) };
  const whole = await explainBalance(database.db, question);
  if (whole === null) throw new Error('no such wallet');
  const moved = whole.entries.reduce((total, { amount }) => total.plus(amount), dollars('0'));
  expect(whole.opening.balance.plus(moved).equals(whole.closing.balance)).toBe(true);
  for (const entry of whole.entries) {
    const parts = entry.parts.reduce((total, { amount }) => total.plus(amount), dollars('0'));
    expect(parts.equals(entry.amount)).toBe(true);
  }
  const first = await explainBalance(database.db, { ...question, limit: 5 });
  const second = await explainBalance(database.db, {
    ...question,
    limit: 500,
    ...(first?.next ? { after: first.next } : {}),
  });
  expect([...(first?.entries ?? []), ...(second?.entries ?? [])]).toEqual(whole.entries);
  expect(second?.next).toBeNull();
});

it('R28: put together by day, the same entries come to the same figures, page by page', async () => {
  const question = { companyId: books.companyId, walletId, from: november(1.5), to: november(7) };
  const zoned = { ...question, timeZone: 'America/Los_Angeles' };
  const each = await explainBalance(database.db, question);
  const whole = await explainByDay(database.db, zoned);
  if (each === null || whole === null) throw new Error('no such wallet');
  const sum = (amounts: readonly Money[]) => amounts.reduce((all, one) => all.plus(one), dollars('0'));
  expect(whole.lines.reduce((all, { entries }) => all + entries, 0)).toBe(each.entries.length);
  expect(sum(whole.lines.map(({ amount }) => amount)).toFixed()).toBe(
    sum(each.entries.map(({ amount }) => amount)).toFixed(),
  );
  expect(whole.opening.balance.plus(whole.moneyIn).minus(whole.moneyOut).toFixed()).toBe(
    whole.closing.balance.toFixed(),
  );
  for (const line of whole.lines)
    expect(sum(Object.values(line.parts)).toFixed()).toBe(line.amount.toFixed());
  for (const [day, total] of whole.dayTotals)
    expect(sum(whole.lines.filter((line) => line.day === day).map(({ amount }) => amount)).toFixed()).toBe(
      total.toFixed(),
    );
  const ends = [...whole.dayEnds.values()];
  const starts = [...whole.dayTotals].map(([day, total]) => whole.dayEnds.get(day)?.minus(total));
  expect([...ends, whole.opening.balance].map(String)).toEqual(
    [whole.closing.balance, ...starts].map(String),
  );
  const paged: ExplainedLine[] = [];
  for (let after: LineCursor | undefined; ; ) {
    const page = await explainByDay(database.db, {
      ...zoned,
      limit: 2,
      ...(after === undefined ? {} : { after }),
    });
    paged.push(...(page?.lines ?? []));
    if (page === null || page.next === null) break;
    after = page.next;
  }
  expect(paged).toEqual(whole.lines);
  expect(whole.lines.length).toBeGreaterThan(2);
});

it('R25: a straddling debit names both grants', async () => {
  const page = await readStatement(database.db, {
    companyId: books.companyId,
    walletId,
    types: ['usage'],
    limit: 500,
  });
  const straddling = page.filter(({ parts }) => parts.length > 1);
  expect(
    straddling.map(({ parts }) => parts.map((part) => ('kind' in part ? part.kind : part.debtOf))),
  ).toContainEqual(['calling', 'general']);
});

const zones = [
  ['UTC', november(3), november(4)],
  ['Kathmandu (+5:45)', new Date('2026-11-02T18:15:00Z'), new Date('2026-11-03T18:15:00Z')],
  ['Los Angeles', new Date('2026-11-03T08:00:00Z'), new Date('2026-12-01T08:00:00Z')],
] as const;

/** How far usage is summed up: one after another, as it only goes on. */
const summed = [november(0), november(3.4), november(40)];

it.each(summed.flatMap((until) => zones.map((zone) => [...zone, until] as const)))(
  'R25: totals of a period of %s are the sums of its records (%s, %s, summed up to %s)',
  async (_zone, from, to, until) => {
    await sumUpUsage(database.db, books.companyId, until);
    const filters = [{}, { officeIds: [BRANCH] }, { memberIds: [1n], categories: ['sms', 'toll_free'] }];
    for (const filter of filters) {
      const matching = used.filter(
        (usage) =>
          usage.usageAt >= from &&
          usage.usageAt < to &&
          (!('officeIds' in filter) || usage.officeId === BRANCH) &&
          (!('memberIds' in filter) || (usage.memberId === 1n && usage.category !== 'international')),
      );
      const [total] = await usageTotals(database.db, {
        companyId: books.companyId,
        from,
        to,
        by: [],
        ...filter,
      });
      expect(total?.records ?? 0).toBe(matching.length);
      const cost = matching.reduce((sum, usage) => sum.plus(usage.cost), dollars('0'));
      expect((total?.cost ?? dollars('0')).toFixed()).toBe(cost.toFixed());
      const byCategory = await usageTotals(database.db, {
        companyId: books.companyId,
        from,
        to,
        by: ['category', 'member'],
        ...filter,
      });
      expect(byCategory.reduce((sum, row) => sum + row.records, 0)).toBe(matching.length);
      const byMember = await usageTotals(database.db, {
        companyId: books.companyId,
        from,
        to,
        by: ['member'],
        ...filter,
      });
      expect(byMember.reduce((sum, row) => sum + row.records, 0)).toBe(matching.length);
    }
  },
);

it.each([
  {},
  { officeIds: [MAIN], categories: ['sms'] },
  { officeIds: [BRANCH] },
  { categories: ['toll_free'] },
  { categories: ['fax'] },
  { memberIds: [1n], categories: ['sms'] },
])('R25: usage pages put together are every record once, filtered, the newest first: %o', async (filter) => {
  // Five past the hour to twenty to: the first and the last quarter-hour are the page's in part only.
  const period = { from: new Date('2026-11-05T07:05:00Z'), to: new Date('2026-11-12T03:40:00Z') };
  const expected = used
    .filter(({ usageAt }) => usageAt >= period.from && usageAt < period.to)
    .filter(({ officeId }) => filter.officeIds?.includes(officeId ?? 0n) ?? true)
    .filter(({ memberId }) => filter.memberIds?.includes(memberId ?? 0n) ?? true)
    .filter(({ category }) => filter.categories?.includes(category) ?? true)
    .toSorted((a, b) => b.usageAt.getTime() - a.usageAt.getTime() || (a.externalId < b.externalId ? 1 : -1))
    .map(({ externalId, cost }) => `${externalId} ${cost.toFixed()}`);
  for (const limit of [1, 13, 500]) {
    const listed: string[] = [];
    for (let after: UsageCursor | undefined; ; ) {
      const page = await listUsage(database.db, {
        companyId: books.companyId,
        ...period,
        limit,
        ...filter,
        ...(after === undefined ? {} : { after }),
      });
      listed.push(...page.map(({ externalId, cost }) => `${externalId} ${cost.toFixed()}`));
      after = page.at(-1);
      if (after === undefined) break;
    }
    expect(listed).toEqual(expected);
  }
});

it('a balance is read by one statement, so that a bundle that lapses meanwhile is in it whole or not at all', async () => {
  let statements = 0;
  const counted = new Proxy(database.db, {
    get(target, name) {
      statements += name === '$queryRaw' ? 1 : 0;
      return Reflect.get(target, name);
    },
  });
  expect((await readBalance(counted, books.companyId, november(11))).wallets).toHaveLength(3);
  expect(statements).toBe(1);
});
