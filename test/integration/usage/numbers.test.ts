import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readTraffic } from '../../../src/cli/rates/read-traffic.ts';
import { systemClock } from '../../../src/clock.ts';
import { startHttp, usageRoutes } from '../../../src/http/index.ts';
import { createLogger } from '../../../src/log.ts';
import { importDirectory } from '../../../src/org/index.ts';
import {
  acceptWaiting,
  createApiKey,
  createWebhook,
  importSampleDeck,
  importUsage,
  listInbox,
  surveyFile,
} from '../../../src/usage/index.ts';
import { fetchApi } from '../../support/api-document.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { secrets } from '../../support/number-key.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const AT = '2026-11-20T09:30:00Z';
const AT_MS = Date.parse(AT);
const clock = { ...systemClock, now: () => NOW };
const log = createLogger('silent');
const UNREADABLE = 'unreadable';

let database: TestDatabase;
let server: Awaited<ReturnType<typeof startHttp>>;
let folder: string;
const deps = () => ({ db: database.db, clock, secrets, log });

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'refill-numbers-'));
  await importSampleDeck(database.db, new Date('2020-01-01T00:00:00Z'));
  server = await startHttp({ host: '127.0.0.1', port: 0, log, routes: usageRoutes(deps()) });
});
afterAll(async () => {
  await server?.close();
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

async function post(address: string, body: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetchApi(`http://127.0.0.1:${server.port}${address}`, {
    method: 'POST',
    body,
    headers,
  });
  expect(answer.status).toBe(200);
  return await answer.text();
}

async function importRows(companyId: bigint, rows: Record<string, string>[]) {
  const file = path.join(folder, 'rows.csv');
  await writeFile(file, stringify(rows, { header: true }));
  const rejects: { id: string; message: string }[] = [];
  const onReject = ({ cells, message }: { cells: readonly string[]; message: string }) =>
    void rejects.push({ id: cells[0] ?? '', message });
  const survey = await surveyFile(file, [], () => {});
  const order = { companyId, survey, dryRun: false, onProgress: async () => {}, onReject };
  return { ...(await importUsage(deps(), order)), rejects };
}

const stored = z.object({ externalNumber: z.string().nullable() });
const unread = z.object({ unread: z.string() });

/** The other party as it was posted or is kept, by the key's beginning; `unreadable` where it came but was not read. */
async function listParties(companyId: bigint): Promise<(key: string) => string | null | undefined> {
  const records = await database.db.usageRecord.findMany({ where: { companyId } });
  const kept = await database.db.usageInbox.findMany({ where: { companyId } });
  return (key) => {
    const record = records.find(({ externalId }) => externalId === key || externalId.startsWith(`${key}:`));
    if (record !== undefined) return record.externalNumber;
    const item = kept.find(({ externalId }) => externalId === key || externalId.startsWith(`${key}:`));
    if (item !== undefined) return stored.parse(item.event).externalNumber;
    const id = key.split(':').at(-1) ?? '';
    const isUnread = kept.some(({ event }) => unread.safeParse(event).data?.unread.includes(`${id},`));
    return isUnread ? UNREADABLE : undefined;
  };
}

interface Door {
  name: string;
  /** Sends an inbound call from each of these, or a text; what was understood of each, or `unreadable`. */
  send(
    companyId: bigint,
    parties: readonly string[],
    kind: 'call' | 'sms',
  ): Promise<(string | null | undefined)[]>;
}

let serial = 0;
const nextSerial = (): number => {
  serial += 1;
  return serial;
};
const own = (id: string, external: string, kind: 'call' | 'sms') => ({
  id,
  kind,
  direction: 'inbound',
  external_number: external,
  ...(kind === 'call' ? { answered_at: AT, duration_seconds: 61 } : { at: AT }),
});

const DOORS: Door[] = [
  {
    name: 'POST /v1/usage',
    async send(companyId, parties, kind) {
      const { key } = await createApiKey(deps(), { companyId, name: 'numbers' });
      const ids = parties.map(() => `api-${nextSerial()}`);
      const records = parties.map((party, at) => own(ids[at] ?? '', party, kind));
      const text = await post('/v1/usage', JSON.stringify(records), { authorization: `Bearer ${key}` });
      const answers = z
        .object({ records: z.array(z.object({ outcome: z.string(), message: z.string().optional() })) })
        .parse(JSON.parse(text)).records;
      const partyOf = await listParties(companyId);
      return answers.map(({ outcome, message = '' }, at) =>
        outcome === 'rejected' && message.includes('external_number: ') ? UNREADABLE : partyOf(ids[at] ?? ''),
      );
    },
  },
  {
    name: 'the webhook',
    async send(companyId, parties, kind) {
      const hook = await createWebhook(deps(), companyId);
      const ids = parties.map(() => 7_000_000 + nextSerial());
      for (const [at, party] of parties.entries()) {
        const event =
          kind === 'call'
            ? {
                call_id: ids[at],
                state: 'hangup',
                direction: 'inbound',
                external_number: party,
                date_started: AT_MS,
                date_connected: AT_MS,
                duration: 61_000,
                event_timestamp: AT_MS,
              }
            : {
                id: ids[at],
                direction: 'inbound',
                from_number: party,
                to_number: ['+14155550101'],
                created_date: AT_MS,
                message_status: 'success',
                event_timestamp: AT_MS,
              };
        const body = await new CompactSign(Buffer.from(JSON.stringify(event)))
          .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
          .sign(Buffer.from(hook.secret));
        await post(hook.path, body);
      }
      const partyOf = await listParties(companyId);
      return ids.map((id) => partyOf(`${kind === 'call' ? 'call' : 'message'}:${id}`));
    },
  },
  {
    name: 'a file with our own columns',
    async send(companyId, parties, kind) {
      const ids = parties.map(() => `own-${nextSerial()}`);
      const rows = parties.map((party, at) => own(ids[at] ?? '', party, kind));
      const { rejects } = await importRows(
        companyId,
        rows.map((row) =>
          Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, String(cell)])),
        ),
      );
      const partyOf = await listParties(companyId);
      return ids.map((id) => (rejects.some((reject) => reject.id === id) ? UNREADABLE : partyOf(id)));
    },
  },
  {
    name: 'the vendor’s export of calls',
    async send(companyId, parties, kind) {
      if (kind !== 'call') return parties.map(() => undefined);
      const ids = parties.map(() => String(8_000_000 + nextSerial()));
      const rows = parties.map((external_number, at) => ({
        call_id: ids[at] ?? '',
        direction: 'inbound',
        external_number,
        date_started: '2026-11-20 09:30:00',
        date_connected: '2026-11-20 09:30:00',
        date_ended: '2026-11-20 09:31:00',
        duration: '1.02',
        timezone: 'UTC',
      }));
      const { rejects } = await importRows(companyId, rows);
      const partyOf = await listParties(companyId);
      return ids.map((id) =>
        rejects.some((reject) => reject.id === id) ? UNREADABLE : partyOf(`call:${id}`),
      );
    },
  },
  {
    name: 'refill rates price',
    async send(companyId, parties, kind) {
      const { country } = await database.db.company.findUniqueOrThrow({ where: { id: companyId } });
      return parties.map((from) => {
        const line = { kind, direction: 'inbound', from, duration_seconds: 61, office_country: country };
        const read = readTraffic(JSON.stringify(line), NOW);
        if ('fault' in read) return UNREADABLE;
        return 'externalNumber' in read.traffic ? read.traffic.externalNumber : undefined;
      });
    },
  },
];

