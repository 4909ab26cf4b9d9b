import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { importSampleDeck } from '../../../src/usage/index.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { runRefill } from '../../support/run-refill.ts';
import { importClock } from '../../support/take-file.ts';

let database: TestDatabase;
let folder: string;
let companyId: bigint;

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'refill-reconcile-'));
  await importSampleDeck(database.db, importClock.now());
});
beforeEach(async () => {
  ({ companyId } = await testCompany(database.db));
});
afterAll(async () => {
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) =>
  runRefill(
    ['usage', ...args, '--company', `${companyId}`],
    { DATABASE_URL: database.url },
    { clock: importClock },
  );
/** Imports a file through the command. */
async function take(content: string): Promise<void> {
  const file = path.join(folder, 'ours.csv');
  await writeFile(file, content);
  expect(await run('import', file)).toMatchObject({ status: 0 });
}

/** Compares a file through the command: its lines without the database's, and how it ended. */
async function reconcile(content: string, ...args: string[]) {
  const file = path.join(folder, 'theirs.csv');
  await writeFile(file, content);
  const before = await footprint();
  const { status, stdout, stderr } = await run('reconcile', '--file', file, ...args);
  expect(await footprint()).toEqual(before);
  const lines = stdout.split('\n').slice(0, -1);
  // Without the company that the frame repeats.
  return {
    status,
    stderr,
    lines: lines.filter((line) => !line.startsWith('Acme Corp')).map((line) => line.trim()),
  };
}

/** How much there is of all that a reconciliation must leave alone. */
async function footprint(): Promise<number[]> {
  const { db } = database;
  const [records, inbox, legs] = await Promise.all([
    db.usageRecord.count(),
    db.usageInbox.count(),
    db.$queryRaw<{ legs: bigint }[]>`SELECT count(*) AS legs FROM usage_leg`,
  ]);
  return [records, inbox, Number(legs[0]?.legs)];
}

const CALLS_HEADER =
  'call_id,entry_point_call_id,direction,external_number,internal_number,date_started,date_connected,date_ended,talk_duration,timezone';
const calls = (...rows: string[]): string => `${[CALLS_HEADER, ...rows].join('\n')}\n`;
const vendorCall = (
  id: string,
  { minute = '00', ended = '02:22.75', entry = '', number = '+442079460000' } = {},
) =>
  `${id},${entry},outbound,${number},+14155550101,2026-11-19 23:${minute}:00.1,2026-11-19 23:${minute}:30.25,2026-11-20 00:${ended},,UTC`;

it('a file that says what the books say agrees, though its legs are several and its times are rounded', async () => {
  const longest = vendorCall('9007199254740995', { entry: '9007199254740993', ended: '30:00.5' });
  const all = calls(vendorCall('9007199254740993'), longest, vendorCall('9007199254740997'));
  await take(all);
  const { status, lines } = await reconcile(all);
  expect(lines).toEqual([
    expect.stringMatching(
      /^Compared with the vendor's export of calls, 3 rows, 2026-11-19T23:00:30\.250Z to 2026-11-19T23:00:30\.251Z; nothing was posted:$/,
    ),
    'records in the file: 2, the same in the books: 2',
  ]);
  expect(status).toBe(0);
  const rounded = all.replaceAll(/\.(?:1|25|75|5),/g, ',');
  expect(rounded).not.toBe(all);
  expect(await reconcile(rounded)).toMatchObject({ status: 0 });
});

it('names what is missing, different and extra, each by its key, and with --json as values', async () => {
  const { db } = database;
  await take(
    calls(...['10', '11', '12', '13'].map((minute) => vendorCall(`60129007199254${minute}`, { minute }))),
  );
  // Of another kind, another company, and another time: nothing that this file speaks of.
  await take(
    'id,kind,direction,external_number,answered_at,duration_seconds\na1,call,outbound,+442079460000,2026-11-19T23:11:00Z,60\n',
  );
  const mine = companyId;
  ({ companyId } = await testCompany(db));
  await take(calls(vendorCall('6012900719925412', { minute: '12' })));
  companyId = mine;
  const theirs = calls(
    vendorCall('6012900719925410', { minute: '10' }),
    vendorCall('6012900719925411', { minute: '11', ended: '02:32.75' }),
    vendorCall('6012900719925499', { minute: '12' }),
    vendorCall('6012900719925413', { minute: '14' }),
    vendorCall('6012900719925498', { minute: '15', number: 'nonsense' }),
  );
  const { status, lines } = await reconcile(theirs);
  expect(status).toBe(1);
  expect(lines).toEqual([
    'unread  line 6  external_number: "nonsense" is not a phone number: write it like +14155550100',
    expect.stringMatching(
      /^different {2}line 3 {2}dialpad call:6012900719925411:[\w-]{22} {2}duration: file 3062\.5 s, books 3052\.5 s$/,
    ),
    expect.stringMatching(
      /^missing {2}line 4 {2}dialpad call:6012900719925499:\S+ {2}2026-11-19T23:12:30\.250Z, outbound, 2992\.5 s$/,
    ),
    expect.stringMatching(
      /^different {2}line 5 {2}dialpad call:6012900719925413:\S+ {2}time: file 2026-11-19T23:14:30\.250Z, books 2026-11-19T23:13:30\.250Z; duration: .*$/,
    ),
    expect.stringMatching(
      /^extra {2}dialpad call:6012900719925412:\S+ {2}2026-11-19T23:12:30\.250Z, outbound, 2992\.5 s, \$\d/,
    ),
    expect.stringMatching(/^Compared with the vendor's export of calls, 5 rows, /),
    'records in the file: 4, the same in the books: 1',
    'missing in the books: 1; refill usage import posts what is missing',
    'different: 2',
    'in the books and not in the file: 1',
    'rows that cannot be read: 1',
  ]);
  const json = JSON.parse((await reconcile(theirs, '--json')).lines.join('\n'));
  expect(json).toMatchObject({
    shape: 'calls',
    rows: 5,
    records: 4,
    agree: 1,
    missing: 1,
    different: 2,
    extra: 1,
    unread: 1,
    differences: [
      { kind: 'different', line: 3, differs: ['duration'] },
      { kind: 'missing', line: 4 },
      { kind: 'different', line: 5, differs: ['time', 'duration'] },
      { kind: 'extra', line: null, source: 'dialpad' },
    ],
  });
});

it('what the file lacks at its ends is extra between the times for which it is complete', async () => {
  await take(calls(...['10', '20', '30'].map((minute) => vendorCall(`60129007199254${minute}`, { minute }))));
  const middle = calls(vendorCall('6012900719925420', { minute: '20' }));
  expect((await reconcile(middle)).status).toBe(0);
  const day = await reconcile(middle, '--from', '2026-11-19', '--to', '2026-11-20');
  expect(day.lines).toContain('in the books and not in the file: 2');
  const morning = await reconcile(middle, '--to', '2026-11-19T23:25:00Z', '--from', '2026-11-19T23:15:00Z');
  expect(morning.status).toBe(0);
  const none = await reconcile(calls(), '--from', '2026-11-19', '--to', '2026-11-20');
  expect(none.lines).toContain('in the books and not in the file: 3');
  const backwards = await reconcile(middle, '--from', '2026-11-21', '--to', '2026-11-20');
  expect(backwards).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--from must lie before --to'),
  });
});

