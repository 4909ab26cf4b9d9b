import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  expireHolds,
  extendHold,
  placeHold,
  readBalance,
  releaseHold,
  settleHold,
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

const hold = (key: string, amount: string, officeId = MAIN) => ({
  companyId: books.companyId,
  key,
  officeId,
  class: 'calls' as const,
  amount: dollars(amount),
  expiresAt: november(4),
  at: november(3),
});
const named = (key: string) => ({ companyId: books.companyId, key, at: november(3.1) });

it('holds what is available and no more, however many ask at once', async () => {
  await books.grant('general', '5');
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, (_, i) => placeHold(database.db, hold(`call-${i}`, '1.5'))),
  );
  expect(outcomes.filter(({ outcome }) => outcome === 'posted')).toHaveLength(3);
  expect(await books.has()).toEqual({ general: '5.00', heldCalls: '4.50' });
  const { wallets } = await readBalance(database.db, books.companyId, november(3));
  expect(wallets.find(({ officeId }) => officeId === MAIN)?.available.calls.toFixed(2)).toBe('0.50');
});

it('is one hold for its key, and another amount under it is refused', async () => {
  await books.grant('general', '5');
  await placeHold(database.db, hold('call', '2'));
  expect(await placeHold(database.db, hold('call', '2'))).toEqual({ outcome: 'duplicate' });
  await expect(placeHold(database.db, hold('call', '3'))).rejects.toMatchObject({ code: 'key-conflict' });
});

it('extends to an amount in all, if there is enough', async () => {
  await books.grant('general', '5');
  await placeHold(database.db, hold('call', '2'));
  const longer = { ...hold('call', '4'), expiresAt: november(5) };
  expect(await extendHold(database.db, longer)).toEqual({ outcome: 'posted' });
  expect(await extendHold(database.db, longer)).toEqual({ outcome: 'duplicate' });
  expect(await extendHold(database.db, hold('call', '6'))).toEqual({ outcome: 'refused' });
  expect(await books.has()).toEqual({ general: '5.00', heldCalls: '4.00' });
});

it.each(['1', '3'])('held 2 settles for %s under the usage’s own key, once', async (cost) => {
  await books.grant('general', '5');
  await placeHold(database.db, hold('call', '2'));
  const call = books.usage({ cost });
  expect(await settleHold(database.db, { numberKey, ...named('call'), usage: call })).toEqual({
    outcome: 'posted',
  });
  expect(await settleHold(database.db, { numberKey, ...named('call'), usage: call })).toEqual({
    outcome: 'duplicate',
  });
  expect(await books.post([call])).toEqual([{ outcome: 'duplicate' }]);
  expect(await books.has()).toEqual({ general: (5 - Number(cost)).toFixed(2) });
  await expect(
    settleHold(database.db, { numberKey, ...named('call'), usage: books.usage() }),
  ).rejects.toMatchObject({
    code: 'hold-resolved',
  });
  await expect(releaseHold(database.db, named('call'))).rejects.toMatchObject({ code: 'hold-resolved' });
});

it('stays as it is when its usage is not booked', async () => {
  await books.grant('general', '5');
  await placeHold(database.db, hold('call', '2'));
  const usage = books.usage({ quantity: -1 });
  expect(await settleHold(database.db, { numberKey, ...named('call'), usage })).toEqual({
    outcome: 'rejected',
    reason: 'bad-facts',
  });
  expect(await books.has()).toEqual({ general: '5.00', heldCalls: '2.00' });
});

it('is free after release, and usage cannot settle it then', async () => {
  await books.grant('general', '5');
  await placeHold(database.db, hold('call', '2'));
  expect(await releaseHold(database.db, named('call'))).toEqual({ outcome: 'posted' });
  expect(await releaseHold(database.db, named('call'))).toEqual({ outcome: 'duplicate' });
  expect(await books.has()).toEqual({ general: '5.00' });
  await expect(
    settleHold(database.db, { numberKey, ...named('call'), usage: books.usage() }),
  ).rejects.toMatchObject({
    code: 'hold-resolved',
  });
});

it('is free when its time is over, and still settles', async () => {
  await books.grant('general', '5');
  await placeHold(database.db, hold('call', '2'));
  expect(await expireHolds(database.db, books.companyId, new Date(november(4).getTime() - 1))).toEqual([]);
  expect(await expireHolds(database.db, books.companyId, november(4))).toEqual(['call']);
  expect(await books.has()).toEqual({ general: '5.00' });
  const usage = books.usage({ cost: '2' });
  expect(await settleHold(database.db, { numberKey, ...named('call'), usage })).toEqual({
    outcome: 'posted',
  });
  expect(await books.has()).toEqual({ general: '3.00' });
});