const LONDON = '+442079460000';
const CALLERS: Readonly<Record<string, string | null>> = {
  ...Object.fromEntries(
    [
      '+44 020 7946 0000',
      '+44 (0)20-7946.0000',
      'SIP/+442079460000-0000a3f1',
      '<sip:+442079460000@carrier.example;user=phone>',
      '"London" <sip:%2B442079460000@10.0.0.1:5060>',
      'tel:+44-20-7946-0000;ext=7',
      '+442079460000 extension 12',
      '+44 20 7946 0000 (ext. 3)',
      '+44 20 7946 0000 #3',
      '＋４４２０７９４６００００',
      '\u2068+442079460000\u2069',
      '+44\u00a020\u20117946\u20110000',
      '01144 20 7946 0000',
      "'+442079460000",
      '="+442079460000"',
    ].map((text) => [text, LONDON]),
  ),
  ...Object.fromEntries(['112', '999', '000', '411', '988', '22395', '116000'].map((code) => [code, code])),
  'tel:911;phone-context=+1': '911',
  'sip:311@carrier.example': '311',
  '\u200e611': '611',
  ...Object.fromEntries(
    [
      'No Caller ID',
      'Unknown Caller',
      'NUMBER WITHHELD',
      'out of area',
      '<anonymous>',
      'tel:anonymous',
      '"Anonymous" <sip:anonymous@10.0.0.1>',
      'sip:unavailable@unknown.invalid',
      'sip:c8oqz84zk7z@anonymous.invalid',
      'Blocked_Caller',
      '+7748283',
      '94844353',
      '+266696687',
    ].map((text) => [text, null]),
  ),
  ...Object.fromEntries(
    [
      '4155550100',
      '442079460000',
      'whatsapp:+442079460000',
      'client:alice',
      'SIP/alice',
      'undefined',
      '+1',
      '*67',
      '555-CALL',
      '+442079460000;+442079460001',
      '+44 20 7946 0000/1',
      '442,079,460,000',
      '+442079460000.0',
      '4.42E11',
      '#####',
      '0',
      '-',
      'Ana',
      '20793281234567890123',
    ].map((text) => [text, UNREADABLE]),
  ),
};

