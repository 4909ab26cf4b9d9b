import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type EntryType,
  explainBalance,
  readBalance,
  readBalanceAt,
  readStatement,
  type StatementEntry,
} from '../../../src/ledger/index.ts';
import { toMicros } from '../../../src/money.ts';
import {
  availableAt,
  type Dump,
  type DumpedEntry,
  dumpBooks,
  figuresAt,
  sum,
} from '../../support/books-oracle.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { RandomBooks } from '../../support/random-books.ts';
import { story } from '../../support/random-story.ts';

const RUNS = 25;
const TYPES = ['grant', 'fill', 'usage', 'correction', 'refund', 'lapse', 'reversal', 'move'] as const;

let database: TestDatabase;
/** How often something was there to be compared. */
const seen = { pages: 0, parts: 0, instants: 0, explained: 0 };

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

const questions = fc.record({
  limit: fc.constantFrom(1, 2, 3, 7, 50),
  types: fc.option(fc.subarray([...TYPES], { minLength: 1 }), { nil: undefined }),
  class: fc.constantFrom(undefined, 'calls' as const, 'ai' as const),
  /** Places in the order of all posting times, and whether a tick before them. */
  span: fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 30 }), fc.nat({ max: 1 })),
});
type Questions = typeof questions extends fc.Arbitrary<infer T> ? T : never;

interface Case {
  books: RandomBooks;
  dump: Dump;
  asked: Questions;
}

