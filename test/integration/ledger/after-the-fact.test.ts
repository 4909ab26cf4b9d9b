import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  correctUsage,
  lapseExpired,
  listDueLapses,
  type NewUsage,
  refundUsage,
  restoreGrant,
  reverseGrant,
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
  books = await openBooks(database.db);
});
afterEach(async () => {
  expect(await findings(database.db)).toEqual([]);
});

const story = (key: string, day = 4) => ({
  companyId: books.companyId,
  key,
  actor: 'T1/UANA',
  reason: 'Wrong number',
  at: november(day),
});
const refund = (usage: NewUsage, amount?: string, day = 4) =>
  refundUsage(database.db, {
    ...story(`refund-${usage.externalId}-${amount ?? 'all'}`, day),
    source: usage.source,
    externalId: usage.externalId,
    ...(amount === undefined ? {} : { amount: dollars(amount) }),
  });

describe('R7: a bundle lapses', () => {
  it('6 hours after its end, once, whole', async () => {
    await books.grant('calling', '5', { until: november(10) });
    await books.grant('ai', '5', { until: november(12) });
    await books.post([books.usage({ cost: '2' })]);
    const early = new Date(november(10.25).getTime() - 1);
    expect(await lapseExpired(database.db, books.companyId, early)).toEqual([]);
    expect(await listDueLapses(database.db, november(10.25))).toEqual([books.companyId]);
    expect(await lapseExpired(database.db, books.companyId, november(10.25))).toMatchObject([
      { kind: 'calling', amount: dollars('3') },
    ]);
    expect(await lapseExpired(database.db, books.companyId, november(10.5))).toEqual([]);
    expect(await books.has()).toEqual({ ai: '5.00' });
  });
});

describe('R8: what a usage cost comes back', () => {
  it('to the grants it drew from, the last drawn first', async () => {
    await books.grant('calling', '2');
    await books.grant('general', '10');
    const call = books.usage({ cost: '5' });
    await books.post([call]);
    await refund(call, '4');
    expect(await books.has()).toEqual({ calling: '1.00', general: '10.00' });
    expect((await books.entries()).at(-1)).toBe('refund 4.00 = general 3.00, calling 1.00');
    expect(await refund(call, '4')).toMatchObject({ outcome: 'duplicate', revision: 1 });
    await expect(refund(call, '2')).rejects.toMatchObject({ code: 'refund-too-large' });
    await refund(call);
    expect(await books.has()).toEqual({ calling: '2.00', general: '10.00' });
  });

  it('to the present debt of its class first', async () => {
    await books.grant('general', '5');
    const [first, second] = [books.usage({ cost: '5' }), books.usage({ cost: '3' })];
    await books.post([first, second]);
    await refund(first);
    expect(await books.has()).toEqual({ general: '2.00' });
  });

  it('as new general credits where it was debt that has been filled', async () => {
    await books.grant('calling', '2');
    const call = books.usage({ cost: '6' });
    await books.post([call]);
    await books.grant('general', '10', { on: 4 });
    await refund(call);
    expect(await books.has()).toEqual({ calling: '2.00', general: '10.00' });
  });

  it('and lapses again where its period is over, unless the operator keeps it', async () => {
    await books.grant('calling', '5', { until: november(10) });
    const [call, other] = [books.usage({ cost: '2' }), books.usage({ cost: '2' })];
    await books.post([call, other]);
    await lapseExpired(database.db, books.companyId, november(11));
    await refund(call, undefined, 12);
    expect(await books.has()).toEqual({});
    expect((await books.entries()).slice(-2)).toEqual(['refund 2.00', 'lapse -2.00']);
    await refundUsage(database.db, {
      ...story('kept', 12),
      source: 'api',
      externalId: other.externalId,
      keepLapsed: true,
    });
    expect(await books.has()).toEqual({ general: '2.00' });
  });
});

