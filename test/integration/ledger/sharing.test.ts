import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  moveCredits,
  openWallets,
  placeHold,
  refundUsage,
  reverseGrant,
  setPooled,
} from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, findings, MAIN, november, openBooks } from '../../support/ledger.ts';

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

const hold = (key: string, amount: string) =>
  placeHold(database.db, {
    companyId: books.companyId,
    key,
    officeId: BRANCH,
    class: 'calls',
    amount: dollars(amount),
    expiresAt: november(9),
    at: november(3),
  });
const story = (key: string) => ({
  companyId: books.companyId,
  key,
  actor: 'T1/UANA',
  reason: 'Credits are shared',
  at: november(5),
});
const share = (key = 'share') => setPooled(database.db, { ...story(key), pooled: true });
const deal = (shares: [bigint, string][], key = 'deal') =>
  setPooled(database.db, {
    ...story(key),
    pooled: false,
    allocation: shares.map(([officeId, amount]) => ({ officeId, amount: dollars(amount) })),
  });
const all = async () => [await books.has(null), await books.has(MAIN), await books.has(BRANCH)];

it('R5: sharing brings general credits and debts together, and leaves bundles where they are', async () => {
  await books.grant('general', '10', { office: MAIN });
  await books.grant('calling', '3', { office: BRANCH });
  await books.post([books.usage({ officeId: BRANCH, cost: '7' })]);
  await books.grant('ai', '2');
  expect(await all()).toEqual([{}, { general: '10.00', ai: '2.00' }, { owesCalls: '4.00' }]);
  expect(await share()).toEqual({ outcome: 'posted', pooled: true });
  expect(await share()).toEqual({ outcome: 'duplicate', pooled: true });
  expect(await all()).toEqual([{ general: '6.00' }, { ai: '2.00' }, {}]);
});

it('R5: dealing out takes exactly what is there; debts and bundles of the pool go to the primary office', async () => {
  await books.grant('general', '6', { office: MAIN });
  await books.grant('general', '4', { office: BRANCH });
  await share();
  await books.grant('calling', '5', { office: null });
  await expect(deal([[MAIN, '9.99']])).rejects.toMatchObject({ code: 'allocation-mismatch' });
  await deal([
    [MAIN, '2.5'],
    [BRANCH, '7.5'],
  ]);
  expect(await all()).toEqual([{}, { general: '2.50', calling: '5.00' }, { general: '7.50' }]);
  await books.post([books.usage({ cost: '9' })]);
  await share('again');
  await deal([[BRANCH, '6']], 'deal-again');
  expect(await all()).toEqual([{}, {}, { general: '6.00' }]);
});

it('what was used before comes back where credits are now', async () => {
  await books.grant('general', '6', { office: BRANCH });
  const call = books.usage({ officeId: BRANCH, cost: '2' });
  await books.post([call]);
  await share();
  await refundUsage(database.db, { ...story('refund'), source: 'api', externalId: call.externalId });
  expect(await all()).toEqual([{ general: '6.00' }, {}, {}]);
});

it('a payment reversed afterwards takes the credit where it went', async () => {
  const { grantId } = await books.grant('general', '6', { office: BRANCH });
  await books.grant('general', '1', { office: MAIN });
  await share();
  await deal([
    [MAIN, '3'],
    [BRANCH, '4'],
  ]);
  await reverseGrant(database.db, { ...story('dispute'), grantId });
  expect(await all()).toEqual([{}, {}, { general: '1.00' }]);
});

it('open holds follow the credits', async () => {
  await books.grant('general', '6', { office: BRANCH });
  await hold('call', '2');
  await share();
  expect(await all()).toEqual([{ general: '6.00', heldCalls: '2.00' }, {}, {}]);
  await deal([[BRANCH, '6']]);
  expect(await all()).toEqual([{}, {}, { general: '6.00', heldCalls: '2.00' }]);
});

it('R5: books are not opened around a primary office that is none of the company’s', async () => {
  const opened = openWallets(database.db, {
    companyId: 1n,
    officeIds: [MAIN],
    primaryOfficeId: BRANCH,
    pooled: false,
    at: november(1),
  });
  await expect(opened).rejects.toMatchObject({ code: 'office-unknown' });
});