it(
  'every way to read entries and balances answers what going through all of the books does',
  async () => {
    await fc.assert(
      fc.asyncProperty(story, questions, async (told, asked) => {
        const books = await RandomBooks.write(database.db, told);
        const one = { books, asked, dump: await dumpBooks(database.db, books.company.companyId) };
        await comparePast(one);
        await compareAvailable(one);
        await compareExplanations(one);
        // Last, for it posts more.
        await comparePages(one);
      }),
      { numRuns: RUNS },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  },
  RUNS * 4_000,
);

/** Every posting instant and a tick on either side of it, of every wallet. */
async function comparePast({ books, dump }: Case): Promise<void> {
  const instants = new Set(dump.entries.flatMap(({ postedAt }) => [postedAt - 1, postedAt, postedAt + 1]));
  for (const instant of instants) {
    const read = await readBalanceAt(books.db, books.company.companyId, new Date(instant));
    const said = read.map(({ walletId, seq, balance, general, calling, ai, debt }) => ({
      walletId,
      seq,
      balance: toMicros(balance),
      general: toMicros(general),
      calling: toMicros(calling),
      ai: toMicros(ai),
      debtCalls: toMicros(debt.calls),
      debtAi: toMicros(debt.ai),
    }));
    const counted = read.map(({ walletId }) => ({ walletId, ...figuresAt(dump, walletId, instant) }));
    expect(said).toEqual(counted);
    expect(read.map(({ walletId }) => walletId).toSorted()).toEqual(
      dump.wallets.map(({ id }) => id).toSorted(),
    );
    seen.instants += 1;
  }
}

/** At every beginning and end of a bundle and a tick before, and when all was done. */
async function compareAvailable({ books, dump }: Case): Promise<void> {
  const turns = dump.grants.flatMap(({ effectiveAt, expiresAt }) =>
    [effectiveAt, expiresAt].filter(Number.isFinite),
  );
  for (const instant of new Set([books.now.getTime(), ...turns.flatMap((turn) => [turn - 1, turn])])) {
    const { wallets } = await readBalance(books.db, books.company.companyId, new Date(instant));
    const said = wallets.map(({ walletId, available }) => [
      walletId,
      toMicros(available.calls),
      toMicros(available.ai),
    ]);
    expect(said).toEqual(
      wallets.map(({ walletId }) => [
        walletId,
        availableAt(dump, walletId, 'calls', instant),
        availableAt(dump, walletId, 'ai', instant),
      ]),
    );
  }
}

/** A period between two posting instants: opening, entries in pages, closing. */
async function compareExplanations({ books, dump, asked }: Case): Promise<void> {
  const instants = dump.entries.map(({ postedAt }) => postedAt).toSorted((a, b) => a - b);
  const [first, last] = asked.span
    .slice(0, 2)
    .map((i) => (instants[i % instants.length] ?? 0) - asked.span[2]);
  const from = Math.min(first ?? 0, last ?? 0);
  const to = Math.max(first ?? 0, last ?? 0);
  for (const { id: walletId } of dump.wallets) {
    const found: StatementEntry[] = [];
    for (let after: bigint | null | undefined; after !== null; ) {
      const explained = await explainBalance(books.db, {
        companyId: books.company.companyId,
        walletId,
        from: new Date(from),
        to: new Date(to),
        limit: asked.limit,
        ...(after === undefined ? {} : { after }),
      });
      if (explained === null) throw new Error('a wallet was not found');
      found.push(...explained.entries);
      expect(toMicros(explained.opening.balance)).toBe(figuresAt(dump, walletId, from - 1).balance);
      expect(toMicros(explained.closing.balance)).toBe(figuresAt(dump, walletId, to - 1).balance);
      after = explained.next;
    }
    const expected = entriesOf(dump, walletId).filter(({ postedAt }) => postedAt >= from && postedAt < to);
    expect(found.map(toDumped)).toEqual(expected.map(plain));
    seen.explained += found.length;
  }
}

/** Pages of every wallet, with filters and without, while usage is posted between the first and the second. */
async function comparePages({ books, dump, asked }: Case): Promise<void> {
  const { limit, types, class: usageClass } = asked;
  const filters = [{}, { ...(types && { types }), ...(usageClass && { class: usageClass }) }];
  for (const filter of filters) {
    for (const { id: walletId } of dump.wallets) {
      const before = await dumpBooks(books.db, books.company.companyId);
      const expected = entriesOf(before, walletId)
        .filter((entry) => isAskedFor(entry, filter))
        .toReversed();
      const found: StatementEntry[] = [];
      for (let last: bigint | undefined; ; ) {
        const cursor = last === undefined ? {} : { before: last };
        const page = await readStatement(books.db, {
          companyId: books.company.companyId,
          walletId,
          limit,
          ...filter,
          ...cursor,
        });
        expect(page.length).toBeLessThanOrEqual(limit);
        found.push(...page);
        if (last === undefined) await books.postMore();
        last = page.at(-1)?.seq;
        if (last === undefined) break;
        seen.pages += 1;
      }
      expect(found.map(toDumped)).toEqual(expected.map(plain));
      for (const entry of found)
        expect(toMicros(entry.balanceAfter)).toBe(balanceAfter(before, walletId, entry.seq));
    }
  }
}

function isAskedFor(entry: DumpedEntry, filter: { types?: readonly EntryType[]; class?: string }): boolean {
  const isOfType = filter.types === undefined || filter.types.some((type) => type === entry.type);
  return isOfType && (filter.class === undefined || entry.class === filter.class);
}

/** A wallet's entries, oldest first. */
function entriesOf(dump: Dump, walletId: bigint): DumpedEntry[] {
  return dump.entries
    .filter((entry) => entry.walletId === walletId)
    .toSorted((a, b) => Number(a.seq - b.seq));
}

function balanceAfter(dump: Dump, walletId: bigint, seq: bigint): bigint {
  return sum(
    entriesOf(dump, walletId)
      .filter((entry) => entry.seq <= seq)
      .map(({ micros }) => micros),
  );
}

/** What both sides tell of an entry; its parts in their order, without the kinds that the ledger adds. */
function toDumped(entry: StatementEntry) {
  const parts = entry.parts.map((part) => {
    seen.parts += 1;
    const micros = toMicros(part.amount);
    return 'kind' in part
      ? { grantId: part.grantId, debtOf: null, micros }
      : { grantId: null, debtOf: part.debtOf, micros };
  });
  return {
    seq: entry.seq,
    type: entry.type,
    micros: toMicros(entry.amount),
    postedAt: entry.postedAt.getTime(),
    parts,
  };
}

function plain({ seq, type, micros, postedAt, parts }: DumpedEntry) {
  expect(sum(parts.map((part) => part.micros))).toBe(micros);
  return { seq, type, micros, postedAt, parts };
}