describe('R8: a correction', () => {
  it('posts only the difference, up or down, and the record keeps its revisions', async () => {
    await books.grant('general', '10');
    const call = books.usage({ cost: '2' });
    await books.post([call]);
    await correctUsage(database.db, {
      numberKey,
      ...story('c1'),
      usage: { ...call, cost: dollars('3'), durationMs: 90_000 },
    });
    expect(
      await correctUsage(database.db, { numberKey, ...story('c2'), usage: { ...call, cost: dollars('1') } }),
    ).toMatchObject({
      outcome: 'posted',
      revision: 2,
      returned: dollars('2'),
    });
    expect(await books.entries()).toEqual([
      'grant 10.00',
      'usage -2.00',
      'correction -1.00',
      'correction 2.00',
    ]);
    expect(await database.db.usageRollup.findMany({ where: { companyId: books.companyId } })).toMatchObject([
      { records: 1n, costMicros: 1_000_000n },
    ]);
    await expect(
      correctUsage(database.db, { numberKey, ...story('c2'), usage: { ...call, cost: dollars('7') } }),
    ).rejects.toMatchObject({ code: 'key-conflict' });
    await expect(
      correctUsage(database.db, { numberKey, ...story('c3'), usage: books.usage() }),
    ).rejects.toMatchObject({
      code: 'usage-unknown',
    });
  });

  it('draws anew where a bundle begins or ends between the old time and the new, and not elsewhere', async () => {
    await books.grant('general', '10');
    await books.grant('calling', '5', { on: 3.5 });
    const call = books.usage({ cost: '2' });
    await books.post([call]);
    await correctUsage(database.db, {
      numberKey,
      ...story('minute'),
      usage: { ...call, usageAt: november(3.1) },
    });
    expect(await books.entries()).toHaveLength(3);
    await correctUsage(database.db, {
      numberKey,
      ...story('later'),
      usage: { ...call, usageAt: november(3.6) },
    });
    expect(await books.has()).toEqual({ general: '10.00', calling: '3.00' });
  });

  it('posts nothing for a time across the edge of a bundle that does not pay its class', async () => {
    await books.grant('general', '10');
    await books.grant('calling', '5', { until: november(10) });
    await books.grant('ai', '5', { on: 3 });
    const call = books.usage({ cost: '2', usageAt: new Date(november(3).getTime() - 1_000) });
    await books.post([call]);
    await lapseExpired(database.db, books.companyId, november(11));
    const posted = await books.entries();
    expect(
      await correctUsage(database.db, {
        numberKey,
        ...story('second', 12),
        usage: { ...call, usageAt: november(3) },
      }),
    ).toMatchObject({ outcome: 'posted', revision: 1 });
    expect(await books.entries()).toEqual(posted);
    expect(await books.has()).toEqual({ general: '10.00', ai: '5.00' });
  });

  it('R7: is refused a time ahead or long ago, unless the operator says so', async () => {
    await books.grant('general', '10');
    const call = books.usage({ cost: '2' });
    await books.post([call]);
    const old = { ...story('old', 60), usage: { ...call, usageAt: november(4) } };
    await expect(correctUsage(database.db, { numberKey, ...old })).rejects.toMatchObject({
      code: 'usage-time',
    });
    const ahead = { ...story('ahead'), usage: { ...call, usageAt: november(5) } };
    await expect(correctUsage(database.db, { numberKey, ...ahead })).rejects.toMatchObject({
      code: 'usage-time',
    });
    expect(await correctUsage(database.db, { numberKey, ...old, force: true })).toMatchObject({
      outcome: 'posted',
    });
    const cheaper = { ...story('cheaper', 60), usage: { ...call, usageAt: november(4), cost: dollars('1') } };
    expect(await correctUsage(database.db, { numberKey, ...cheaper })).toMatchObject({ outcome: 'posted' });
  });

  it('moves a usage to another office whole: given back here, drawn there', async () => {
    await books.grant('general', '10', { office: MAIN });
    await books.grant('calling', '1', { office: BRANCH });
    const call = books.usage({ cost: '2' });
    await books.post([call]);
    await correctUsage(database.db, { numberKey, ...story('move'), usage: { ...call, officeId: BRANCH } });
    expect([await books.has(MAIN), await books.has(BRANCH)]).toEqual([
      { general: '10.00' },
      { owesCalls: '1.00' },
    ]);
    const rollups = await database.db.usageRollup.findMany({
      where: { companyId: books.companyId },
      orderBy: { officeId: 'asc' },
    });
    expect(rollups.map(({ officeId, costMicros }) => [officeId, costMicros])).toEqual([
      [MAIN, 0n],
      [BRANCH, 2_000_000n],
    ]);
  });

  it('of shared credits gives the pool back before the office’s own bundle', async () => {
    books = await openBooks(database.db, { pooled: true });
    await books.grant('calling', '1', { office: BRANCH });
    await books.grant('general', '10');
    const call = books.usage({ officeId: BRANCH, cost: '3' });
    await books.post([call]);
    await refund(call, '2.5');
    expect([await books.has(BRANCH), await books.has(null)]).toEqual([
      { calling: '0.50' },
      { general: '10.00' },
    ]);
  });
});

