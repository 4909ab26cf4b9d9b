import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Period } from '../../../src/calendar.ts';
import { openPool } from '../../../src/db/index.ts';
import { type UsageTotal, usageTotals } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars, type Money, toMicros } from '../../../src/money.ts';
import { makeFile } from '../../../src/usage/export/make-file.ts';
import { readBreakdown, readRecords, type UsageLine } from '../../../src/usage/index.ts';
import {
  type Dump,
  type DumpedUsage,
  dumpBooks,
  type Question,
  totalOf,
  totalsBy,
  usagesOf,
} from '../../support/books-oracle.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { daysAround, platformDay } from '../../support/platform-days.ts';
import { RandomBooks } from '../../support/random-books.ts';
import { CATEGORIES, HOUR_MS, story } from '../../support/random-story.ts';
import { sumUp } from '../../support/sum-up.ts';

const RUNS = 35;
const BY = ['category', 'office', 'department', 'member'] as const;
const LIMITS = { records: 1_000, packAboveBytes: 10_000_000 };

let database: TestDatabase;
let pool: pg.Pool;
/** How much was there to be compared. */
const seen = { totals: 0, pages: 0, lines: 0, parts: 0 };

beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool({ url: database.url, poolSize: 2, log: createLogger('silent'), statementTimeoutMs: 0 });
});
afterAll(async () => {
  await pool?.end();
  await database?.close();
});

const narrowed = <T>(...all: T[]) => fc.option(fc.subarray(all), { nil: undefined, freq: 3 });
const questions = fc.record({
  limit: fc.constantFrom(1, 2, 3, 7, 50),
  /** Days from the turn of clocks to the first that is asked for, and how many more; undefined: the month. */
  days: fc.option(fc.tuple(fc.integer({ min: -2, max: 2 }), fc.nat({ max: 3 })), { nil: undefined, freq: 6 }),
  by: fc.subarray([...BY]),
  offices: narrowed(0, 1),
  departments: narrowed(0, 1),
  members: narrowed(0, 1, 2),
  categories: narrowed(...CATEGORIES),
});
type Questions = typeof questions extends fc.Arbitrary<infer T> ? T : never;

interface Case {
  books: RandomBooks;
  dump: Dump;
  timeZone: string;
  asked: Questions;
  question: Question;
  period: Period;
  /** The usage that the question means: by the calendar on the wall, and by going through all of it. */
  expected: DumpedUsage[];
}

it(
  'totals, breakdown, pages and file of any days of any zone are the usage of those days on the wall',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        story,
        questions,
        fc.constantFrom(-2, 5, 30, 1_000),
        async (told, asked, summedBefore) => {
          const { timeZone, turn } = told.scene;
          const books = await RandomBooks.write(database.db, told);
          const dump = await dumpBooks(database.db, books.company.companyId);
          const question = toQuestion(books, asked);
          const { period, isWithin } = daysAround(timeZone, new Date(turn), asked.days);
          const expected = usagesOf(dump, question, isWithin);
          const one = { books, dump, timeZone, asked, question, period, expected };
          await sumUp(
            database.db,
            books.company.companyId,
            new Date(books.now.getTime() - summedBefore * HOUR_MS),
          );
          await compareTotals(one);
          await compareBreakdown(one);
          await compareFile(one);
          // Last, for it posts more.
          await comparePages(one);
        },
      ),
      { numRuns: RUNS },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  },
  RUNS * 4_000,
);

function toQuestion({ company, memberIds, departmentIds }: RandomBooks, asked: Questions): Question {
  const pick = (ids: readonly bigint[], chosen: readonly number[]) =>
    ids.filter((_, i) => chosen.includes(i));
  return {
    ...(asked.offices && { officeIds: pick(company.officeIds, asked.offices) }),
    ...(asked.departments && { departmentIds: pick(departmentIds, asked.departments) }),
    ...(asked.members && { memberIds: pick(memberIds, asked.members) }),
    ...(asked.categories && { categories: asked.categories }),
  };
}

const told = (total: Pick<UsageTotal, 'records' | 'billedSeconds' | 'quantity' | 'cost'>) => ({
  records: total.records,
  billedSeconds: total.billedSeconds,
  quantity: total.quantity,
  micros: toMicros(total.cost),
});

async function compareTotals({ books, asked, question, period, expected }: Case): Promise<void> {
  const { companyId } = books.company;
  const groupOf = (one: Record<(typeof BY)[number], bigint | string | null>) =>
    asked.by.map((by) => String(one[by])).join(' ');
  const totals = await usageTotals(books.db, { companyId, ...question, ...period, by: asked.by });
  const said = totals.map((total) => [
    groupOf({
      category: total.category,
      office: total.officeId,
      department: total.departmentId,
      member: total.memberId,
    }),
    told(total),
  ]);
  const groups = totalsBy(expected, (usage) =>
    groupOf({ ...usage, office: usage.officeId, department: usage.departmentId, member: usage.memberId }),
  );
  expect(new Map(said as [string, unknown][])).toEqual(groups);
  expect(said.length).toBe(groups.size);
  seen.totals += said.length;
}