const SENDERS: Readonly<Record<string, string | null>> = {
  ...Object.fromEntries(
    [
      'AMZN',
      'Dr. Meier',
      'O2',
      'Grand Café',
      '24Pizza',
      'My-Shop',
      'ACME & Co',
      'Bank_1',
      'Ü-Bahn',
      'DHL!',
    ].map((name) => [name, name]),
  ),
  '72975': '72975',
  'Private number': null,
  ...Object.fromEntries(
    [
      'a name too long',
      'null',
      'NaN',
      'N/A',
      'SIP/bob',
      '12E5',
      'ann@home',
      '[object Object]',
      '+ACME',
      '#NAME?',
    ].map((text) => [text, UNREADABLE]),
  ),
};

describe.each(DOORS)('through $name:', ({ name, send }) => {
  it('a caller is a number, a short code, withheld or refused, as through every other door', async () => {
    const { companyId } = await testCompany(database.db);
    const read = await send(companyId, Object.keys(CALLERS), 'call');
    expect(Object.fromEntries(Object.keys(CALLERS).map((text, at) => [text, read[at]]))).toEqual(CALLERS);
  });

  it.skipIf(name.includes('export'))('so is the sender of a text, who may have a name', async () => {
    const { companyId } = await testCompany(database.db);
    const read = await send(companyId, Object.keys(SENDERS), 'sms');
    expect(Object.fromEntries(Object.keys(SENDERS).map((text, at) => [text, read[at]]))).toEqual(SENDERS);
    const named = await database.db.usageRecord.findMany({
      where: { companyId, externalNumber: { in: ['AMZN', '72975'] } },
    });
    expect(named.map(({ costMicros, category }) => [costMicros, category])).toEqual(
      name.includes('rates')
        ? []
        : [
            [8_000n, 'sms'],
            [8_000n, 'sms'],
          ],
    );
  });

  it('the office’s country decides how a number abroad is dialled', async () => {
    const dialled = ['011442079460000', '0011442079460000', '0044 20 7946 0000'];
    const countries = { GB: [UNREADABLE, UNREADABLE, LONDON], AU: [UNREADABLE, LONDON, UNREADABLE] };
    for (const [country, expected] of Object.entries(countries)) {
      const offices = [{ name: 'Head Office', country }];
      const { companyId } = await testCompany(database.db, { country, offices });
      expect(await send(companyId, dialled, 'call')).toEqual(expected);
    }
  });
});

