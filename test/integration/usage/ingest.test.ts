import { gzipSync } from 'node:zlib';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/durations.ts';
import { readBalance, usageTotals, verifyLedger } from '../../../src/ledger/index.ts';
import { importDirectory, readNumberKey } from '../../../src/org/index.ts';
import { sampleDeckFile } from '../../../src/rating/index.ts';
import {
  acceptWaiting,
  createApiKey,
  createWebhook,
  dropWaiting,
  importDeck,
  importSampleDeck,
  listInbox,
  listWebhooks,
  repairUsage,
  revokeWebhook,
  sweepInbox,
} from '../../../src/usage/index.ts';
import { ingestLegs } from '../../../src/usage/ingest/ingest-events.ts';
import { readVendorEvent } from '../../../src/usage/ingest/read-vendor-event.ts';
import { fetchApi } from '../../support/api-document.ts';
import { startTestTryOut, type TryOut } from '../../support/try-out.ts';

let tryOut: TryOut;
let key: string;
let hook: { path: string; secret: string };
let companyId: bigint;
let next = 0;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  const { db, billing, secrets } = tryOut.app;
  companyId = (await db.company.findFirstOrThrow()).id;
  await importSampleDeck(db, new Date('2020-01-01T00:00:00Z'));
  ({ key } = await createApiKey({ db, clock: billing.clock }, { companyId, name: 'test' }));
  hook = await createWebhook({ db, clock: billing.clock, secrets }, companyId);
});
afterAll(() => tryOut?.close());
beforeEach(() => {
  next += 1;
});

const now = (): number => tryOut.sandbox.clock.now().getTime();
const iso = (agoMs = 60_000): string => new Date(now() - agoMs).toISOString();

function call(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: `call-${next}`,
    kind: 'call',
    direction: 'outbound',
    external_number: '+442079460000',
    internal_number: '+14155550101',
    answered_at: iso(),
    duration_seconds: 61.2,
    ...change,
  };
}

