import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { type Db, inTransaction, openDb } from '../../../src/db/index.ts';
import { DAY_MS } from '../../../src/durations.ts';
import {
  grantCredits,
  type NewUsage,
  placeHold,
  refundUsage,
  settleHold,
} from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import type { NumberKey } from '../../../src/number-key.ts';
import { createSecretBox, destroyNumberKey, readNumberKey, rotateSecrets } from '../../../src/org/index.ts';
import { eraseNumber, importSampleDeck, sweepLegs } from '../../../src/usage/index.ts';
import type { IngestDeps } from '../../../src/usage/ingest/ingest-deps.ts';
import { ingestEvents, ingestLegs } from '../../../src/usage/ingest/ingest-events.ts';
import { type ReadVendorEvent, readVendorEvent } from '../../../src/usage/ingest/read-vendor-event.ts';
import { storedEvent } from '../../../src/usage/ingest/usage-event.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { findings } from '../../support/ledger.ts';
import { secrets } from '../../support/number-key.ts';

const LINE = '+14155550101';
const OTHERS = ['+442079460011', '+442079460012', '+33142685301', '+4930901820'] as const;
/** A group that is texted together. */
const GROUP = ['+12125550111', '+13125550112', '+16465550113'] as const;
const NOW = Date.UTC(2026, 10, 20, 12);

let database: TestDatabase;
let deps: IngestDeps & { clock: MovableClock };
let companyId: bigint;
let officeId: bigint;
let numberKey: NumberKey;
const opened: Db[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  await importSampleDeck(database.db, new Date('2020-01-01T00:00:00Z'));
});
afterAll(async () => {
  for (const db of opened) await db.$disconnect();
  await database?.close();
});
beforeEach(async () => {
  deps = { db: database.db, secrets, clock: new MovableClock(0, () => NOW) };
  const company = await testCompany(database.db, { pooled: false });
  ({ companyId } = company);
  [officeId] = company.officeIds;
  numberKey = await readNumberKey(deps, companyId);
  await database.db.phoneNumber.create({ data: { companyId, number: LINE, kind: 'local', officeId } });
});

/** As another process has it, which has opened no key yet. */
async function anotherProcess(): Promise<Db> {
  const db = await openDb({ url: database.url, poolSize: 2, log: createLogger('silent') });
  opened.push(db);
  return db;
}

const legsOf = (read: ReadVendorEvent) => ('legs' in read ? read.legs : []);
const readEvent = (event: object) => legsOf(readVendorEvent(event, numberKey, () => 'US'));

let ids = 7_000_000_000_000_000;
const nextId = () => String(++ids);

function hangup(change: object = {}): object {
  return {
    call_id: nextId(),
    state: 'hangup',
    direction: 'outbound',
    external_number: OTHERS[0],
    internal_number: LINE,
    date_started: NOW - 130_000,
    date_connected: NOW - 120_000,
    duration: 60_000,
    event_timestamp: NOW - 50_000,
    ...change,
  };
}

function text(change: object = {}): object {
  return {
    id: nextId(),
    direction: 'outbound',
    message_status: 'sent',
    from_number: LINE,
    to_number: [...GROUP],
    created_date: NOW - 60_000,
    ...change,
  };
}

const take = (...events: object[]) =>
  ingestLegs(deps, { companyId, source: 'dialpad', legs: events.flatMap(readEvent) });

