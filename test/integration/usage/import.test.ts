import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { placeFile } from '../../../src/cli/usage/import-place.ts';
import { dollars, type Money } from '../../../src/money.ts';
import { noCounts } from '../../../src/usage/import/import-counts.ts';
import { readDebt } from '../../../src/usage/import/try-rows.ts';
import { type ImportCounts, importSampleDeck, importUsage, surveyFile } from '../../../src/usage/index.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { secrets } from '../../support/number-key.ts';
import { createFileTaker, type FileTaker, importClock } from '../../support/take-file.ts';

let database: TestDatabase;
let files: FileTaker;
let companyId: bigint;

beforeAll(async () => {
  database = await freshDatabase();
  files = await createFileTaker(database.db);
  await importSampleDeck(database.db, importClock.now());
});
beforeEach(async () => {
  ({ companyId } = await testCompany(database.db));
});
afterAll(async () => {
  await database?.close();
  await files?.close();
});

const take = (content: string | Buffer | null, options: Parameters<FileTaker['take']>[2] = {}) =>
  files.take(companyId, content, options);
const booked = () =>
  database.db.usageRecord.findMany({ where: { companyId }, orderBy: { externalId: 'asc' } });
const ids = async () => (await booked()).map(({ externalId }) => externalId);

const HEADER = 'ID,Kind,Direction,External Number,Answered at,Duration seconds,At,Text';
const call = (id: string) => `${id},call,outbound,+442079460000,2026-11-20T09:30:00Z,61.2,,`;
const sms = (id: string, text: string) => `${id},sms,outbound,+12025550123,,,2026-11-20T09:30:00Z,${text}`;
const file = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`;

describe('a file of our own columns', () => {
  it('is posted once, and a dry run says the same before and posts nothing', async () => {
    const text = `\uFEFF${file(call('c1'), call('c2').replace('+442079460000', 'nonsense'), sms('s1', 'Hi'), call('c1'))}`;
    const trial = await take(text, { dryRun: true });
    expect(await booked()).toEqual([]);
    expect(await database.db.usageInbox.count({ where: { companyId } })).toBe(0);
    const real = await take(text);
    expect(real.counts).toEqual(trial.counts);
    expect(real.debt).toEqual(trial.debt);
    expect(real.counts).toMatchObject({ rows: 4, posted: 2, rejected: 1, already: 1, unattributed: 0 });
    expect(real.debt.after.equals(real.counts.cost)).toBe(true);
    expect(real.rejects).toContain('external_number: ""nonsense""');
    const again = await take(text);
    expect(again.counts).toMatchObject({ posted: 0, already: 3, rejected: 1 });
    expect((await take(text, { dryRun: true })).counts).toEqual(again.counts);
  });

  const TEXTS = file(call('c1'), sms('s1', `Grüße aus Zürich ${'ä'.repeat(83)}`));
  it.each([
    ['UTF-8', Buffer.from(TEXTS)],
    ['UTF-8 with its mark', Buffer.from(`\uFEFF${TEXTS}`)],
    ['Windows-1252', Buffer.from(TEXTS, 'latin1')],
    ['UTF-16', Buffer.from(`\uFEFF${TEXTS}`, 'utf16le')],
    ['UTF-16, the other end first', Buffer.from(`\uFEFF${TEXTS}`, 'utf16le').swap16()],
    ['UTF-16 with tabs', Buffer.from(`\uFEFF${TEXTS.replaceAll(',', '\t')}`, 'utf16le')],
    ['semicolons', Buffer.from(TEXTS.replaceAll(',', ';'))],
    ['tabs', Buffer.from(TEXTS.replaceAll(',', '\t'))],
    ['bars, declared', Buffer.from(`sep=|\r\n${TEXTS.replaceAll(',', '|')}`)],
    ['quotes', Buffer.from(TEXTS.replace(/[^,\n]+/g, '"$&"').replaceAll('\n', '\r\n'))],
  ])('costs the same in %s (BR-17, BR-18)', async (_, bytes) => {
    expect((await take(bytes)).counts).toMatchObject({ posted: 2, rejected: 0 });
    expect(await booked()).toMatchObject([{ externalId: 'c1' }, { externalId: 's1', quantity: 1 }]);
  });

  it.each([
    ['a cell too many', sms('bad', 'a, b'), '9 cells, where the header has 8'],
    [
      'a row that is cut short',
      'bad,sms,outbound,+12025550123,,,2026-11-20T09:30:00Z',
      '7 cells, where the header has 8',
    ],
    ['a stray quote', sms('bad', 'say "hi'), 'the quotes are not in pairs'],
    ['a quote that is never closed', sms('bad', '"hi'), 'the quotes are not in pairs'],
    ['an id that became a float', call('6.01235E+15'), 'id: ""6.01235E+15"" was rounded by a spreadsheet'],
    [
      'a duration that became a time',
      call('bad').replace('61.2', '2:30'),
      'duration_seconds: ""2:30"" was rewritten by a spreadsheet as a time of day',
    ],
    [
      'a time that became a serial number',
      call('bad').replace('2026-11-20T09:30:00Z', '46346.396'),
      "is a spreadsheet's serial number of 2026-11-20 09:30",
    ],
    ['a text that became an error', sms('bad', '#NAME?'), 'text: ""#NAME?"" is an error of a spreadsheet'],
    [
      'a number that became a float',
      call('bad').replace('+442079460000', '4.42E+11'),
      'external_number: ""4.42E+11"" was rounded',
    ],
  ])('%s costs its own row alone, and is told with its line (BR-19)', async (_, row, why) => {
    const { counts, rejects, refused } = await take(
      file(call('a1'), call('a2'), row, call('a3'), sms('a4', '"ok, ""fine"""')),
    );
    expect(counts).toMatchObject({ rows: 5, posted: 4, rejected: 1 });
    expect(refused).toEqual(['4']);
    expect(rejects).toContain(why);
    expect(await ids()).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('ids that a spreadsheet made one, or that say two things, are refused, and no one of them is taken for right', async () => {
    const row = (id: string, seconds: number) => call(id).replace('61.2', String(seconds));
    const { counts, refused } = await take(
      file(
        row('6012350000000000', 10),
        row('6012350000000000', 20),
        row('6012354567890123', 30),
        row('x1', 40),
        row('x1', 50),
      ),
    );
    expect(counts).toMatchObject({ posted: 1, rejected: 4 });
    expect(refused).toEqual(['2', '3', '5', '6']);
    expect(await ids()).toEqual(['6012354567890123']);
  });

  it('what was refused is mended in the file that it was put into, and that file is imported', async () => {
    const first = await take(
      file(
        call('m1'),
        call('m2').replace('61.2', '2,5').replace('2,5', '"2,5"'),
        sms('m3', '"=1+1, ok"').replace(',sms', ',smss'),
      ),
    );
    expect(first.counts).toMatchObject({ posted: 1, rejected: 2 });
    const mended = files.pathOf('mended.csv');
    await writeFile(mended, first.rejects.replace(`,"'2,5",`, ',2.5,').replace(',smss,', ',sms,'));
    const second = await take(null, { name: 'mended.csv' });
    expect(second.counts).toMatchObject({ posted: 2, rejected: 0 });
    expect(await ids()).toEqual(['m1', 'm2', 'm3']);
  });

  it.each([
    [
      'another switch',
      'CallSid,From,To,Duration,Price\nCA1,+1,+2,10,-0.01\n',
      /line 1: this is not records of usage, nor .*: missing: "id", "kind"; not known: "CallSid", "From", "To", "Duration", "Price"/,
    ],
    [
      'dispositions of the vendor',
      'date_started,call_id,operator_id,disposition,direction,external_number,date_connected,date_ended,timezone\n',
      /not the vendor's export of calls: missing: "talk_duration"; not known: "operator_id", "disposition"/,
    ],
    ['no header at all', `${call('c1')}\n`, /missing: "id", "kind"; not known: "c1"/],
    ['a column twice', `${HEADER},id\n${call('c1')},c2\n`, /there twice: "id"/],
    [
      'a misspelt column',
      `${HEADER.replace('Text', 'Txt')}\n`,
      /not known: "Txt"\. Leave a column aside with --ignore/,
    ],
    ['a workbook', 'PK\u0003\u0004', /this is an Excel workbook/],
    ['nothing', '', /the file is empty/],
    [
      'a quote that hides which lines are rows',
      `${HEADER}\n${call('c1')}\n"x,\n${call('c2')}\nno row at all\n`,
      /line 3: the quotes are not in pairs\./,
    ],
  ])('%s is refused once, by its header, and nothing is posted', async (_, text, message) => {
    await expect(take(text)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message),
    });
    expect(await booked()).toEqual([]);
  });

  it('a column is left aside where the operator says so', async () => {
    const text = file(call('c1')).replace('Text', 'Remark');
    expect((await take(text, { ignored: ['remark'] })).counts).toMatchObject({ posted: 1 });
  });
});

