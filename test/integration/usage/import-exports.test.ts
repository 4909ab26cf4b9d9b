import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPool } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { importDirectory } from '../../../src/org/index.ts';
import { makeFile } from '../../../src/usage/export/make-file.ts';
import { importSampleDeck } from '../../../src/usage/index.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { savedBySpreadsheet } from '../../support/spreadsheet.ts';
import { createFileTaker, type FileTaker, importClock } from '../../support/take-file.ts';

let database: TestDatabase;
let files: FileTaker;
let pool: ReturnType<typeof openPool>;
let companyId: bigint;

beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool({ url: database.url, poolSize: 2, log: createLogger('silent'), statementTimeoutMs: 0 });
  files = await createFileTaker(database.db);
  await importSampleDeck(database.db, importClock.now());
});
beforeEach(async () => {
  ({ companyId } = await testCompany(database.db));
});
afterAll(async () => {
  await pool?.end();
  await database?.close();
  await files?.close();
});

const take = (content: string, options: Parameters<FileTaker['take']>[2] = {}) =>
  files.take(companyId, content, options);
const booked = () =>
  database.db.usageRecord.findMany({
    where: { companyId },
    orderBy: [{ externalId: 'asc' }, { revision: 'asc' }],
  });

/** When, what, which way, how many and for how much: all that a copy in other books has in common. */
async function sumOf(of: bigint): Promise<string[]> {
  const records = await database.db.usageRecord.findMany({ where: { companyId: of } });
  return records
    .map(({ category, direction, usageAt, costMicros, quantity }) =>
      [usageAt.toISOString().slice(0, 19), category, direction, quantity, costMicros].join(' '),
    )
    .sort();
}