it('a record that waits in the inbox is missing in the books, and its reason is told', async () => {
  const old =
    'id,kind,direction,external_number,at,text\nold1,sms,outbound,+12025550123,2026-10-01T09:30:00Z,hi\n';
  await take(old);
  const { status, lines } = await reconcile(old);
  expect(status).toBe(1);
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^missing {2}line 2 {2}api old1 {2}.*; it waits in the inbox: it is more than 35 days old/,
    ),
  );
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^missing in the books: 1, of them waiting in the inbox: 1 \(refill usage inbox\)$/,
    ),
  );
});

it('a call under the id of another call is compared with its own record, wherever that is', async () => {
  const first = vendorCall('6012900719925420', { minute: '20' });
  const second = vendorCall('6012900719925420', { minute: '40' });
  await take(calls(first));
  await take(calls(second));
  const { lines } = await reconcile(calls(first, second));
  expect(lines).toContain('records in the file: 2, the same in the books: 1');
  expect(lines).toContainEqual(
    expect.stringMatching(/^missing {2}line 3 {2}.*it waits in the inbox: another one has this id/),
  );
});

it('an export of our own is compared by cost and pieces too, and texts by their recipients', async () => {
  const text = 'x'.repeat(200);
  const header =
    'date,message_id,target_type,target_id,direction,to_phone,from_phone,encrypted_aes_text,timezone';
  const texts = `${header}\n2026-11-20 03:17:13,6676061264355328,,,outbound,"+12025550123,+12025550124",+14155550101,${text},UTC\n`;
  await take(texts);
  expect(await reconcile(texts)).toMatchObject({ status: 0 });
  const [record] = await database.db.usageRecord.findMany({
    where: { companyId, externalNumber: '+12025550123' },
  });
  const ours = (cells: { quantity?: string; cost?: string; number?: string; key?: string | undefined }) =>
    [
      'Time (UTC),Type,Direction,Other number,Duration (seconds),Billed (seconds),Quantity,Cost (USD),Source,Reference',
      `2026-11-20T03:17:13+00:00,SMS,Out,${cells.number ?? '+12025550123'},0,0,${cells.quantity ?? 2},${cells.cost ?? '0.016'},dialpad,${cells.key ?? record?.externalId}`,
    ].join('\n');
  expect((await reconcile(ours({}))).lines).toContain('in the books and not in the file: 1');
  expect((await reconcile(ours({ quantity: '3', cost: '0.024' }))).lines).toContainEqual(
    expect.stringMatching(/ {2}quantity: file 3, books 2; cost: file \$0\.024, books \$0\.016$/),
  );
  // From other books: the number has another code in its key there.
  const elsewhere = ours({ key: `message:6676061264355328:${'A'.repeat(22)}` });
  expect((await reconcile(elsewhere)).lines).toContain('records in the file: 1, the same in the books: 1');
});

it('a file of another shape, or none, is refused by name', async () => {
  const other = await reconcile('CallSid,From\n1,2\n');
  expect(other).toMatchObject({ status: 1, stderr: expect.stringContaining('not known: "CallSid", "From"') });
  const { status, stderr } = await run('reconcile', '--file', path.join(folder, 'none.csv'));
  expect([status, stderr]).toEqual([1, expect.stringContaining('none.csv cannot be read')]);
});
