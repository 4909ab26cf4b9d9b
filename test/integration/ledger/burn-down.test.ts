import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { correctUsage, judgeUsage, listUsage, usageTotals } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

let database: TestDatabase;
let books: Books;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  books = await openBooks(database.db);
});

describe('R4: usage draws', () => {
  it('its own bundle, then general credits, and one usage may straddle both', async () => {
    await books.grant('general', '10');
    await books.grant('calling', '5');
    await books.post([books.usage({ cost: '3' }), books.usage({ cost: '3' }), books.usage({ cost: '3' })]);
    expect(await books.entries()).toEqual([
      'grant 10.00',
      'grant 5.00',
      'usage -3.00',
      'usage -3.00 = calling -2.00, general -1.00',
      'usage -3.00',
    ]);
    expect(await books.has()).toEqual({ general: '6.00' });
  });

  it('never the other class’s bundle', async () => {
    await books.grant('calling', '5');
    await books.grant('ai', '5');
    await books.post([books.usage({ cost: '6' }), books.usage({ class: 'ai', cost: '1' })]);
    expect(await books.has()).toEqual({ ai: '4.00', owesCalls: '1.00' });
  });

  it('within a kind the earliest expiry first, then the oldest', async () => {
    await books.grant('calling', '2', { until: november(20) });
    await books.grant('calling', '2', { until: november(10) });
    await books.grant('general', '1');
    await books.grant('general', '1');
    await books.post([books.usage({ cost: '4.5' })]);
    const left = await database.db.creditGrant.findMany({
      where: { companyId: books.companyId },
      orderBy: { id: 'asc' },
    });
    expect(left.map((grant) => grant.remainingMicros)).toEqual([0n, 0n, 500_000n, 1_000_000n]);
    expect((await books.entries()).at(-1)).toBe('usage -4.50 = calling -2.00, calling -2.00, general -0.50');
  });
});

describe('R5: where credits are', () => {
  it('an office’s own, each office pays for itself', async () => {
    await books.grant('general', '10', { office: MAIN });
    await books.grant('general', '10', { office: BRANCH });
    await books.post([books.usage({ cost: '1' }), books.usage({ officeId: BRANCH, cost: '2' })]);
    expect([await books.has(MAIN), await books.has(BRANCH)]).toEqual([
      { general: '9.00' },
      { general: '8.00' },
    ]);
  });

  it('shared, the office’s bundle pays first, then the pool’s bundle, its general credits, and its debt', async () => {
    books = await openBooks(database.db, { pooled: true });
    await books.grant('calling', '1', { office: BRANCH });
    await books.grant('calling', '2', { office: null });
    await books.grant('general', '3', { office: BRANCH });
    await books.post([books.usage({ officeId: BRANCH, cost: '10' }), books.usage({ cost: '1' })]);
    expect([await books.has(BRANCH), await books.has(null)]).toEqual([{}, { owesCalls: '5.00' }]);
    expect(await books.entries(null)).toEqual([
      'grant 2.00',
      'grant 3.00',
      'usage -9.00 = calling -2.00, general -3.00, debt calls -4.00',
      'usage -1.00',
    ]);
  });

  it('AI is the primary office’s, whoever used it, and so is usage of no known office', async () => {
    await books.grant('ai', '5');
    await books.grant('general', '5');
    await books.post([
      books.usage({ class: 'ai', officeId: BRANCH, cost: '1' }),
      books.usage({ officeId: null, cost: '2' }),
    ]);
    expect([await books.has(MAIN), await books.has(BRANCH)]).toEqual([{ general: '3.00', ai: '4.00' }, {}]);
  });
});

describe('R6: what no grant covers', () => {
  it('is debt of its class, which its own bundle fills and the other does not', async () => {
    await books.post([books.usage({ cost: '4' }), books.usage({ class: 'ai', cost: '3' })]);
    expect(await books.has()).toEqual({ owesCalls: '4.00', owesAi: '3.00' });
    await books.grant('calling', '10', { on: 4 });
    expect(await books.has()).toEqual({ calling: '6.00', owesAi: '3.00' });
    expect((await books.entries()).slice(-2)).toEqual([
      'grant 10.00',
      'fill 0.00 = calling -4.00, debt calls 4.00',
    ]);
  });

  it('is filled by general credits oldest first, whichever class it is of', async () => {
    await books.post([books.usage({ class: 'ai', cost: '3' })], november(3.1));
    await books.post([books.usage({ cost: '4' })], november(3.2));
    await books.grant('general', '5', { on: 4 });
    expect(await books.has()).toEqual({ owesCalls: '2.00' });
  });
});