describe('the vendor’s export of calls', () => {
  /** The 54 columns of the stats API's records of calls. */
  const COLUMNS =
    `date_started,call_id,category,direction,external_number,internal_number,date_first_rang,date_queued,date_rang,
date_connected,date_ended,target_id,target_kind,target_type,name,email,was_recorded,entry_point_call_id,entry_point_target_id,
entry_point_target_kind,proxy_target_id,voicemail,transferred_to,transferred_to_contact_id,transferred_from_target_id,office_id,
company_id,device,salesforce_activity_id,timezone,availability,time_in_system,callback_type,callback_id,master_call_id,
time_to_answer,date_callback_connected,date_callback_ended,date_anonymized,categories,ringing_duration,ringing_occurrences,
hold_duration,hold_occurrences,talk_duration,queued_duration,queued_occurrences,wrapup_duration,participant_type,
percent_ai_talk_time,percent_ai_listen_time,percent_ai_silent_time,campaign_id,is_internal`
      .replaceAll('\n', '')
      .split(',');
  const BASE: Record<string, string> = {
    direction: 'outbound',
    external_number: '+442079460000',
    internal_number: '+14155550101',
    date_started: '2026-11-19 23:59:00.100000',
    date_connected: '2026-11-19 23:59:30.250000',
    date_ended: '2026-11-20 00:02:22.750000',
    talk_duration: '2.76',
    hold_duration: '0.11',
    categories: 'outbound,outbound_connected',
    timezone: 'US/Pacific',
  };
  const row = (cells: Record<string, string>): string =>
    COLUMNS.map((column) => ({ ...BASE, ...cells })[column] ?? '')
      .map((cell) => (cell.includes(',') ? `"${cell}"` : cell))
      .join(',');
  const calls = (...rows: Record<string, string>[]): string =>
    `${[COLUMNS.join(','), ...rows.map(row)].join('\n')}\n`;
  const CENTRE = {
    call_id: '9007199254740993',
    target_kind: 'CallCenter',
    target_type: 'call_center',
    target_id: '5',
  };
  const AGENT = {
    call_id: '9007199254740994',
    entry_point_call_id: '9007199254740993',
    target_kind: 'UserProfile',
    target_id: '7',
    date_connected: '2026-11-20 00:00:00.250000',
  };
  const UNANSWERED = { call_id: '9007199254740997', date_connected: '', talk_duration: '' };

  it('is one call for each real one, of exactly the time it was connected, and the difference of a longer leg', async () => {
    const text = calls(CENTRE, AGENT, UNANSWERED);
    const trial = await take(text, { dryRun: true });
    const real = await take(text);
    expect(real.counts).toEqual(trial.counts);
    expect(real.counts).toMatchObject({ rows: 3, posted: 2, free: 1, unattributed: 2, already: 0 });
    expect(await booked()).toMatchObject([
      {
        externalId: expect.stringMatching(/^call:9007199254740993:[\w-]{22}$/),
        durationMs: 172_500n,
        usageAt: new Date('2026-11-20T07:59:30.250Z'),
      },
      { durationMs: 0n, costMicros: 0n },
    ]);
    expect((await take(text)).counts).toMatchObject({ posted: 0, already: 2, adjusted: 0 });
    const longer = calls({
      ...AGENT,
      call_id: '9007199254740999',
      date_ended: '2026-11-20 00:30:22.750000',
      talk_duration: '30.37',
    });
    const trialOfLonger = await take(longer, { dryRun: true });
    const { counts } = await take(longer);
    expect(counts).toMatchObject({ posted: 0, adjusted: 1 });
    expect(counts.cost.isPositive()).toBe(true);
    expect(trialOfLonger.counts).toEqual(counts);
  });

  it('counts a call in a night of changing clocks by its minutes', async () => {
    const night = {
      date_started: '2026-11-01 01:49:00',
      date_connected: '2026-11-01 01:50:00',
      date_ended: '2026-11-01 01:10:00',
      talk_duration: '20.00',
      hold_duration: '',
    };
    const { counts } = await take(calls({ call_id: '1', ...night }));
    expect(await booked()).toMatchObject([{ durationMs: 1_200_000n }]);
    expect(counts).toMatchObject({ repeatedTimes: 1, skippedTimes: 0 });
  });

  it('says how many times it read that clocks skipped', async () => {
    const night = {
      date_started: '2026-03-08 02:29:00',
      date_connected: '2026-03-08 02:30:00',
      date_ended: '2026-03-08 03:50:00',
      talk_duration: '20.00',
      hold_duration: '',
    };
    const { counts } = await take(calls({ call_id: '2', ...night }), { dryRun: true });
    expect(counts).toMatchObject({ rows: 1, repeatedTimes: 0, skippedTimes: 1 });
  });

  it.each<[Record<string, string>, string]>([
    [{ date_started: 'soon' }, 'date_started: ""soon"" is not a local time like 2026-11-20 09:30:00'],
    [{ timezone: 'PST' }, 'timezone: ""PST"" is not a region. America/Los_Angeles?'],
    [{ talk_duration: '2:45' }, 'talk_duration: ""2:45"" was rewritten by a spreadsheet as a time of day'],
    [{ talk_duration: '2. Mai' }, 'talk_duration: ""2. Mai"" was made a date by a spreadsheet'],
    [{ date_connected: '59:30.3' }, 'date_connected: ""59:30.3"" was cut by a spreadsheet to minutes'],
    [{ date_connected: '11/19/2026 23:59' }, '""11/19/2026 23:59"" was rewritten by a spreadsheet'],
    [{ date_connected: '2026-11-19 23:59' }, '""2026-11-19 23:59"" lost its seconds in a spreadsheet'],
    [{ date_ended: '2026-11-19 20:00:00' }, 'date_ended: it lies before date_connected'],
    [{ entry_point_call_id: '9.0072E+15' }, 'entry_point_call_id: ""9.0072E+15"" was rounded'],
    [{ is_internal: 'FALSCH' }, `is_internal: ""FALSCH"" is a spreadsheet's own word`],
  ])('refuses a row with %j', async (cells, why) => {
    const { counts, rejects } = await take(calls({ call_id: '9007199254740995', ...cells }, CENTRE));
    expect(counts).toMatchObject({ posted: 1, rejected: 1 });
    expect(rejects).toContain(why);
  });

  it('refuses rows of one call id that say different things', async () => {
    const other = { ...CENTRE, date_ended: '2026-11-20 00:02:23' };
    const { counts, rejects } = await take(calls(CENTRE, other, AGENT));
    expect(counts).toMatchObject({ rejected: 2, posted: 1 });
    expect(rejects).toContain('call_id: other rows of this file have the same id and say something else');
  });
});