describe('an import that is killed', () => {
  const ROWS = 2_500;
  const text = file(...Array.from({ length: ROWS }, (_, at) => call(`k${String(at).padStart(4, '0')}`)));

  it('goes on where it was, posts each record once and counts all of the file', async () => {
    const { db } = database;
    const target = files.pathOf('killed.csv');
    await writeFile(target, text);
    const whole = await take(null, { name: 'killed.csv', dryRun: true });
    const survey = await surveyFile(target, [], () => {});
    // Between posting a batch and storing the place: what was posted is not known as done.
    const killed = new Error('killed');
    const order = { companyId, survey, dryRun: false, onReject: () => {} };
    const onProgress = () => Promise.reject(killed);
    await expect(importUsage({ db, clock: importClock, secrets }, { ...order, onProgress })).rejects.toBe(
      killed,
    );
    expect(await db.usageRecord.count({ where: { companyId } })).toBe(1_000);
    // After the place of the second batch was stored.
    const place = placeFile(`${target}.progress`, { company: String(companyId), digest: survey.digest });
    const stored = async (so: { counts: ImportCounts; debt: Money }) => {
      await place.write(so);
      if (so.counts.rows === 2_000) throw killed;
    };
    await expect(
      importUsage({ db, clock: importClock, secrets }, { ...order, onProgress: stored }),
    ).rejects.toBe(killed);
    const { counts } = await take(null, { name: 'killed.csv' });
    expect(counts).toMatchObject({ rows: ROWS, posted: 1_500, already: 1_000, rejected: 0 });
    expect(await db.usageRecord.count({ where: { companyId } })).toBe(ROWS);
    const debt = await readDebt(db, companyId, importClock.now());
    expect(debt.equals(whole.counts.cost)).toBe(true);
    expect((await take(null, { name: 'killed.csv' })).counts).toMatchObject({ posted: 0, already: ROWS });
  });

  it('begins anew where the file was changed, so that a row that was mended is not passed over', async () => {
    const target = files.pathOf('changed.csv');
    await writeFile(target, file(call('n1'), call('n2')));
    const survey = await surveyFile(target, [], () => {});
    const place = placeFile(`${target}.progress`, { company: String(companyId), digest: survey.digest });
    await place.write({ counts: { ...noCounts(), rows: 2, posted: 2 }, debt: dollars('0') });
    await writeFile(target, file(call('n1'), call('n3')));
    expect((await take(null, { name: 'changed.csv' })).counts).toMatchObject({ rows: 2, posted: 2 });
    expect(await ids()).toEqual(['n1', 'n3']);
  });
});