/** Calls, group texts, later events, a hold, a refund, a correction, what waits, and what has no owner. */
async function live(): Promise<void> {
  const { db } = deps;
  const at = deps.clock.now();
  const why = { companyId, actor: 'test', reason: 'Test', at };
  const credit = {
    kind: 'general',
    amount: dollars('50'),
    key: 'credit',
    source: 'purchase',
    reference: '1',
  } as const;
  await grantCredits(db, { ...why, ...credit, officeId });
  const id = nextId();
  await take(hangup({ call_id: id }), text(), hangup({ external_number: OTHERS[2] }));
  await take(hangup({ call_id: id, duration: 200_000, event_timestamp: NOW - 10_000 }));
  await take(hangup({ internal_number: '+14155559999', external_number: OTHERS[3] }));
  await take(hangup({ date_started: NOW - 40 * DAY_MS, date_connected: NOW - 40 * DAY_MS }));
  const [posted] = await db.usageRecord.findMany({ where: { companyId, source: 'dialpad' } });
  await refundUsage(db, { ...why, key: 'refund', source: 'dialpad', externalId: posted?.externalId ?? '' });
  const expiresAt = new Date(NOW + DAY_MS);
  await placeHold(db, {
    companyId,
    key: 'hold',
    officeId,
    class: 'calls',
    amount: dollars('1'),
    expiresAt,
    at,
  });
  const [leg] = readEvent(hangup({ external_number: OTHERS[1] }));
  if (leg === undefined) throw new Error('a call has a leg');
  const { externalId, externalNumber, usageAt } = leg.event;
  const usage: NewUsage = {
    source: 'dialpad',
    externalId,
    officeId,
    departmentId: null,
    memberId: null,
    class: 'calls',
    category: 'international',
    direction: 'outbound',
    externalNumber,
    internalNumber: LINE,
    usageAt,
    durationMs: 60_000,
    billedSeconds: 60,
    quantity: 1,
    cost: dollars('0.5'),
    price: null,
  };
  await settleHold(db, { companyId, numberKey, key: 'hold', usage, at });
}

/** Where in all that is stored of the company some text contains a run of a number's digits, without the columns that are for numbers. */
async function placesOf(number: string): Promise<string[]> {
  const columns = await database.db.$queryRaw<{ table: string; column: string }[]>`
    SELECT table_name AS table, column_name AS column FROM information_schema.columns
    WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'bytea', 'ARRAY')
      AND column_name NOT IN ('external_number', 'internal_number') AND table_name NOT LIKE '\\_prisma%'
      AND table_name IN (SELECT table_name FROM information_schema.columns WHERE column_name = 'company_id')`;
  const places: string[] = [];
  for (const { table, column } of columns) {
    const rows = await database.db.$queryRawUnsafe<unknown[]>(
      `SELECT FROM ${table} WHERE company_id = ${companyId} AND strpos(${column}::text, $1) > 0 LIMIT 1`,
      number.slice(-7),
    );
    if (rows.length > 0) places.push(`${table}.${column}`);
  }
  return places;
}

it('no key, posting, reference, inbox key or leg key has digits of the other party’s number', async () => {
  await live();
  const { db } = database;
  const own = { where: { companyId } };
  expect(await db.usageRecord.count(own)).toBeGreaterThan(8);
  expect(await db.usageInbox.count(own)).toBe(1);
  expect(await db.usageUnattributed.count(own)).toBe(1);
  // The events themselves have numbers, until they are erased or old.
  const events = ['usage_inbox.event', 'usage_leg.event', 'usage_unattributed.event'];
  for (const number of [...OTHERS, ...GROUP])
    expect(events, number).toEqual(expect.arrayContaining(await placesOf(number)));
  expect(await findings(db)).toEqual([]);
});

it('a text to a group is a usage for each number, under keys of their own, once', async () => {
  const group = text();
  await take(group);
  await take(group);
  const booked = await database.db.usageRecord.findMany({ where: { companyId } });
  expect(booked.map(({ externalNumber }) => externalNumber).toSorted()).toEqual([...GROUP].toSorted());
  expect(new Set(booked.map(({ externalId }) => externalId)).size).toBe(GROUP.length);
});

it.each([
  ['with spaces', '+44 20 7946 0011', true],
  ['with 00', '00442079460011', true],
  ['as a tel: address', 'tel:+442079460011', true],
  ['with (0)', '+44 (0)20 7946-0011', true],
  ['in full-width digits', '＋４４２０７９４６００１１', true],
  ['as a SIP address', 'sip:+442079460011@pbx.example', true],
  ['with an extension', '+442079460011;ext=5', true],
  ['withheld', 'anonymous', false],
  ['empty', '', false],
  ['absent', null, false],
  ['of our own side only', undefined, false],
])('a number %s leaves no digits in a key', (_what, external, isSame) => {
  for (const event of [
    hangup({ external_number: external }),
    text({ to_number: external === undefined ? [] : external }),
  ]) {
    const [leg] = readEvent(event);
    const code = leg?.event.externalId.split(':').at(-1);
    expect(code).toBe(isSame ? numberKey.codeOf(OTHERS[0]) : 'withheld');
    expect(leg?.leg).toMatch(/^7\d{15}$/);
  }
});