it("R5: a hold stands on its office's own bundle as far as that goes, and on the pool for the rest", async () => {
  await books.grant('general', '6');
  await books.grant('calling', '5', { office: BRANCH });
  await hold('call', '2');
  await share();
  expect(await all()).toEqual([{ general: '6.00' }, {}, { calling: '5.00', heldCalls: '2.00' }]);
  await deal([[BRANCH, '6']]);
  await hold('longer', '4');
  await share('again');
  expect(await all()).toEqual([
    { general: '6.00', heldCalls: '1.00' },
    {},
    { calling: '5.00', heldCalls: '5.00' },
  ]);
});

describe('R6: debts keep their age when the scope changes, and general credits fill the oldest', () => {
  const ai = (day: number) => books.post([books.usage({ class: 'ai', cost: '3', usageAt: november(day) })]);
  const calls = (day: number, officeId = MAIN) =>
    books.post([books.usage({ officeId, cost: '3', usageAt: november(day) })]);
  const fill = (amount: string) => books.grant('general', amount, { on: 5 });

  it('of one office', async () => {
    await ai(3);
    await calls(4);
    await share();
    await fill('3');
    expect(await all()).toEqual([{ owesCalls: '3.00' }, {}, {}]);
  });

  it('of several offices', async () => {
    await calls(2, BRANCH);
    await ai(3);
    await calls(4, BRANCH);
    await share();
    await fill('4');
    expect(await all()).toEqual([{ owesCalls: '3.00', owesAi: '2.00' }, {}, {}]);
    await deal([]);
    await fill('2');
    expect(await all()).toEqual([{}, { owesCalls: '3.00' }, {}]);
  });

  it('there and back, one among the other', async () => {
    await calls(2);
    await ai(3);
    await calls(4);
    await share();
    await deal([]);
    await fill('5');
    expect(await all()).toEqual([{}, { owesCalls: '3.00', owesAi: '1.00' }, {}]);
    expect((await books.entries(null)).filter((line) => line.startsWith('move'))).toHaveLength(6);
  });
});

describe('credits that move from one office to another', () => {
  const give = (amount: string, key = 'give', extra: object = {}) =>
    moveCredits(database.db, {
      ...story(key),
      fromOfficeId: MAIN,
      toOfficeId: BRANCH,
      amount: dollars(amount),
      ...extra,
    });

  it('go once for their key, the oldest first, and fill what the other office owes', async () => {
    await books.grant('general', '2', { office: MAIN });
    await books.grant('general', '8', { office: MAIN });
    await books.post([books.usage({ officeId: BRANCH, cost: '3' })]);
    expect(await give('5')).toEqual({ outcome: 'posted' });
    expect(await give('5')).toEqual({ outcome: 'duplicate' });
    await expect(give('4')).rejects.toMatchObject({ code: 'key-conflict' });
    expect(await all()).toEqual([{}, { general: '5.00' }, { general: '2.00' }]);
  });

  it('are at most what is free: not what a hold keeps back', async () => {
    await books.grant('general', '6', { office: BRANCH });
    await hold('call', '2');
    const back = { fromOfficeId: BRANCH, toOfficeId: MAIN };
    await expect(give('4.01', 'much', back)).rejects.toMatchObject({ code: 'allocation-mismatch' });
    await give('4', 'all', back);
    expect(await all()).toEqual([{}, { general: '4.00' }, { general: '2.00', heldCalls: '2.00' }]);
  });

  it('are followed by a reversal of their payment', async () => {
    const { grantId } = await books.grant('general', '6', { office: MAIN });
    await give('4');
    await reverseGrant(database.db, { ...story('dispute'), grantId });
    expect(await all()).toEqual([{}, {}, {}]);
  });

  it('do not while credits are shared, nor to the same office', async () => {
    await books.grant('general', '6', { office: MAIN });
    await expect(give('1', 'same', { toOfficeId: MAIN })).rejects.toMatchObject({ code: 'office-unknown' });
    await share();
    await expect(give('1')).rejects.toMatchObject({ code: 'office-unknown' });
  });
});
