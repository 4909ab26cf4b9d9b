import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  correctUsage,
  lapseExpired,
  type NewUsage,
  refundUsage,
  setPooled,
} from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, findings, MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

let database: TestDatabase;
let books: Books;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  books = await openBooks(database.db, { pooled: true });
});
afterEach(async () => {
  expect(await findings(database.db)).toEqual([]);
});

const story = (key: string, day: number) => ({
  companyId: books.companyId,
  key,
  actor: 'T1/UANA',
  reason: 'Wrong number',
  at: november(day),
});
const scope = (pooled: boolean, day: number, shares: [bigint, string][] = []) =>
  setPooled(database.db, {
    ...story(`scope-${day}`, day),
    pooled,
    allocation: shares.map(([officeId, amount]) => ({ officeId, amount: dollars(amount) })),
  });
const refund = ({ source, externalId }: NewUsage, day: number, amount?: string) =>
  refundUsage(database.db, {
    ...story(`refund-${externalId}-${day}`, day),
    source,
    externalId,
    ...(amount === undefined ? {} : { amount: dollars(amount) }),
  });
const move = (usage: NewUsage, officeId: bigint, day: number) =>
  correctUsage(database.db, { numberKey, ...story(`move-${day}`, day), usage: { ...usage, officeId } });
const all = async () => [await books.has(null), await books.has(MAIN), await books.has(BRANCH)];

describe("R8: what the pool's bundle paid comes back as bundle once nothing is shared", () => {
  const call = async (officeId: bigint, cost: string) => {
    await books.grant('calling', '5', { office: null, until: november(10) });
    const usage = books.usage({ officeId, cost });
    await books.post([usage]);
    await scope(false, 5);
    return usage;
  };

  it('to the primary office, which has the rest of it', async () => {
    await refund(await call(MAIN, '3'), 6);
    expect(await all()).toEqual([{}, { calling: '5.00' }, {}]);
    expect((await books.entries(null)).slice(-2)).toEqual(['refund 3.00', 'move -3.00']);
    expect(await books.entries(MAIN)).toEqual(['move 2.00', 'move 3.00']);
  });

  it('also where it had been used up, and whichever office used it', async () => {
    await refund(await call(BRANCH, '5'), 6);
    expect(await all()).toEqual([{}, { calling: '5.00' }, {}]);
  });

  it('in parts, each once', async () => {
    const usage = await call(BRANCH, '4');
    await refund(usage, 6, '1');
    expect(await all()).toEqual([{}, { calling: '2.00' }, {}]);
    await refund(usage, 7);
    expect(await all()).toEqual([{}, { calling: '5.00' }, {}]);
  });

  it('and lapses again where its period is over', async () => {
    const usage = await call(MAIN, '3');
    await lapseExpired(database.db, books.companyId, november(11));
    await refund(usage, 12);
    expect(await all()).toEqual([{}, {}, {}]);
  });

  it('or pays it again where the usage is moved to the primary office', async () => {
    await move(await call(BRANCH, '3'), MAIN, 6);
    expect(await all()).toEqual([{}, { calling: '2.00' }, {}]);
  });
});

describe("R8: a refund reduces the pool's debt where the primary office owes it since", () => {
  const call = (cost: string) => books.usage({ officeId: BRANCH, cost });

  it('and brings no new credit', async () => {
    const usage = call('3');
    await books.post([usage]);
    await scope(false, 5);
    expect(await all()).toEqual([{}, { owesCalls: '3.00' }, {}]);
    await refund(usage, 6);
    expect(await all()).toEqual([{}, {}, {}]);
  });

  it('also where the office had owed it before it was shared', async () => {
    books = await openBooks(database.db);
    const usage = call('3');
    await books.post([usage]);
    await scope(true, 5);
    await scope(false, 6);
    await refund(usage, 7, '1');
    expect(await all()).toEqual([{}, { owesCalls: '2.00' }, {}]);
    await refund(usage, 8);
    expect(await all()).toEqual([{}, {}, {}]);
  });

  it('as far as this usage owed it, after what its office owes itself', async () => {
    await books.grant('general', '4');
    const usage = call('6');
    await books.post([usage]);
    await scope(false, 5);
    await books.post([call('1'), books.usage({ cost: '7' })], november(6));
    expect(await all()).toEqual([{}, { owesCalls: '9.00' }, { owesCalls: '1.00' }]);
    await refund(usage, 7);
    expect(await all()).toEqual([{}, { owesCalls: '7.00' }, { general: '3.00' }]);
  });

  it('and leaves what the primary office owes of its own', async () => {
    const usage = call('3');
    await books.post([usage]);
    await books.grant('general', '3', { on: 4 });
    await scope(false, 5);
    await books.post([books.usage({ cost: '5' })], november(6));
    await refund(usage, 7);
    expect(await all()).toEqual([{}, { owesCalls: '5.00' }, { general: '3.00' }]);
  });
});