async function post(body: BodyInit, headers: Record<string, string> = {}) {
  const answer = await fetchApi(`${tryOut.appUrl}/v1/usage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body,
  });
  return {
    status: answer.status,
    body: (await answer.json()) as { records?: Record<string, unknown>[]; message?: string },
  };
}
const send = (...records: unknown[]) => post(JSON.stringify(records));

async function event(payload: Record<string, unknown>, secret = hook.secret, path = hook.path) {
  const body = await new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(Buffer.from(secret));
  const answer = await fetch(`${tryOut.appUrl}${path}`, { method: 'POST', body });
  return { status: answer.status, text: await answer.text() };
}

function hangup(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    call_id: 5_600_000_000_000_000 + next,
    master_call_id: null,
    entry_point_call_id: null,
    state: 'hangup',
    direction: 'outbound',
    external_number: '+442079460000',
    internal_number: '+14155550101',
    date_started: now() - 120_000,
    date_connected: now() - 100_000,
    date_ended: now() - 88_000,
    duration: 11_989.972,
    target: { id: 2, type: 'user', phone: '+14155550101', email: 'ana@acme.example' },
    entry_point_target: {},
    is_internal: 'FALSE',
    event_timestamp: now() - 80_000,
    ...change,
  };
}

async function booked(idPart: string) {
  return await tryOut.app.db.usageRecord.findMany({
    where: { externalId: { contains: idPart } },
    orderBy: { revision: 'asc' },
  });
}
/** What San Francisco and New York have, less what they owe, in dollars. */
const spent = async (): Promise<number> => {
  const { wallets } = await readBalance(tryOut.app.db, companyId, tryOut.sandbox.clock.now());
  return wallets.reduce((sum, { general, debt }) => sum + general.minus(debt.calls).toNumber(), 0);
};

describe('POST /v1/usage', () => {
  it('R20: prices a local call of an unknown line, and of an unknown licence, as Support’s; of Talk it is free', async () => {
    const { db, billing } = tryOut.app;
    const numbers = { talk: '+14155550181', diamond: '+14155550182' };
    const line = (licence: string) => `${licence},${licence}@acme.example,San Francisco,${licence}\n`;
    await importDirectory(
      db,
      companyId,
      {
        members: `name,e-mail,office,licence\n${line('talk')}${line('diamond')}`,
        numbers: `number,member\n${numbers.talk},talk@acme.example\n${numbers.diamond},diamond@acme.example\n`,
      },
      billing.clock.now(),
    );
    const lines = { ...numbers, unknown: '+14155550183' };
    const calls = Object.entries(lines).map(([name, internal_number]) =>
      call({ id: `local-${name}`, internal_number, external_number: '+14155550199', duration_seconds: 60 }),
    );
    await send(...calls);
    const priced = (await booked('local-')).map(({ externalId, category, costMicros }) => [
      externalId.replace('local-', ''),
      category,
      costMicros,
    ]);
    expect(Object.fromEntries(priced.map(([name, ...rest]) => [name, rest]))).toEqual({
      talk: ['local', 0n],
      diamond: ['domestic', 20_000n],
      unknown: ['domestic', 20_000n],
    });
  });

  it('rates, attributes and books each record once, however often it is sent', async () => {
    const before = await spent();
    const sent = call();
    expect((await send(sent)).body.records).toEqual([
      { id: `call-${next}`, outcome: 'posted', isAttributed: true },
    ]);
    expect((await send(sent)).body.records).toMatchObject([{ outcome: 'duplicate' }]);
    const [record] = await booked(`call-${next}`);
    expect(record).toMatchObject({ category: 'international', billedSeconds: 120, direction: 'outbound' });
    expect(record?.memberId).not.toBeNull();
    expect(before - (await spent())).toBeCloseTo(Number(record?.costMicros) / 1e6, 6);
  });

  it('says of each record what became of it, and lets no bad one stop the others', async () => {
    const id = `mixed-${next}`;
    const { status, body } = await send(
      call({ id }),
      call({ id: `${id}-2`, duration_seconds: -1 }),
      'nonsense',
      call({ id: `${id}-3`, external_number: '415 555 0100' }),
      call({ id, duration_seconds: 300 }),
      call({ id: `${id}-4`, answered_at: iso(40 * DAY_MS) }),
      call({ id: `${id}-5`, internal_number: '+15005550006' }),
      {
        id: `${id}-6`,
        kind: 'sms',
        direction: 'outbound',
        external_number: '+12025550100',
        at: iso(),
        text: 'hi',
      },
    );
    expect(status).toBe(200);
    expect(body.records?.map(({ outcome }) => outcome)).toEqual([
      'posted',
      'rejected',
      'rejected',
      'rejected',
      'conflict',
      'waiting',
      'posted',
      'posted',
    ]);
    expect(body.records?.[1]?.message).toMatch(/^duration_seconds: /);
    expect(body.records?.[3]?.message).toMatch(/"415 555 0100" has no country code/);
    expect(body.records?.[6]?.isAttributed).toBe(false);
    expect(await tryOut.app.db.usageUnattributed.count({ where: { externalId: `${id}-5` } })).toBe(1);
    expect(await listInbox(tryOut.app.db, companyId, 'waiting')).toMatchObject([{ externalId: `${id}-4` }]);
  });

  it('keeps what has no rate, never free, and books it when one arrives', async () => {
    const id = `unrated-${next}`;
    const { body } = await send(call({ id, external_number: '+88213000000' }));
    if (body.records?.[0]?.outcome !== 'unrated') throw new Error(JSON.stringify(body));
    expect(await booked(id)).toEqual([]);
    await tryOut.app.db.usageInbox.updateMany({
      where: { externalId: id },
      data: { nextAttemptAt: new Date(0) },
    });
    const { db, secrets, billing } = tryOut.app;
    const deps = { db, secrets, clock: tryOut.sandbox.clock, log: billing.log };
    await sweepInbox(deps);
    expect(await listInbox(deps.db, companyId, 'unrated')).toMatchObject([{ externalId: id }]);
    const { rows } = sampleDeckFile();
    const first = rows.find(({ row }) => row.kind === 'call');
    if (first === undefined) throw new Error('the sample deck prices no calls');
    const satellite = { ...first, row: { ...first.row, prefix: '88213', rate: '2' } };
    await importDeck(deps.db, {
      deck: { rows: [...rows, satellite], columns: [], faults: [], outliers: [], earliest: null },
      fileName: 'satellites.csv',
      from: new Date('2020-01-01T00:00:00Z'),
      mode: 'full',
      force: false,
      fillWithSamples: false,
      dryRun: false,
      actor: 'operator',
      at: deps.clock.now(),
    });
    await sweepInbox(deps);
    expect(await booked(id)).toHaveLength(1);
    expect(await listInbox(deps.db, companyId, 'unrated')).toEqual([]);
  });

  it('takes lines and compressed bodies, and refuses what it cannot take in words', async () => {
    const lines = `${JSON.stringify(call({ id: `line-${next}` }))}\n{not json\n`;
    const ndjson = await post(gzipSync(lines), {
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
    });
    expect(ndjson.body.records?.map(({ outcome }) => outcome)).toEqual(['posted', 'rejected']);
    expect((await post('[1,2')).status).toBe(400);
    expect((await post('[]', { authorization: 'Bearer rk_wrong' })).status).toBe(401);
    expect((await post('[]', { 'content-encoding': 'zip' })).status).toBe(415);
    expect((await post(gzipSync(Buffer.alloc(80_000_000)), { 'content-encoding': 'gzip' })).status).toBe(413);
    expect((await post(JSON.stringify(Array(10_001).fill({})))).status).toBe(413);
  });
});

describe('the phone system’s webhook', () => {
  it('bills one real call once: its longest leg, whatever order the legs come in', async () => {
    const entry = `77000000000000000${next}`;
    const legs = [
      hangup({ call_id: `${entry}1`, entry_point_call_id: entry, duration: 5_000.5 }),
      hangup({
        call_id: `${entry}2`,
        entry_point_call_id: entry,
        duration: 130_000,
        event_timestamp: now() - 85_000,
      }),
      hangup({ call_id: `${entry}3`, entry_point_call_id: entry, date_connected: null, duration: null }),
    ];
    for (const leg of legs) expect((await event(leg)).status).toBe(200);
    const records = await booked(entry);
    expect(records.at(-1)).toMatchObject({ billedSeconds: 180 });
    for (const leg of legs.toReversed()) expect((await event(leg)).status).toBe(200);
    expect(await booked(entry)).toHaveLength(records.length);
  });

  it('bills the longest leg of a call though processes keep its legs at the same moment', async () => {
    const { db, billing, secrets } = tryOut.app;
    const deps = { db, secrets, clock: billing.clock };
    const numberKey = await readNumberKey(deps, companyId);
    const calls = [1, 2, 3].map((n) => `66000000000000${next}${n}`);
    const legs = calls.flatMap((entry) =>
      [30_000, 250_000, 70_000, 130_000].map((duration, leg) =>
        readVendorEvent(
          hangup({ call_id: `${entry}${leg}`, entry_point_call_id: entry, duration }),
          numberKey,
          () => 'US',
        ),
      ),
    );
    const outcomes = await Promise.all(
      legs.map((read) =>
        ingestLegs(deps, { companyId, source: 'dialpad', legs: 'legs' in read ? read.legs : [] }),
      ),
    );
    expect(outcomes.map(({ size }) => size)).toEqual(legs.map(() => 1));
    for (const entry of calls) expect((await booked(entry)).at(-1)).toMatchObject({ billedSeconds: 300 });
  });

  it('lets the newest event of a call win, and posts the difference', async () => {
    const id = `9007199254740993${next}`;
    await event(hangup({ call_id: id, duration: 200_000, event_timestamp: now() - 50_000 }));
    await event(hangup({ call_id: id, duration: 10_000, event_timestamp: now() - 60_000 }));
    expect((await booked(id)).at(-1)).toMatchObject({ billedSeconds: 240 });
    await event(hangup({ call_id: id, duration: 10_000, event_timestamp: now() - 40_000 }));
    expect((await booked(id)).at(-1)).toMatchObject({ billedSeconds: 60 });
  });

  it('keeps 64-bit identifiers apart', async () => {
    const payload = JSON.stringify(hangup()).replace(/"call_id":\d+/, '"call_id":9223372036854775807');
    const body = await new CompactSign(Buffer.from(payload))
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(hook.secret));
    await fetch(`${tryOut.appUrl}${hook.path}`, { method: 'POST', body });
    expect(await booked('9223372036854775807')).toHaveLength(1);
  });

  it('makes a message that failed after all free', async () => {
    const sms = {
      id: 880_000 + next,
      direction: 'outbound',
      created_date: now() - 60_000,
      from_number: '+14155550101',
      to_number: ['+12025550100'],
      mms: false,
      is_internal: false,
      message_status: 'pending',
      target: { id: 2, type: 'user' },
    };
    await event({ ...sms, event_timestamp: now() - 50_000 });
    expect((await booked(`message:${sms.id}`)).at(-1)?.costMicros).toBeGreaterThan(0n);
    await event({ ...sms, message_status: 'failed', event_timestamp: now() - 40_000 });
    expect((await booked(`message:${sms.id}`)).at(-1)?.costMicros).toBe(0n);
  });

  it('passes over what says nothing of usage, and refuses everybody else alike', async () => {
    expect((await event(hangup({ state: 'ringing' }))).text).toMatch(/ignored/);
    const refused = [
      await event(hangup(), 'another secret of thirty-two chars'),
      await event(hangup(), hook.secret, '/webhooks/dialpad/AAAAAAAAAAAAAAAAAAAAAAAA'),
    ];
    const unsigned = await fetch(`${tryOut.appUrl}${hook.path}`, {
      method: 'POST',
      body: JSON.stringify(hangup()),
    });
    refused.push({ status: unsigned.status, text: await unsigned.text() });
    expect(new Set(refused.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(refused[0]?.status).toBe(401);
  });

  it('takes nothing at an address that is revoked, in the words of every refusal', async () => {
    const { db, billing, secrets } = tryOut.app;
    const deps = { db, clock: billing.clock, secrets };
    const old = await createWebhook(deps, companyId);
    expect((await event(hangup(), old.secret, old.path)).status).toBe(200);
    await revokeWebhook(deps, { companyId, address: `https://credits.example${old.path}` });
    const refused = await event(hangup(), old.secret, old.path);
    expect(refused).toEqual(await event(hangup(), 'another secret of thirty-two chars'));
    expect(refused.status).toBe(401);
    expect((await listWebhooks(db, companyId)).filter(({ revokedAt }) => revokedAt !== null)).toMatchObject([
      { path: old.path },
    ]);
    await expect(revokeWebhook(deps, { companyId, address: old.path })).rejects.toThrow(/no good webhook/);
    expect((await event(hangup())).status).toBe(200);
  });

  it('keeps a hangup that it cannot read for the operator, as it came', async () => {
    const { status, text } = await event(hangup({ date_connected: 9e300 }));
    expect([status, text]).toEqual([200, expect.stringMatching(/stored/)]);
    expect((await listInbox(tryOut.app.db, companyId, 'waiting')).at(-1)?.message).toMatch(/date_connected/);
  });

  it.each<[what: string, change: Record<string, unknown>]>([
    ['a target that is none', { target: 'Ana' }],
    ['a target whose facts are none', { target: { id: { n: 1 }, type: 5, email: [], office_id: {} } }],
    ['a group that is none', { group_id: { office: 1 } }],
    ['a flag that is none', { is_internal: { no: true } }],
    ['a direction in capitals', { direction: 'OUTBOUND' }],
    ['lengths and times as text', { duration: '11989.972', date_connected: `${Date.now()}` }],
  ])('posts a call in spite of %s', async (_, change) => {
    const at = 'date_connected' in change ? { date_connected: `${now() - 100_000}` } : {};
    const id = `3300${next}000000000001`;
    expect((await event(hangup({ call_id: id, ...change, ...at }))).text).toMatch(/posted/);
    expect(await booked(`call:${id}:`)).toMatchObject([{ billedSeconds: 60 }]);
  });

  it.each<[what: string, payload: Record<string, unknown>, message: RegExp]>([
    ['a hangup without an id', { call_id: undefined }, /without id/],
    ['a hangup of no direction and no length', { direction: null, duration: {} }, /direction, duration/],
    [
      'a text without a direction',
      { state: undefined, call_id: undefined, to_number: '+12025550100', direction: undefined },
      /direction/,
    ],
  ])('keeps %s for the operator, with every fault', async (_, change, message) => {
    expect((await event(hangup({ ...change, duration: change.duration ?? 1_000 + next }))).text).toMatch(
      /stored/,
    );
    expect((await listInbox(tryOut.app.db, companyId, 'waiting')).at(-1)?.message).toMatch(message);
  });

  it('keeps what names an office that is not known, and posts it once the directory has the office', async () => {
    const { db, billing, secrets } = tryOut.app;
    const ref = `9007199254740993${next}`;
    const id = `2200${next}`;
    await db.office.updateMany({
      where: { companyId, isPrimary: true },
      data: { externalRef: '6422934115149452' },
    });
    const target = { id: 2, type: 'user', office_id: ref };
    expect((await event(hangup({ call_id: id, target }))).text).toMatch(/stored/);
    const deps = { db, secrets, clock: billing.clock, log: billing.log };
    await sweepInbox(deps, companyId);
    expect(await booked(`call:${id}:`)).toEqual([]);
    await db.office.create({
      data: {
        companyId,
        name: `New ${next}`,
        country: 'US',
        isPrimary: false,
        createdAt: billing.clock.now(),
        externalRef: ref,
      },
    });
    await sweepInbox(deps, companyId);
    expect(await booked(`call:${id}:`)).toHaveLength(1);
  });

  it('counts a text without its content as one segment, keeps content that it has, and tells the operator once', async () => {
    const { db } = tryOut.app;
    const sms = {
      direction: 'outbound',
      created_date: now() - 60_000,
      from_number: '+14155550101',
      to_number: ['+12025550100'],
      message_status: 'pending',
      target: { id: 2, type: 'user' },
    };
    const open = () =>
      db.operatorNotice.findMany({ where: { companyId, kind: 'texts-without-content', resolvedAt: null } });
    const [bare, long, late] = [7_000_000 + next, 8_000_000 + next, 9_000_000 + next];
    await event({ ...sms, id: long, text: 'x'.repeat(161), event_timestamp: now() - 50_000 });
    expect(await open()).toEqual([]);
    // Its delivery is told without what it says.
    await event({ ...sms, id: long, message_status: 'success', event_timestamp: now() - 40_000 });
    expect((await booked(`message:${long}:`)).at(-1)).toMatchObject({ quantity: 2 });
    expect(await open()).toEqual([]);
    tryOut.sandbox.clock.advance(3_600_000);
    await event({ ...sms, id: bare, event_timestamp: now() - 50_000 });
    await event({ ...sms, id: bare + 100_000, event_timestamp: now() - 50_000 });
    expect((await booked(`message:${bare}:`)).at(-1)).toMatchObject({ quantity: 1 });
    expect(await open()).toMatchObject([{ count: 1 }]);
    // The event with the content comes last, though it was the first.
    await event({ ...sms, id: late, message_status: 'success', event_timestamp: now() - 40_000 });
    await event({ ...sms, id: late, text: 'x'.repeat(161), event_timestamp: now() - 50_000 });
    expect((await booked(`message:${late}:`)).at(-1)).toMatchObject({ quantity: 2 });
    expect(await open()).toEqual([]);
  });

  it('keeps an event that is more than a week old for the operator', async () => {
    expect((await event(hangup({ event_timestamp: now() - 8 * DAY_MS }))).text).toMatch(/stored/);
  });
});