it('through the directory’s files, a company’s own numbers are numbers, or their line is refused', async () => {
  const { companyId } = await testCompany(database.db, { offices: [{ name: 'Main', country: 'US' }] });
  const bring = (numbers: string[]) =>
    importDirectory(
      database.db,
      companyId,
      { numbers: stringify([['number'], ...numbers.map((each) => [each])]) },
      NOW,
    );
  const good = [
    'tel:+1-415-555-0101',
    '011 44 20 7946 0101',
    '+44 020 7946 0102',
    '＋１４１５５５５０１０３',
  ];
  expect((await bring(good)).faults).toEqual([]);
  const numbers = await database.db.phoneNumber.findMany({
    where: { companyId },
    orderBy: { number: 'asc' },
  });
  expect(numbers.map(({ number }) => number)).toEqual([
    '+14155550101',
    '+14155550103',
    '+442079460101',
    '+442079460102',
  ]);
  const bad = [
    '+14155550101 ext. 5',
    '911',
    'AMZN',
    '4155550104',
    '+14155550104.0',
    '+266696687',
    'blocked',
    '-',
  ];
  expect((await bring(bad)).faults.map(({ line }) => line)).toEqual(bad.map((_, at) => at + 2));
});

describe('BR-04: three calls are three', () => {
  const hangup = (id: number, minute: number) => ({
    call_id: id,
    state: 'hangup',
    direction: 'inbound',
    external_number: 'blocked',
    date_started: AT_MS + minute * 60_000,
    date_connected: AT_MS + minute * 60_000,
    duration: 60_000,
    event_timestamp: AT_MS + minute * 60_000 + 70_000,
  });
  const row = (call_id: string, minute: number) => ({
    call_id,
    direction: 'inbound',
    external_number: 'Restricted',
    date_started: `2026-11-20 08:${minute}:00`,
    date_connected: `2026-11-20 08:${minute}:00`,
    date_ended: `2026-11-20 08:${minute + 1}:00`,
    duration: '1',
    timezone: 'UTC',
  });
  const sendSigned = async (companyId: bigint, events: object[]) => {
    const hook = await createWebhook(deps(), companyId);
    for (const event of events)
      await post(
        hook.path,
        await new CompactSign(Buffer.from(JSON.stringify(event)))
          .setProtectedHeader({ alg: 'HS256' })
          .sign(Buffer.from(hook.secret)),
      );
  };

  it('withheld, each under its own id', async () => {
    const { companyId } = await testCompany(database.db);
    await sendSigned(companyId, [hangup(61, 0), hangup(62, 10), hangup(63, 20)]);
    await importRows(companyId, [row('71', 10), row('72', 20), row('73', 30)]);
    expect((await listInbox(database.db, companyId, 'unrated')).length).toBe(6);
  });

  it('under one id: the first is read, the others wait, and are posted once the operator takes them', async () => {
    const { companyId } = await testCompany(database.db);
    const events = [hangup(64, 0), hangup(64, 10), hangup(64, 20)].map((event) => ({
      ...event,
      external_number: LONDON,
    }));
    await sendSigned(companyId, [...events, ...events]);
    const rows = [row('74', 10), row('74', 20), row('74', 30)].map((each) => ({
      ...each,
      external_number: LONDON,
    }));
    expect((await importRows(companyId, rows)).counts).toMatchObject({ posted: 1, waiting: 2 });
    const waiting = await listInbox(database.db, companyId, 'waiting');
    expect(waiting.map(({ message }) => message)).toEqual(
      Array(4).fill(expect.stringContaining('another one has this id')),
    );
    expect(await database.db.usageRecord.count({ where: { companyId } })).toBe(2);
    for (const { id } of waiting)
      expect(await acceptWaiting(deps(), { companyId, id })).toMatchObject({ outcome: 'posted' });
    expect(await database.db.usageRecord.count({ where: { companyId } })).toBe(6);
  });

  it('a leg that is told of again, at the same time, is the same leg', async () => {
    const { companyId } = await testCompany(database.db);
    const first = { ...hangup(65, 0), external_number: LONDON };
    await sendSigned(companyId, [first, { ...first, duration: 130_000, event_timestamp: AT_MS + 200_000 }]);
    const records = await database.db.usageRecord.findMany({
      where: { companyId },
      orderBy: { revision: 'asc' },
    });
    expect(records.at(-1)).toMatchObject({ billedSeconds: 180 });
    expect(await listInbox(database.db, companyId)).toEqual([]);
  });
});
