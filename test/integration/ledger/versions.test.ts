import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { correctUsage, listUsage, type NewUsage, refundUsage } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, findings, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

let database: TestDatabase;
let books: Books;
let call: NewUsage;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  books = await openBooks(database.db);
  await books.grant('general', '50');
  call = books.usage({ externalId: 'call', cost: '2', version: 10n });
});
afterEach(async () => {
  expect(await findings(database.db)).toEqual([]);
});

const longer = (version: bigint): NewUsage => ({ ...call, durationMs: 90_000, cost: dollars('3'), version });
const told = (key: string, usage: NewUsage, version?: bigint) =>
  correctUsage(database.db, {
    numberKey,
    companyId: books.companyId,
    key,
    usage,
    ...(version === undefined ? {} : { version }),
    actor: 'dialpad',
    reason: 'A newer event',
    at: november(4),
  });
const booked = async () => {
  const [record] = await listUsage(database.db, {
    companyId: books.companyId,
    from: november(1),
    to: november(9),
  });
  return { version: record?.version, durationMs: record?.durationMs };
};

it('R23: whose a call was, its kind and its price are ours: the same event again is no conflict after a move', async () => {
  await books.post([call]);
  const moved = { ...call, officeId: BRANCH, departmentId: 3n, memberId: 8n, category: 'domestic' };
  expect(await books.post([{ ...moved, price: '$0.02/min', cost: dollars('9') }])).toEqual([
    { outcome: 'duplicate' },
  ]);
  expect(await books.post([{ ...call, category: 'sms' }])).toMatchObject([{ outcome: 'conflict' }]);
  expect(await books.has()).toEqual({ general: '48.00' });
});

it('R23: other facts are a conflict that says which version is booked; the newer corrects, the older is stale', async () => {
  await books.post([call]);
  expect(await books.post([longer(12n)])).toEqual([{ outcome: 'conflict', bookedVersion: 10n }]);
  expect(await told('at-12', longer(12n), 12n)).toMatchObject({ outcome: 'posted', drawn: dollars('1') });
  expect(await told('at-12', longer(12n), 12n)).toMatchObject({ outcome: 'duplicate' });
  expect(await told('at-11', call, 11n)).toEqual({ outcome: 'stale', bookedVersion: 12n });
  expect(await told('at-12-too', call, 12n)).toEqual({ outcome: 'stale', bookedVersion: 12n });
  expect(await booked()).toEqual({ version: 12n, durationMs: 90_000 });
  expect(await books.has()).toEqual({ general: '47.00' });
});

it('R23: what was told before is a duplicate, unless it is told anew', async () => {
  await books.post([call]);
  await told('at-12', longer(12n), 12n);
  expect(await books.post([call, longer(12n)])).toEqual([{ outcome: 'duplicate' }, { outcome: 'duplicate' }]);
  expect(await books.post([{ ...call, version: 13n }])).toEqual([
    { outcome: 'conflict', bookedVersion: 12n },
  ]);
  await told('at-13', call, 13n);
  expect(await books.has()).toEqual({ general: '48.00' });
});

it('R23: what was told before of another call is no duplicate: not of another source, id or company', async () => {
  const other = longer(5n);
  const strangers = await openBooks(database.db);
  await strangers.grant('general', '50');
  await strangers.post([other]);
  await books.post([call, { ...other, source: 'dialpad' }, { ...other, externalId: 'another' }]);
  expect(await books.post([other])).toEqual([{ outcome: 'conflict', bookedVersion: 10n }]);
  await told('at-12', { ...call, durationMs: 30_000, version: 12n }, 12n);
  expect(await books.post([call, other])).toEqual([
    { outcome: 'duplicate' },
    { outcome: 'conflict', bookedVersion: 12n },
  ]);
});

it('R23: a newer event that says the same keeps an older one, which comes late, from winning', async () => {
  expect(await books.post([call, { ...call, version: 14n }])).toEqual([
    { outcome: 'posted' },
    { outcome: 'duplicate' },
  ]);
  expect(await books.post([longer(12n)])).toEqual([{ outcome: 'conflict', bookedVersion: 14n }]);
  await books.post([{ ...call, version: 15n }]);
  expect(await told('at-15', longer(15n), 15n)).toEqual({ outcome: 'stale', bookedVersion: 15n });
  expect(await books.entries()).toEqual(['grant 50.00', 'usage -2.00']);
});

it('R8: a refund, and a correction that somebody decided, leave the version as it is', async () => {
  await books.post([call]);
  const refund = { source: 'api', externalId: 'call', key: 'refund', amount: dollars('0.5') };
  await refundUsage(database.db, {
    ...refund,
    companyId: books.companyId,
    actor: 'admin',
    reason: 'Noise',
    at: november(4),
  });
  await told('decided', { ...call, cost: dollars('1'), version: 99n });
  expect(await booked()).toEqual({ version: 10n, durationMs: 60_000 });
  expect(await books.post([call])).toEqual([{ outcome: 'duplicate' }]);
  expect(await books.has()).toEqual({ general: '49.00' });
});

it('R8: what was refunded stays refunded when a newer event comes; the difference of its price posts', async () => {
  await books.post([call]);
  const refund = { companyId: books.companyId, source: 'api', externalId: 'call', at: november(4) };
  await refundUsage(database.db, { ...refund, key: 'refund', actor: 'admin', reason: 'Noise' });
  expect(await told('at-12', { ...longer(12n), cost: dollars('2') }, 12n)).toMatchObject({
    outcome: 'posted',
  });
  expect(await books.has()).toEqual({ general: '50.00' });
  expect(await told('at-13', { ...longer(13n), cost: dollars('3') }, 13n)).toMatchObject({
    drawn: dollars('1'),
  });
  expect(await told('at-14', { ...longer(14n), cost: dollars('1') }, 14n)).toMatchObject({
    returned: dollars('1'),
  });
  expect(await books.has()).toEqual({ general: '50.00' });
});

it('R23: the event of a moved member corrects once, whichever office it is counted to when it comes again', async () => {
  await books.post([call]);
  await told('at-12', longer(12n), 12n);
  expect(await told('at-12', { ...longer(12n), officeId: BRANCH, cost: dollars('8') }, 12n)).toMatchObject({
    outcome: 'duplicate',
  });
});
