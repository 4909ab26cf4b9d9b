import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { importSampleDeck, importUsage, type UsageImport } from '../../../src/usage/index.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { secrets } from '../../support/number-key.ts';

const clock = { ...systemClock, now: () => new Date('2026-11-20T12:00:00Z') };
let database: TestDatabase;
let folder: string;
let companyId: bigint;

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'refill-import-'));
  ({ companyId } = await testCompany(database.db));
  await importSampleDeck(database.db, clock.now());
});
afterAll(async () => {
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

async function take(text: string, change: Partial<UsageImport> = {}) {
  const file = path.join(folder, 'usage.csv');
  await writeFile(file, text);
  const rejects: { line: number; message: string }[] = [];
  const onReject = (reject: { line: number; message: string }) => void rejects.push(reject);
  const order = { companyId, file, dryRun: false, skipRows: 0, onProgress: async () => {}, onReject };
  return { counts: await importUsage({ db: database.db, clock, secrets }, { ...order, ...change }), rejects };
}

const OWN = `\uFEFFID,Kind,Direction,External Number,Answered at,Duration seconds,Pages,At
c1,call,outbound,+442079460000,2026-11-20T09:30:00Z,61.2,,
c2,call,outbound,nonsense,2026-11-20T09:30:00Z,61.2,,
f1,fax,outbound,+442079460000,,,3,2026-11-20T09:30:00Z
`;

it('takes a file with our own columns once, says which rows it does not take, and keeps nothing of a dry run', async () => {
  const { db } = database;
  expect((await take(OWN, { dryRun: true })).counts).toMatchObject({ read: 3, rejected: 1, posted: 0 });
  expect(await db.usageRecord.count({ where: { companyId, source: 'api' } })).toBe(0);
  const { counts, rejects } = await take(OWN);
  expect(counts).toMatchObject({ read: 3, posted: 2, rejected: 1 });
  expect(rejects).toMatchObject([
    { line: 3, message: expect.stringMatching(/^external_number: "nonsense"/) },
  ]);
  expect((await take(OWN)).counts).toMatchObject({ posted: 0, duplicate: 2 });
  expect((await take(OWN, { skipRows: 2 })).counts).toMatchObject({ read: 1, duplicate: 1 });
});

it('reads the vendor’s export: minutes, and local times in the row’s time zone', async () => {
  const text = `call_id,entry_point_call_id,direction,external_number,internal_number,date_started,date_connected,date_ended,duration,timezone
9007199254740993,,outbound,+442079460000,+14155550101,2026-11-19 23:59:00,2026-11-19 23:59:30,2026-11-20 00:02:22,2.86,US/Pacific
9007199254740994,9007199254740993,outbound,+442079460000,+14155550101,2026-11-19 23:59:00,,2026-11-19 23:59:20,,US/Pacific
9007199254740995,,outbound,+442079460000,+14155550101,soon,,,1,US/Pacific
9007199254740996,,outbound,+442079460000,+14155550101,2026-11-19 23:59:00,,,1,PST
`;
  const { counts, rejects } = await take(text);
  expect(counts).toMatchObject({ read: 4, rejected: 2 });
  expect(rejects).toMatchObject([
    { line: 4, message: expect.stringMatching(/^date_started/) },
    { line: 5, message: 'timezone: "PST" names no region: write it like America/New_York, or UTC' },
  ]);
  const booked = await database.db.usageRecord.findMany({ where: { companyId, source: 'dialpad' } });
  expect(booked).toMatchObject([
    {
      externalId: expect.stringMatching(/^call:9007199254740993:[\w-]{22}$/),
      durationMs: 171_600n,
      usageAt: new Date('2026-11-20T07:59:30Z'),
    },
  ]);
});

it('names a file that is not there, or is no CSV, in plain message', async () => {
  await expect(take('', { file: path.join(folder, 'none.csv') })).rejects.toMatchObject({ code: 'bad-file' });
  await expect(take('id,kind\n"a" b,c\n')).rejects.toMatchObject({ code: 'bad-file' });
});