it('of shared credits takes the office’s own bundle first, then the pool', async () => {
  books = await openBooks(database.db, { pooled: true });
  await books.grant('calling', '1', { office: BRANCH });
  await books.grant('general', '2');
  expect(await placeHold(database.db, hold('call', '2.5', BRANCH))).toEqual({ outcome: 'posted' });
  expect([await books.has(BRANCH), await books.has(null)]).toEqual([
    { calling: '1.00', heldCalls: '1.00' },
    { general: '2.00', heldCalls: '1.50' },
  ]);
  expect(await placeHold(database.db, hold('other', '0.6', BRANCH))).toEqual({ outcome: 'refused' });
});

it('does not count a bundle that is over, even before it has lapsed', async () => {
  await books.grant('calling', '5', { until: november(2.9) });
  expect(await placeHold(database.db, hold('call', '1'))).toEqual({ outcome: 'refused' });
});

/** What each class of an office (null: the pool) can spend at a moment, and what of its general credits is free. */
async function canSpend(officeId: bigint | null, at: Date): Promise<string> {
  const { wallets } = await readBalance(database.db, books.companyId, at);
  const wallet = wallets.find((one) => one.officeId === officeId);
  return `calls ${wallet?.available.calls}, ai ${wallet?.available.ai}, free ${wallet?.freeGeneral}`;
}

it('R7: a bundle that is over but has not lapsed covers no hold, so general credits are not promised twice', async () => {
  await books.grant('general', '3');
  await books.grant('calling', '5', { until: november(10) });
  const now = { at: november(10.1), expiresAt: november(11) };
  expect(await placeHold(database.db, { ...hold('call', '3'), ...now })).toEqual({ outcome: 'posted' });
  const ai = { ...hold('talk', '3'), ...now, class: 'ai' as const };
  expect(await placeHold(database.db, ai)).toEqual({ outcome: 'refused' });
  expect(await canSpend(MAIN, now.at)).toBe('calls 0, ai 0, free 0');
});

it('R6: what one class holds beyond the general credits takes nothing from the other’s own bundle', async () => {
  await books.grant('general', '6');
  await books.grant('calling', '5');
  await placeHold(database.db, { ...hold('talk', '6'), class: 'ai' });
  await books.post([books.usage({ class: 'ai', cost: '6' })]);
  expect(await canSpend(MAIN, november(3))).toBe('calls 5, ai -6, free -6');
  expect(await placeHold(database.db, hold('call', '5'))).toEqual({ outcome: 'posted' });
});

it('R5: shared credits stand behind a hold whose office’s bundle others used up', async () => {
  books = await openBooks(database.db, { pooled: true });
  await books.grant('general', '3');
  await books.grant('calling', '3', { office: BRANCH });
  await placeHold(database.db, hold('theirs', '3', BRANCH));
  expect(await canSpend(null, november(3))).toBe('calls 3, ai 3, free 3');
  await books.post([books.usage({ officeId: BRANCH, cost: '3' })]);
  expect(await canSpend(null, november(3))).toBe('calls 0, ai 0, free 0');
  expect(await canSpend(BRANCH, november(3))).toBe('calls 0, ai 0, free -3');
  expect(await placeHold(database.db, hold('ours', '1'))).toEqual({ outcome: 'refused' });
  expect(await placeHold(database.db, hold('more', '1', BRANCH))).toEqual({ outcome: 'refused' });
});

it('of shared credits is not covered by an office’s bundle that is over, even before it has lapsed', async () => {
  books = await openBooks(database.db, { pooled: true });
  await books.grant('calling', '10', { until: november(4) });
  await books.grant('general', '0.5', { office: null });
  const late = { ...hold('late', '1'), at: november(4.1), expiresAt: november(5) };
  expect(await placeHold(database.db, late)).toEqual({ outcome: 'refused' });
  expect(await placeHold(database.db, { ...late, amount: dollars('0.5') })).toEqual({ outcome: 'posted' });
});

it('that an office’s bundle covered is the pool’s to cover from the bundle’s end on', async () => {
  books = await openBooks(database.db, { pooled: true });
  await books.grant('calling', '10', { until: november(4) });
  await books.grant('general', '5', { office: null });
  await placeHold(database.db, { ...hold('long', '4'), expiresAt: november(6) });
  const poolAt = async (day: number): Promise<string | undefined> => {
    const { wallets } = await readBalance(database.db, books.companyId, november(day));
    return wallets.find(({ officeId }) => officeId === null)?.available.calls.toFixed(2);
  };
  expect([await poolAt(3.9), await poolAt(4)]).toEqual(['5.00', '1.00']);
  const more = { ...hold('more', '2', BRANCH), at: november(4.1), expiresAt: november(5) };
  expect(await placeHold(database.db, more)).toEqual({ outcome: 'refused' });
});