async function compareBreakdown({ books, dump, timeZone, question, period, expected }: Case): Promise<void> {
  const query = { ...question, ...period, timeZone };
  const breakdown = await readBreakdown(books.db, books.company.ana, query, books.now);
  const { records, micros } = totalOf(expected);
  expect([breakdown.records, toMicros(breakdown.cost)]).toEqual([records, micros]);
  const ofKind = (usages: readonly DumpedUsage[]) => totalsBy(usages, ({ category }) => category);
  expect(new Map(breakdown.kinds.map((kind) => [kind.category, told(kind)]))).toEqual(ofKind(expected));
  let end = period.from;
  for (const part of breakdown.parts) {
    expect(part.from).toEqual(end);
    end = part.to;
    const within = expected.filter(
      ({ usageAt }) => usageAt >= part.from.getTime() && usageAt < part.to.getTime(),
    );
    expect(new Map(part.kinds.map((kind) => [kind.category, told(kind)]))).toEqual(ofKind(within));
    seen.parts += part.kinds.length;
  }
  expect(end).toEqual(period.to);
  const people = [...totalsBy(expected, ({ memberId }) => memberId).values()].map((total) => total.micros);
  const dearest = people.toSorted((a, b) => (a < b ? 1 : -1)).slice(0, 20);
  expect(breakdown.people.map(({ cost }) => toMicros(cost))).toEqual(dearest);
  if (breakdown.before === null) return;
  const { from, to, cost } = breakdown.before;
  const before = usagesOf(dump, question, (at) => at >= from.getTime() && at < to.getTime());
  expect(toMicros(cost)).toBe(totalOf(before).micros);
  expect(new Map(breakdown.before.kinds.map((kind) => [kind.category, toMicros(kind.cost)]))).toEqual(
    new Map([...ofKind(before)].map(([category, { micros: ofOne }]) => [category, ofOne])),
  );
  for (const part of breakdown.before.parts) {
    const within = usagesOf(dump, question, (at) => at >= part.from.getTime() && at < part.to.getTime());
    expect(toMicros(part.cost)).toBe(totalOf(within).micros);
  }
}

/** Every column that says when, who, how long and how much; the time as the wall had it. */
async function compareFile({ books, timeZone, question, period, expected }: Case): Promise<void> {
  const filter = { companyId: books.company.companyId, ...question, ...period };
  let totals: { records: number; cost: Money } = { records: -1, cost: dollars('0') };
  const file = await makeFile(
    { pool, limits: LIMITS },
    {
      filter,
      timeZone,
      name: 'usage.csv',
      onTotals: async (known) => {
        totals = known;
      },
      onProgress: async () => undefined,
    },
  );
  expect([totals.records, toMicros(totals.cost)]).toEqual([
    totalOf(expected).records,
    totalOf(expected).micros,
  ]);
  expect(file === null).toBe(expected.length === 0);
  if (file === null) return;
  const text = Buffer.alloc(file.bytes);
  await file.content.read(text, 0, file.bytes, 0);
  await file.content.close();
  const rows = parse(text, { bom: true, from_line: 2 }) as string[][];
  const said = rows.map((row) => ({
    second: Math.floor(Date.parse(row[0] ?? '') / 1_000),
    day: row[0]?.slice(0, 10),
    rest: [row[8], row[9], row[10], toMicros(dollars(row[11] ?? '')), row[13], row[14]],
  }));
  expect(said).toEqual(
    expected.toReversed().map((usage) => ({
      second: Math.floor(usage.usageAt / 1_000),
      day: platformDay(timeZone)(usage.usageAt),
      rest: [
        String(usage.durationMs / 1_000),
        String(usage.billedSeconds),
        String(usage.quantity),
        usage.micros,
        usage.source,
        usage.externalId,
      ],
    })),
  );
  seen.lines += rows.length;
}

/** Pages, while usage is posted between the first and the second: what was there is there once. */
async function comparePages({ books, asked, question, period, expected }: Case): Promise<void> {
  const found: UsageLine[] = [];
  for (let after: Awaited<ReturnType<typeof readRecords>>['next'] | undefined; after !== null; ) {
    const { limit } = asked;
    const page = await readRecords(
      books.db,
      books.company.ana,
      { ...question, ...period },
      { after: after ?? null, limit },
    );
    expect(page.lines.length).toBeLessThanOrEqual(limit);
    found.push(...page.lines);
    if (after === undefined) await books.postMore();
    after = page.next;
    seen.pages += 1;
  }
  const keys = found.map(({ externalId }) => externalId);
  expect(new Set(keys).size).toBe(keys.length);
  const known = new Set(expected.map(({ externalId }) => externalId));
  expect(keys.filter((key) => known.has(key))).toEqual(expected.map(({ externalId }) => externalId));
  for (const { externalId, cost, usageAt, memberId } of found.filter((line) => known.has(line.externalId)))
    expect(expected).toContainEqual(
      expect.objectContaining({ externalId, micros: toMicros(cost), usageAt: usageAt.getTime(), memberId }),
    );
}