describe('R7: a grant pays usage', () => {
  it('of its own time only, from its start and up to its end', async () => {
    await books.grant('calling', '100', { on: 5, until: november(10) });
    await books.grant('general', '50');
    const at = (day: number, ms = 0) =>
      books.usage({ usageAt: new Date(november(day).getTime() + ms), cost: '1' });
    await books.post([at(5, -1), at(5), at(10, -1), at(10)], november(10.1));
    expect(await books.has()).toEqual({ calling: '98.00', general: '48.00' });
  });

  it('that comes within 6 hours of the end of its period, and what comes later draws what is in force', async () => {
    await books.grant('calling', '100', { until: november(10) });
    await books.grant('calling', '100', { on: 10, until: november(20) });
    const late = () => books.usage({ usageAt: november(9), cost: '1' });
    const left = async () => {
      const grants = await database.db.creditGrant.findMany({
        where: { companyId: books.companyId },
        orderBy: { id: 'asc' },
      });
      return grants.map((grant) => Number(grant.remainingMicros / 1_000_000n));
    };
    await books.post([late()], new Date(november(10.25).getTime() - 1));
    expect(await left()).toEqual([99, 100]);
    await books.post([late()], november(10.25));
    expect(await left()).toEqual([99, 99]);
  });

  it('that comes too late for its bundle in the order of its time, whatever order it is told in', async () => {
    await books.grant('calling', '100', { until: november(4) });
    await books.grant('general', '1');
    const at = (day: number, cost: string) => books.usage({ usageAt: november(day), cost });
    await books.post([at(3.5, '0.70'), at(3.2, '0.60')], november(5));
    expect((await books.entries()).slice(2)).toEqual([
      'usage -0.60',
      'usage -0.70 = general -0.40, debt calls -0.30',
    ]);
  });

  it('not more than 5 minutes ahead and not 35 days old, unless the operator says so', async () => {
    const minutes = (count: number) =>
      books.usage({ usageAt: new Date(november(40).getTime() + count * 60_000) });
    const records = [minutes(5), minutes(5.01), minutes(-35 * 24 * 60), minutes(-35 * 24 * 60 - 1)];
    expect(await books.post(records, november(40))).toEqual([
      { outcome: 'posted' },
      { outcome: 'rejected', reason: 'future' },
      { outcome: 'posted' },
      { outcome: 'rejected', reason: 'too-old' },
    ]);
  });
});

describe('R23: a record is booked once', () => {
  it('however often it comes, in one batch or in many, and other facts under its key are a conflict', async () => {
    await books.grant('general', '50');
    const call = books.usage({ externalId: 'call-1', cost: '1' });
    const rated = books.usage({ externalId: 'call-1', cost: '2', billedSeconds: 120 });
    const longer = books.usage({ externalId: 'call-1', durationMs: 90_000 });
    expect(await books.post([call, rated, longer])).toEqual([
      { outcome: 'posted' },
      { outcome: 'duplicate' },
      { outcome: 'conflict', bookedVersion: 0n },
    ]);
    expect(await books.post([longer, call])).toEqual([
      { outcome: 'conflict', bookedVersion: 0n },
      { outcome: 'duplicate' },
    ]);
    expect(await books.post([{ ...call, source: 'dialpad' }])).toEqual([{ outcome: 'posted' }]);
    expect(await books.has()).toEqual({ general: '48.00' });
  });

  it('and a bad record does not hold up the others', async () => {
    await books.grant('general', '50');
    const records = [
      books.usage({ cost: '-1' }),
      books.usage({ quantity: -1 }),
      books.usage({ externalNumber: 'a\0b' }),
      books.usage({ externalId: 'twice', billedSeconds: -1 }),
      books.usage({ externalId: 'twice', cost: '1' }),
    ];
    const judge = (of: bigint) =>
      judgeUsage(database.db, { companyId: of, at: november(4), numberKey, records });
    const judged = await judge(books.companyId);
    const outcomes = await books.post(records);
    expect(judged).toEqual(outcomes);
    await expect(judge(0n)).rejects.toMatchObject({ code: 'no-book' });
    expect(outcomes.map((one) => ('reason' in one ? one.reason : one.outcome))).toEqual([
      'negative-cost',
      'bad-facts',
      'bad-facts',
      'bad-facts',
      'posted',
    ]);
    expect(await books.has()).toEqual({ general: '49.00' });
  });

  it('and counts to the primary office where its own is not known, in the totals as in the books (R5)', async () => {
    await books.grant('general', '50');
    const [lost, closed] = [books.usage({ officeId: null }), books.usage({ officeId: 99n })];
    expect(await books.post([lost, closed])).toEqual([{ outcome: 'posted' }, { outcome: 'posted' }]);
    await correctUsage(database.db, {
      numberKey,
      companyId: books.companyId,
      key: 'moved',
      usage: { ...closed, officeId: 98n, cost: dollars('3') },
      actor: 'test',
      reason: 'Test',
      at: november(4),
    });
    const period = { companyId: books.companyId, from: november(1), to: november(30) };
    expect((await listUsage(database.db, period)).map(({ officeId }) => officeId)).toEqual([MAIN, MAIN]);
    expect(await usageTotals(database.db, { ...period, by: ['office'] })).toMatchObject([
      { officeId: MAIN, records: 2, cost: dollars('4') },
    ]);
    expect(await books.has()).toEqual({ general: '46.00' });
  });

  it('also where it cost nothing: it is counted, without an entry', async () => {
    await books.post([books.usage({ cost: '0', category: 'internal' })]);
    expect(await books.entries()).toEqual([]);
    expect(await database.db.usageRollup.findMany({ where: { companyId: books.companyId } })).toMatchObject([
      { category: 'internal', records: 1n, costMicros: 0n },
    ]);
  });
});