describe('the vendor’s export of texts', () => {
  const COLUMNS =
    'date,message_id,name,email,target_type,target_id,sender_id,direction,to_phone,from_phone,encrypted_text,encrypted_aes_text,mms,timezone';
  const DEPARTMENT = '6500922273529856';
  const row = (id: string, text: string, { direction = 'outbound', to = '+12025550123', mms = '' } = {}) =>
    `2026-11-20 03:17:13.418699,${id},Sales,,department,${DEPARTMENT},${DEPARTMENT},${direction},"${to}",+14155550101,,"${text}",${mms},UTC`;

  it('prices each text by its content, and tells of how many that is not known', async () => {
    const text = [
      COLUMNS,
      row('6676061264355328', 'x'.repeat(200)),
      row('6676061264355329', '', { to: '+12025550123,+12025550124' }),
      row('6676061264355331', Buffer.from('x'.repeat(300)).toString('base64')),
      row('6676061264355332', '', { mms: 'https://dialpad.example/p.png' }),
      row('6676061264355333', 'between us', { direction: 'internal', to: '+16694009313' }),
    ].join('\n');
    const trial = await take(text, { dryRun: true });
    const { counts } = await take(text);
    expect(trial.counts).toEqual(counts);
    expect(counts).toMatchObject({ rows: 5, posted: 6, withoutText: 3, free: 1, rejected: 0 });
    const records = await booked();
    expect(records.map(({ category, quantity }) => `${category} ${quantity}`)).toEqual([
      'sms 2',
      'sms 1',
      'sms 1',
      'sms 1',
      'mms 1',
      'internal 0',
    ]);
    expect(records[0]).toMatchObject({
      externalId: expect.stringMatching(/^message:6676061264355328:/),
      usageAt: new Date('2026-11-20T03:17:13.418Z'),
    });
    expect((await take(text)).counts).toMatchObject({ posted: 0, already: 6 });
  });
});