it('another company has another code for the same number', async () => {
  const other = await readNumberKey(deps, (await testCompany(database.db)).companyId);
  expect(other.codeOf(OTHERS[0])).not.toBe(numberKey.codeOf(OTHERS[0]));
});

it('two processes that need a company’s first key at once get the same', async () => {
  const { companyId: fresh } = await testCompany(database.db);
  const dbs = [await anotherProcess(), await anotherProcess(), await anotherProcess()];
  const keys = await Promise.all(dbs.map((db) => readNumberKey({ ...deps, db }, fresh)));
  expect(new Set(keys.map((key) => key.codeOf(LINE))).size).toBe(1);
});

it('a new REFILL_SECRET_KEY leaves every key as it is', async () => {
  const next = createSecretBox('the key after it, of tests', ['the tests guard no secrets']);
  expect((await rotateSecrets({ ...deps, secrets: next })).resealed).toBeGreaterThan(0);
  const alone = createSecretBox('the key after it, of tests');
  const rotated = await readNumberKey({ ...deps, db: await anotherProcess(), secrets: alone }, companyId);
  expect(rotated.codeOf(OTHERS[0])).toBe(numberKey.codeOf(OTHERS[0]));
  await rotateSecrets({
    ...deps,
    secrets: createSecretBox('the tests guard no secrets', ['the key after it, of tests']),
  });
});

it('once a company is closed its key is gone, and no other takes its place', async () => {
  await inTransaction(database.db, (tx) => destroyNumberKey(tx, companyId, deps.clock.now()));
  const db = await anotherProcess();
  await expect(readNumberKey({ ...deps, db }, companyId)).rejects.toMatchObject({
    code: 'company-closed',
  });
  expect(await db.numberKey.findUnique({ where: { companyId } })).toMatchObject({ keyEncrypted: null });
});

it('an erased number is nowhere in the database but in what waits for its price, and the books verify', async () => {
  await live();
  const order = { companyId, reason: 'Asked for' };
  for (const number of [...OTHERS.slice(1), ...GROUP]) {
    expect(await eraseNumber(deps, { ...order, number })).toMatchObject({ waiting: 0 });
    expect(await placesOf(number)).toEqual([]);
    const numbered = await database.db.usageRecord.count({ where: { companyId, externalNumber: number } });
    expect(numbered).toBe(0);
  }
  expect(await eraseNumber(deps, { ...order, number: OTHERS[0] })).toMatchObject({ waiting: 1 });
  expect((await placesOf(OTHERS[0])).toSorted()).toEqual(['usage_inbox.event', 'usage_leg.event']);
  expect(await findings(database.db)).toEqual([]);
});

const sorted = (rows: readonly { externalId: string }[]) =>
  rows.map(({ externalId }) => externalId).toSorted();

it('legs go after 35 days, but for those of usage that waits or has no owner', async () => {
  await live();
  const legs = { where: { companyId }, select: { externalId: true } };
  const left = async () => sorted(await database.db.usageLeg.findMany(legs));
  const all = await left();
  deps.clock.advance(34 * DAY_MS);
  await sweepLegs(deps);
  expect(await left()).toEqual(all);
  deps.clock.advance(2 * DAY_MS);
  await sweepLegs(deps);
  const needed = [
    ...(await database.db.usageInbox.findMany(legs)),
    ...(await database.db.usageUnattributed.findMany(legs)),
  ];
  expect(needed).toHaveLength(2);
  expect(await left()).toEqual(sorted(needed));
});

it('an API sender’s record is compared by its numbers, and its own key stays as it was sent', async () => {
  const event = storedEvent.parse({
    ...{
      externalId: 'crm-17',
      kind: 'call',
      direction: 'outbound',
      externalNumber: OTHERS[0],
      internalNumber: LINE,
    },
    ...{
      party: {},
      usageAt: new Date(NOW - 60_000).toISOString(),
      answeredAt: new Date(NOW - 60_000).toISOString(),
    },
    ...{ durationMs: 60_000, isInternal: null, isFailed: false, text: null, recipients: 1, pages: 1 },
    ...{ hasResponded: true, version: '0' },
  });
  const send = async (change: object = {}) =>
    (await ingestEvents(deps, { companyId, source: 'api', events: [{ ...event, ...change }] }))[0]?.outcome;
  expect(await send()).toBe('posted');
  expect(await send()).toBe('duplicate');
  expect(await send({ externalNumber: OTHERS[1] })).toBe('conflict');
});
