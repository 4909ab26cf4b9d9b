import { afterAll, beforeAll, expect, it } from 'vitest';
import { RefillError } from '../../../src/errors.ts';
import {
  correctUsage,
  expireHolds,
  extendHold,
  lapseExpired,
  type NewUsage,
  placeHold,
  postUsage,
  readBalance,
  refundUsage,
  releaseHold,
  reverseGrant,
  setPooled,
  settleHold,
} from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, findings, MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

const WORKERS = 6;
const ROUNDS = 60;

let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

/** A repeatable stream of numbers from 0 up to 1. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** What the ledger may refuse in a random order of operations; anything else is a fault. */
const REFUSALS = new Set([
  'allocation-mismatch',
  'hold-resolved',
  'hold-unknown',
  'refund-too-large',
  'reversal-too-large',
  'usage-unknown',
  'key-conflict',
  'office-needed',
]);

class Worker {
  readonly #books: Books;
  readonly #random: () => number;
  readonly #name: string;
  readonly #usages: NewUsage[] = [];
  readonly #holds: string[] = [];
  readonly #grants: bigint[] = [];
  #count = 0;

  constructor(books: Books, seed: number) {
    this.#books = books;
    this.#random = chance(seed);
    this.#name = `w${seed}`;
  }

  async step(): Promise<void> {
    this.#count += 1;
    const { companyId } = this.#books;
    const story = {
      companyId,
      key: `${this.#name}-${this.#count}`,
      actor: 'test',
      reason: 'Test',
      at: this.#now(),
    };
    const db = database.db;
    const usage = this.#pick(this.#usages);
    const hold = this.#pick(this.#holds);
    const grant = this.#pick(this.#grants);
    const roll = this.#random() * 100;
    if (roll < 20) return this.#grant();
    if (roll < 50) return this.#post();
    if (roll < 58 && usage) {
      await refundUsage(db, {
        ...story,
        source: usage.source,
        externalId: usage.externalId,
        ...(roll < 55 ? {} : { amount: dollars('0.3') }),
      });
    } else if (roll < 68 && usage) {
      const officeId = this.#random() < 0.5 ? MAIN : BRANCH;
      await correctUsage(db, { numberKey, ...story, usage: { ...usage, officeId, cost: this.#amount() } });
    } else if (roll < 76) {
      const key = `hold-${story.key}`;
      await placeHold(db, {
        companyId,
        key,
        officeId: BRANCH,
        class: this.#random() < 0.8 ? 'calls' : 'ai',
        amount: dollars('1'),
        expiresAt: november(3 + 20 * this.#random()),
        at: story.at,
      });
      this.#holds.push(key);
    } else if (roll < 79 && hold) {
      await extendHold(db, {
        companyId,
        key: hold,
        amount: dollars('2'),
        expiresAt: november(20),
        at: story.at,
      });
    } else if (roll < 84 && hold) {
      await settleHold(db, { numberKey, companyId, key: hold, usage: this.#usage(), at: story.at });
    } else if (roll < 87 && hold) {
      await releaseHold(db, { companyId, key: hold, at: story.at });
    } else if (roll < 90) {
      await expireHolds(db, companyId, story.at);
    } else if (roll < 94) {
      await lapseExpired(db, companyId, story.at);
    } else if (roll < 97 && grant) {
      await reverseGrant(db, { ...story, grantId: grant, ...(roll < 95 ? {} : { amount: dollars('0.5') }) });
    } else {
      await this.#changeScope(story);
    }
  }

  async #grant(): Promise<void> {
    const kind = this.#pick(['general', 'general', 'calling', 'ai'] as const) ?? 'general';
    const office = this.#random() < 0.5 ? MAIN : BRANCH;
    const on = 2 + Math.floor(this.#random() * 8);
    const { grantId } = await this.#books.grant(kind, this.#amount().times(4).toFixed(), {
      office,
      on,
      until: november(on + 1 + this.#random() * 8),
      key: `grant-${this.#name}-${this.#count}`,
    });
    this.#grants.push(grantId);
  }

  async #post(): Promise<void> {
    const records = Array.from({ length: 1 + Math.floor(this.#random() * 6) }, () => this.#usage());
    await postUsage(database.db, {
      numberKey,
      companyId: this.#books.companyId,
      at: november(14),
      records: [...records, ...records.slice(0, 1)],
    });
    this.#usages.push(...records);
  }

  /** Ends sharing with all of it to the branch, or begins it. */
  async #changeScope(story: {
    companyId: bigint;
    key: string;
    actor: string;
    reason: string;
    at: Date;
  }): Promise<void> {
    const { pooled, wallets } = await readBalance(database.db, story.companyId, story.at);
    const amount = wallets[0]?.general ?? dollars('0');
    await setPooled(database.db, {
      ...story,
      pooled: !pooled,
      ...(pooled ? { allocation: [{ officeId: BRANCH, amount }] } : {}),
    });
  }

  #usage(): NewUsage {
    return this.#books.usage({
      externalId: `${this.#name}-${this.#random()}`,
      officeId: this.#pick([MAIN, BRANCH, null]) ?? null,
      class: this.#random() < 0.7 ? 'calls' : 'ai',
      usageAt: november(2 + this.#random() * 11),
      cost: this.#amount().toFixed(),
    });
  }

  #amount() {
    return dollars((Math.floor(this.#random() * 20) / 10 + 0.1).toFixed(1));
  }

  #now(): Date {
    return november(10 + this.#random() * 4);
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)];
  }
}

it.each([1, 2])('whatever is done, by many at once, leaves books that hold (round %i)', async (round) => {
  const books = await openBooks(database.db, { pooled: round === 2 });
  const run = async (worker: Worker): Promise<void> => {
    for (let i = 0; i < ROUNDS; i += 1) {
      await worker.step().catch((error: unknown) => {
        if (!(error instanceof RefillError) || !REFUSALS.has(error.code)) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, i) => run(new Worker(books, round * 100 + i))));
  expect(await findings(database.db)).toEqual([]);
  const types = await database.db.entry.groupBy({ by: ['type'], where: { companyId: books.companyId } });
  expect(types.length).toBeGreaterThanOrEqual(7);
});