describe('an event that waits as it came', () => {
  const deps = () => {
    const { db, billing, secrets } = tryOut.app;
    return { db, secrets, clock: billing.clock, log: billing.log };
  };
  const waiting = async (words: RegExp) => {
    const items = await listInbox(tryOut.app.db, companyId, 'waiting');
    return items.filter(({ message }) => words.test(message)).map(({ id }) => ({ companyId, id }));
  };

  it('dated more than a day ahead it is kept, stands in the way of no other, and is posted once it is accepted', async () => {
    const id = `3300${next}`;
    const ahead = hangup({ call_id: id, event_timestamp: now() + 3 * DAY_MS, duration: 60_500 });
    expect((await event(ahead)).text).toMatch(/stored/);
    expect((await event(ahead)).text).toMatch(/stored/);
    const [item, ...others] = await waiting(/dated more than a day ahead/);
    expect(others).toEqual([]);
    expect(await booked(`call:${id}:`)).toEqual([]);
    // Neither the sweep nor a repair takes it, and the call's true event is not held to be older.
    await repairUsage(deps(), companyId);
    expect((await event(hangup({ call_id: id }))).text).toMatch(/posted/);
    expect(await booked(`call:${id}:`)).toMatchObject([{ durationMs: 11_990n }]);
    expect(await acceptWaiting(deps(), item ?? { companyId, id: 0n })).toMatchObject({ outcome: 'adjusted' });
    expect((await booked(`call:${id}:`)).at(-1)).toMatchObject({ durationMs: 60_500n });
    expect(await waiting(/dated more than a day ahead/)).toEqual([]);
  });

  it('that cannot be read is told why when it is accepted, and stays until it is dropped, with a reason', async () => {
    await event(hangup({ call_id: `3400${next}`, external_number: `SIP/alice${next}` }));
    const [item] = await waiting(new RegExp(`SIP/alice${next}`));
    if (item === undefined) throw new Error('it was not kept');
    expect(await acceptWaiting(deps(), item)).toEqual({
      outcome: 'rejected',
      message: expect.stringMatching(/^external_number: "SIP\/alice/),
    });
    expect(await waiting(new RegExp(`SIP/alice${next}`))).toEqual([item]);
    await dropWaiting(deps(), { ...item, reason: 'a test of the switch' });
    expect(await waiting(new RegExp(`SIP/alice${next}`))).toEqual([]);
    await expect(dropWaiting(deps(), { ...item, reason: 'twice' })).rejects.toMatchObject({
      code: 'inbox-unknown',
    });
    const audit = await tryOut.app.db.audit.findFirst({ where: { companyId, action: 'usage-dropped' } });
    expect(audit).toMatchObject({ actor: 'operator', reason: 'a test of the switch' });
  });

  it('that can be read by now is posted by a repair', async () => {
    const { db, billing } = tryOut.app;
    const id = `3500${next}`;
    const office = await db.office.create({
      data: {
        companyId,
        name: `Sydney ${next}`,
        country: 'US',
        isPrimary: false,
        createdAt: billing.clock.now(),
        externalRef: `3500${next}`,
      },
    });
    const target = { id: 2, type: 'user', office_id: `3500${next}` };
    await event(hangup({ call_id: id, external_number: '0011442079460000', target }));
    expect(await waiting(/"0011442079460000"/)).toHaveLength(1);
    expect((await repairUsage(deps(), companyId)).read).toBe(0);
    await db.office.updateMany({ where: { companyId, id: office.id }, data: { country: 'AU' } });
    expect((await repairUsage(deps(), companyId)).read).toBe(1);
    expect(await booked(`call:${id}:`)).toMatchObject([{ externalNumber: '+442079460000' }]);
    expect(await waiting(/"0011442079460000"/)).toEqual([]);
  });

  it('that is dropped after its legs were stored is not merged into a later event', async () => {
    const id = `3600${next}`;
    await event(
      hangup({
        call_id: `${id}1`,
        entry_point_call_id: id,
        event_timestamp: now() - 8 * DAY_MS,
        duration: 90_000,
      }),
    );
    const { db } = tryOut.app;
    const item = (await listInbox(db, companyId, 'waiting')).find(({ externalId }) =>
      externalId.includes(id),
    );
    await dropWaiting(deps(), { companyId, id: item?.id ?? 0n, reason: 'billed elsewhere' });
    await event(hangup({ call_id: `${id}2`, entry_point_call_id: id }));
    expect(await booked(`call:${id}:`)).toMatchObject([{ durationMs: 11_990n }]);
  });
});

describe('repair', () => {
  it('gives usage to whose number it is once the directory knows, at its own time', async () => {
    const { db, billing, secrets } = tryOut.app;
    const number = '+14155550177';
    await send(call({ id: `lost-${next}`, internal_number: number }));
    await event(
      hangup({
        call_id: `4400${next}`,
        internal_number: number,
        target: { id: 99, type: 'user', phone: number },
      }),
    );
    const lost = async () => [...(await booked(`lost-${next}`)), ...(await booked(`call:4400${next}:`))];
    expect((await lost()).map(({ memberId }) => memberId)).toEqual([null, null]);
    const ana = await db.member.findFirstOrThrow({ where: { companyId, email: 'ana@acme.example' } });
    await importDirectory(
      db,
      companyId,
      { numbers: `number,member\n${number},ana@acme.example\n` },
      billing.clock.now(),
    );
    const done = await repairUsage({ db, secrets, clock: billing.clock, log: billing.log }, companyId);
    expect(done.attributed).toBe(2);
    const newest = (await lost()).filter(({ revision }) => revision > 0);
    expect(newest.map(({ memberId }) => memberId)).toEqual([ana.id, ana.id]);
    expect(
      (await repairUsage({ db, secrets, clock: billing.clock, log: billing.log }, companyId)).attributed,
    ).toBe(0);
  });

  it('books what waits once the operator takes it, and says so', async () => {
    const { db, billing, secrets } = tryOut.app;
    await send(call({ id: `old-${next}`, answered_at: iso(40 * DAY_MS) }));
    const item = (await listInbox(db, companyId, 'waiting')).find(
      ({ externalId }) => externalId === `old-${next}`,
    );
    const key = { companyId, id: item?.id ?? 0n };
    expect(await acceptWaiting({ db, secrets, clock: billing.clock }, key)).toMatchObject({
      outcome: 'posted',
    });
    expect(await booked(`old-${next}`)).toHaveLength(1);
  });
});

it('the books hold after all of it, and the totals agree with the records', async () => {
  const findings: unknown[] = [];
  await verifyLedger(tryOut.app.db, { onFinding: (finding) => findings.push(finding) });
  expect(findings).toEqual([]);
  const from = new Date(Math.floor(now() / DAY_MS) * DAY_MS - 30 * DAY_MS);
  const totals = await usageTotals(tryOut.app.db, {
    companyId,
    from,
    to: new Date(from.getTime() + 60 * DAY_MS),
    by: [],
  });
  expect(totals[0]?.records).toBeGreaterThan(5);
});