describe('an export of our own', () => {
  const OWN = `id,kind,direction,external_number,internal_number,answered_at,duration_seconds,at,text
c1,call,outbound,+442079460000,+14155550101,2026-11-20T09:30:00Z,61.2,,
=c2,call,inbound,+14155551234,+14155550101,2026-11-20T09:31:00Z,33.5,,
s1,sms,outbound,+12025550123,,,,2026-11-20T09:33:00.7Z,${'x'.repeat(200)}
s2,sms,outbound,+12025550123,,,,2026-11-20T09:34:00Z,hi
`;
  const CALLS = `call_id,direction,external_number,internal_number,date_started,date_connected,date_ended,duration,timezone
9007199254740993,outbound,+442079460000,+14155550101,2026-11-19 23:59:00.1,2026-11-19 23:59:30.25,2026-11-20 00:02:22.75,2.87,US/Pacific
9007199254740995,inbound,+442079460000,+18005550100,2026-11-19 23:59:00.1,2026-11-19 23:59:30.25,2026-11-20 00:02:22.75,2.87,US/Pacific
`;
  const PEOPLE = { numbers: 'number,type\n+18005550100,toll free\n+14155550101,local\n' };

  async function exportOf(of: bigint): Promise<string> {
    const made = await makeFile(
      { pool, limits: { records: 1_000, packAboveBytes: 1_000_000 } },
      {
        filter: {
          companyId: of,
          from: new Date('2026-11-01T00:00:00Z'),
          to: new Date('2026-12-01T00:00:00Z'),
        },
        timeZone: 'America/Los_Angeles',
        name: 'usage.csv',
        onTotals: async () => undefined,
        onProgress: async () => undefined,
      },
    );
    if (made === null) return '';
    const text = Buffer.alloc(made.bytes);
    await made.content.read(text, 0, made.bytes, 0);
    await made.content.close();
    return text.toString();
  }

  it('posts nothing twice where it came from, and costs the same in an empty company', async () => {
    const { db } = database;
    await importDirectory(db, companyId, PEOPLE, importClock.now());
    expect((await take(OWN)).counts).toMatchObject({ posted: 4, rejected: 0 });
    expect((await take(CALLS)).counts).toMatchObject({ posted: 2, rejected: 0 });
    const text = await exportOf(companyId);
    expect((await take(text)).counts).toMatchObject({ rows: 6, posted: 0, already: 6, rejected: 0 });
    const changed = text.replace(',61.2,', ',62,');
    expect((await take(changed)).counts).toMatchObject({ posted: 0, already: 5, conflicts: 1, rejected: 1 });
    const before = await sumOf(companyId);

    ({ companyId } = await testCompany(db));
    await importDirectory(db, companyId, PEOPLE, importClock.now());
    const trial = await take(text, { dryRun: true });
    const there = await take(text);
    expect(there.counts).toEqual(trial.counts);
    expect(there.counts).toMatchObject({ rows: 6, posted: 6, rejected: 0 });
    expect(there.counts.costInFile?.equals(there.counts.cost)).toBe(true);
    expect(await sumOf(companyId)).toEqual(before);
    expect((await take(text)).counts).toMatchObject({ posted: 0, already: 6 });
    expect((await take(await exportOf(companyId))).counts).toMatchObject({ posted: 0, already: 6 });
    expect((await take(CALLS)).counts).toMatchObject({ posted: 0, rejected: 0 });
  });

  it('opened and saved by a spreadsheet it still is what it was, long ids and numbers included', async () => {
    const long = ['6012354567890123', '0042', '1E5', 'MARCH1', '2026-11-20', "'7"];
    const rows = long.map(
      (id) => `${id},call,outbound,+442079460000,+14155550101,2026-11-20T09:30:00Z,61.2,,`,
    );
    expect((await take([...OWN.trimEnd().split('\n'), ...rows].join('\n'))).counts).toMatchObject({
      posted: 10,
    });
    await take(CALLS);
    const text = await exportOf(companyId);
    const saved = savedBySpreadsheet(text);
    expect(saved).not.toBe(text);
    expect((await take(saved)).counts).toMatchObject({ rows: 12, posted: 0, already: 12, rejected: 0 });
    const before = await sumOf(companyId);
    // Without the marks it would be damaged: that is found, and nothing is guessed.
    const bare = savedBySpreadsheet(text.replaceAll(",'", ','));
    expect((await take(bare)).counts).toMatchObject({ posted: 0, already: 0, rejected: 12 });

    ({ companyId } = await testCompany(database.db));
    expect((await take(savedBySpreadsheet(saved))).counts).toMatchObject({ posted: 12, rejected: 0 });
    expect((await sumOf(companyId)).map((line) => line.replace(/ \d+$/, ''))).toEqual(
      before.map((line) => line.replace(/ \d+$/, '')),
    );
  });

  it('what was refused of it is mended in a spreadsheet, as often as it takes, and imported', async () => {
    await take(
      `${OWN.split('\n').slice(0, 2).join('\n')}\n6012354567890123,${OWN.split('\n')[1]?.slice(3)}\n`,
    );
    const text = await exportOf(companyId);
    ({ companyId } = await testCompany(database.db));
    const first = await take(text.replaceAll('International call', 'Interstellar call'));
    expect(first.counts).toMatchObject({ posted: 0, rejected: 2 });
    const again = await take(savedBySpreadsheet(first.rejects), { name: 'again.csv' });
    expect(again.counts).toMatchObject({ posted: 0, rejected: 2 });
    const rowsOf = (rejects: string) => rejects.replaceAll(/^\d+,/gm, '');
    expect(rowsOf(again.rejects)).toBe(rowsOf(first.rejects));
    const mended = savedBySpreadsheet(again.rejects).replaceAll('Interstellar call', 'International call');
    expect((await take(mended, { name: 'mended.csv' })).counts).toMatchObject({ posted: 2, rejected: 0 });
    expect((await booked()).map(({ externalId, externalNumber }) => [externalId, externalNumber])).toEqual([
      ['6012354567890123', '+442079460000'],
      ['c1', '+442079460000'],
    ]);
  });

  it.each<[string | RegExp, string, string]>([
    [
      /2026-11-20T\d\d:\d\d:\d\d[+-]\d\d:\d\d/,
      '2026-11-20 1:30',
      'time: ""2026-11-20 1:30"" was rewritten by a spreadsheet',
    ],
    [',c1\r', ',1.5E+15\r', 'reference: ""1.5E+15"" was rounded by a spreadsheet'],
    [',61.2,', ',0:01:01,', '""0:01:01"" was rewritten by a spreadsheet as a time of day'],
    [',api,', ',#REF!,', 'source: ""#REF!"" is an error of a spreadsheet'],
    [',api,', ',stripe,', 'source: ""stripe"" is no source of usage'],
    [",'+442079460000,", ',442079460000.0,', 'other_number: ""442079460000.0"" was made a number'],
  ])('refuses a row that a spreadsheet saved over: %s', async (from, to, why) => {
    await take(OWN.split('\n').slice(0, 2).join('\n'));
    const text = await exportOf(companyId);
    expect(text.replace(from, to)).not.toBe(text);
    const { counts, rejects } = await take(text.replace(from, to));
    expect(counts).toMatchObject({ already: 0, posted: 0, rejected: 1 });
    expect(rejects).toContain(why);
  });
});