describe('R16: a credit whose payment was reversed', () => {
  it('is taken from what is left of it, then from other general credits, then becomes debt', async () => {
    await books.grant('general', '4');
    const { grantId } = await books.grant('general', '10');
    await books.post([books.usage({ cost: '6' })]);
    const reversal = { ...story('dispute-1'), grantId };
    expect(await reverseGrant(database.db, reversal)).toMatchObject({
      outcome: 'posted',
      reversed: dollars('10'),
    });
    expect(await books.has()).toEqual({ owesCalls: '2.00' });
    expect((await books.entries()).at(-1)).toBe('reversal -10.00 = general -8.00, debt calls -2.00');
    expect(await reverseGrant(database.db, reversal)).toMatchObject({ outcome: 'duplicate' });
    await expect(reverseGrant(database.db, { ...reversal, key: 'dispute-2' })).rejects.toMatchObject({
      code: 'reversal-too-large',
    });
  });

  it('in part takes its own rest before other credits', async () => {
    const { grantId } = await books.grant('calling', '10');
    await books.grant('general', '10');
    await books.post([books.usage({ cost: '8' })]);
    await reverseGrant(database.db, { ...story('part'), grantId, amount: dollars('5') });
    expect(await books.has()).toEqual({ general: '7.00' });
  });

  it('counts what has lapsed of it as taken, before other credits', async () => {
    const { grantId } = await books.grant('calling', '10', { until: november(5) });
    await books.grant('general', '10');
    await books.post([books.usage({ cost: '4' })]);
    await lapseExpired(database.db, books.companyId, november(6));
    await reverseGrant(database.db, { ...story('half', 7), grantId, amount: dollars('5') });
    expect(await books.has()).toEqual({ general: '10.00' });
    await reverseGrant(database.db, { ...story('rest', 7), grantId });
    expect(await books.has()).toEqual({ general: '6.00' });
  });
});

describe('R16: a reversal that did not come about', () => {
  const restore = (reversalKey: string, day = 5) =>
    restoreGrant(database.db, { ...story(`back-${reversalKey}`, day), reversalKey });

  it('gives back what it took, where it took it, once, and may be repeated', async () => {
    const { grantId } = await books.grant('calling', '10');
    await books.grant('general', '3');
    await books.post([books.usage({ cost: '2' })]);
    await reverseGrant(database.db, { ...story('first'), grantId });
    expect(await books.has()).toEqual({ general: '1.00' });
    expect(await restore('first')).toMatchObject({ outcome: 'posted', restored: dollars('10') });
    expect(await restore('first')).toMatchObject({ outcome: 'duplicate' });
    expect(await books.has()).toEqual({ calling: '8.00', general: '3.00' });
    await reverseGrant(database.db, { ...story('second'), grantId });
    expect(await books.has()).toEqual({ general: '1.00' });
  });

  it('fills what is owed first, also debt that was made since', async () => {
    const { grantId } = await books.grant('general', '10');
    await reverseGrant(database.db, { ...story('taken'), grantId });
    await books.post([books.usage({ cost: '4' })]);
    expect(await books.has()).toEqual({ owesCalls: '4.00' });
    await restore('taken');
    expect(await books.has()).toEqual({ general: '6.00' });
  });

  it('gives back no bundle that is over meanwhile', async () => {
    const { grantId } = await books.grant('calling', '10', { until: november(6) });
    await reverseGrant(database.db, { ...story('taken'), grantId });
    await restore('taken', 8);
    expect(await books.has()).toEqual({});
    await reverseGrant(database.db, { ...story('again', 8), grantId });
    expect(await books.has()).toEqual({});
  });

  it('of which nothing is known is refused', async () => {
    await expect(restore('never')).rejects.toMatchObject({ code: 'reversal-unknown' });
  });
});
