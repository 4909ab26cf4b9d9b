import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ExplainedLine, explainByDay, type LineCursor } from '../../../src/ledger/index.ts';
import { type Money, toMicros } from '../../../src/money.ts';
import { type Dump, type DumpedEntry, dumpBooks, figuresAt, sum } from '../../support/books-oracle.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { daysAround, platformDay } from '../../support/platform-days.ts';
import { RandomBooks } from '../../support/random-books.ts';
import { story } from '../../support/random-story.ts';
import { sumUp } from '../../support/sum-up.ts';

const RUNS = 20;

let database: TestDatabase;
let compared = 0;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

it(
  'R28: a balance explained day by day is every entry of those days on the wall, once, and comes to the closing balance',
  async () => {
    const days = fc.tuple(fc.integer({ min: -1, max: 1 }), fc.nat({ max: 9 }));
    const sizes = fc.constantFrom(1, 3, 50);
    // Of each wallet's entries none, some or all are summed up.
    const summedUp = fc.constantFrom(0, 4, 1_000);
    await fc.assert(
      fc.asyncProperty(story, days, sizes, summedUp, async (told, asked, limit, summed) => {
        const books = await RandomBooks.write(database.db, told);
        const { companyId } = books.company;
        const dump = await dumpBooks(database.db, companyId);
        const { timeZone, turn } = told.scene;
        const { period, isWithin } = daysAround(timeZone, new Date(turn), asked);
        await sumUp(database.db, companyId, books.now, summed);
        for (const { id: walletId } of dump.wallets) {
          const entries = dump.entries.filter((one) => one.walletId === walletId && isWithin(one.postedAt));
          const found: ExplainedLine[] = [];
          for (let after: LineCursor | null | undefined; after !== null; ) {
            const cursor = after === undefined ? {} : { after };
            const page = await explainByDay(database.db, {
              companyId,
              walletId,
              ...period,
              timeZone,
              limit,
              ...cursor,
            });
            if (page === null) throw new Error('a wallet was not found');
            expect(page.lines.length).toBeLessThanOrEqual(limit);
            expect(toMicros(page.opening.balance)).toBe(
              figuresAt(dump, walletId, period.from.getTime() - 1).balance,
            );
            expect(toMicros(page.closing.balance)).toBe(
              figuresAt(dump, walletId, period.to.getTime() - 1).balance,
            );
            const amounts = entries.map(({ micros }) => micros);
            expect(toMicros(page.moneyIn)).toBe(sum(amounts.filter((amount) => amount > 0n)));
            expect(toMicros(page.moneyOut)).toBe(-sum(amounts.filter((amount) => amount < 0n)));
            for (const [day, total] of page.dayTotals)
              expect(toMicros(total)).toBe(totalOfDay(entries, timeZone, day));
            found.push(...page.lines);
            after = page.next;
          }
          expect(found.map(plain)).toEqual(linesOf(dump, entries, timeZone));
          compared += found.length;
        }
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(0);
  },
  RUNS * 4_000,
);

function totalOfDay(entries: readonly DumpedEntry[], timeZone: string, day: string): bigint {
  return sum(
    entries.filter(({ postedAt }) => platformDay(timeZone)(postedAt) === day).map(({ micros }) => micros),
  );
}

/** Usage and corrections of a day, a class and a kind together, everything else by itself; the newest first. */
function linesOf(dump: Dump, entries: readonly DumpedEntry[], timeZone: string) {
  const categoryOf = ({ record }: DumpedEntry) => record?.category ?? null;
  const dayOf = (entry: DumpedEntry) => platformDay(timeZone)(entry.postedAt);
  const groupOf = (entry: DumpedEntry) =>
    entry.type === 'usage' || entry.type === 'correction'
      ? [dayOf(entry), entry.type, entry.class, categoryOf(entry)].join(' ')
      : String(entry.seq);
  const kindOf = (grantId: bigint | null) => dump.grants.find(({ id }) => id === grantId)?.kind ?? 'debt';
  const groups = [...new Set(entries.map(groupOf))].map((group) =>
    entries.filter((one) => groupOf(one) === group),
  );
  const lines = groups.flatMap((all) => {
    const first = all.toSorted((a, b) => Number(a.seq - b.seq))[0];
    if (first === undefined) return [];
    const parts = all.flatMap((entry) => entry.parts);
    const of = (kind: string) =>
      sum(parts.filter(({ grantId }) => kindOf(grantId) === kind).map(({ micros }) => micros));
    return {
      day: dayOf(first),
      seq: first.seq,
      type: first.type,
      class: first.class,
      category: categoryOf(first),
      entries: all.length,
      micros: sum(all.map(({ micros }) => micros)),
      parts: [of('general'), of('calling'), of('ai'), of('debt')],
    };
  });
  return lines.toSorted((a, b) => b.day.localeCompare(a.day) || Number(b.seq - a.seq));
}

function plain({ day, seq, type, class: usageClass, category, entries, amount, parts }: ExplainedLine) {
  const inOrder: Money[] = [parts.general, parts.calling, parts.ai, parts.debt];
  return {
    day,
    seq,
    type,
    class: usageClass,
    category,
    entries,
    micros: toMicros(amount),
    parts: inOrder.map(toMicros),
  };
}
