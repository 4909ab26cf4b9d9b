import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { createLogger } from '../../../src/log.ts';
import {
  connectPhoneSystem,
  createSecretBox,
  readDirectory,
  sweepDirectories,
  syncAndRecord,
  syncDirectoryJob,
} from '../../../src/org/index.ts';
import { type DirectoryApi, startDirectoryApi } from '../../../src/sandbox/phone/directory-api.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const DAY_MS = 86_400_000;
const START = new Date('2026-11-02T09:00:00Z');
const PRIYA = 'priya@acme.example';

let database: TestDatabase;
let api: DirectoryApi;
let acme: TestCompany;
let clock: MovableClock;
let waits: number[];

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  acme = await testCompany(database.db);
  clock = new MovableClock(0, () => START.getTime());
  waits = [];
  api = await startDirectoryApi();
  await connectPhoneSystem(deps(), { companyId: acme.companyId, url: api.url, key: api.key });
  return () => api.close();
});

const deps = () => ({
  db: database.db,
  clock,
  secrets: createSecretBox('the tests guard no secrets'),
  log: createLogger('silent'),
  wait: async (ms: number) => void waits.push(ms),
});
const sync = (how: { dryRun?: boolean; force?: boolean } = {}) =>
  syncAndRecord(deps(), { companyId: acme.companyId, ...how });
const source = () => database.db.directorySource.findUniqueOrThrow({ where: { companyId: acme.companyId } });
const memberOf = (email: string) =>
  database.db.member.findFirstOrThrow({ where: { companyId: acme.companyId, email } });
const dismiss = (...emails: string[]) => {
  const isOf = (user: Record<string, unknown>) => emails.some((email) => `${user.emails}` === email);
  for (const user of api.lists.users.filter(isOf)) user.state = 'deleted';
};

describe('the directory from the phone system', () => {
  it('is read page by page, and calls are theirs by id, department and number', async () => {
    api.pageSize = 2;
    const changes = await sync();
    expect(changes.filter(({ change }) => change === 'added')).toHaveLength(6 + 6 + 7);
    expect(api.asked.filter((path) => path.startsWith('/api/v2/users'))).toHaveLength(3);
    const directory = await readDirectory(database.db, acme.companyId);
    const priya = await memberOf(PRIYA);
    for (const hint of [{ memberRef: priya.externalRef ?? '' }, { internalNumber: '+12125550104' }])
      expect(directory.findParty(hint)).toMatchObject({
        memberId: priya.id,
        officeId: acme.officeIds[1],
        licence: 'talk',
      });
    expect(directory.findParty({ internalNumber: '+18885550123' }).isTollFreeLine).toBe(true);
    expect(directory.knowsOffices).toBe(true);
  });

  it('changes nothing the second time, and nothing in a dry run', async () => {
    const planned = await sync({ dryRun: true });
    expect(await database.db.member.count({ where: { companyId: acme.companyId } })).toBe(0);
    expect(await source()).toMatchObject({ outcome: null, triedAt: null });
    expect(await sync()).toEqual(planned);
    const { version } = await database.db.directoryVersion.findUniqueOrThrow({
      where: { companyId: acme.companyId },
    });
    expect(await sync()).toEqual([]);
    const after = await database.db.directoryVersion.findUniqueOrThrow({
      where: { companyId: acme.companyId },
    });
    expect(after.version).toBe(version);
  });

  it('deactivates who is gone, takes out a number that is gone, and welcomes who comes back', async () => {
    await sync();
    const before = await memberOf(PRIYA);
    dismiss(PRIYA);
    const last = api.lists.numbers.findIndex(({ number }) => number === '+12125550104');
    api.lists.numbers.splice(last, 1);
    expect(await sync()).toEqual([
      { what: 'member', name: 'Priya Nair', change: 'gone', fields: [] },
      { what: 'number', name: '+12125550104', change: 'gone', fields: [] },
    ]);
    expect(await memberOf(PRIYA)).toEqual({ ...before, active: false });
    // What Priya used before that and arrives late is still Priya's.
    const directory = await readDirectory(database.db, acme.companyId);
    expect(directory.findParty({ memberRef: before.externalRef ?? '' }).memberId).toBe(before.id);
    for (const user of api.lists.users) user.state = 'active';
    expect(await sync()).toMatchObject([{ name: 'Priya Nair', change: 'changed' }]);
    expect((await memberOf(PRIYA)).active).toBe(true);
  });

  it('does not believe an answer that would empty the company, unless it is told to', async () => {
    await sync();
    const kept = structuredClone(api.lists);
    dismiss(...api.lists.users.slice(0, 4).map(({ emails }) => `${emails}`));
    await expect(sync()).rejects.toMatchObject({ code: 'directory-would-empty' });
    api.lists = { ...kept, numbers: [] };
    await expect(sync()).rejects.toThrow('0 of 6 people and 7 of 7 numbers');
    expect(await source()).toMatchObject({ outcome: 'refused', doneAt: START });
    expect(await database.db.phoneNumber.count({ where: { companyId: acme.companyId } })).toBe(7);
    expect(await sync({ force: true })).toHaveLength(7);
    expect(await source()).toMatchObject({ outcome: 'done' });
  });

  it('keeps people and numbers that only the operator’s files know', async () => {
    const [officeId] = acme.officeIds;
    const companyId = acme.companyId;
    await database.db.phoneNumber.create({
      data: { companyId, number: '+14155550999', kind: 'local', officeId },
    });
    await database.db.member.create({
      data: { companyId, officeId, name: 'Front desk', kind: 'shared_line', licence: 'talk' },
    });
    await database.db.office.updateMany({
      where: { companyId, id: officeId },
      data: { localPrefixes: ['1415'] },
    });
    await sync();
    expect(await sync()).toEqual([]);
    expect(await database.db.phoneNumber.count({ where: { companyId } })).toBe(8);
    expect(await database.db.member.count({ where: { companyId, active: true } })).toBe(7);
    const office = await database.db.office.findFirstOrThrow({ where: { companyId, id: officeId } });
    expect(office.localPrefixes).toEqual(['1415']);
  });

  it('waits as long as it is asked to, and outlives a bad moment', async () => {
    api.troubles = [{ status: 429, retryAfterSeconds: 7 }, { status: 503 }, { status: 500 }];
    await sync();
    expect(waits).toHaveLength(3);
    expect(waits[0]).toBe(7_000);
  });

  it('says why it could not be read, changes nothing, and tries again within the hour', async () => {
    api.troubles = [{ status: 429, retryAfterSeconds: 3_600 }];
    await syncDirectoryJob(deps(), { companyId: acme.companyId });
    expect(await source()).toMatchObject({
      outcome: 'failed',
      message: 'The phone system did not answer: status 429.',
      dueAt: new Date(START.getTime() + 3_600_000),
    });
    expect(waits).toEqual([]);
    api.key = 'another-key-by-now';
    await expect(sync()).rejects.toMatchObject({ code: 'phone-system-refused' });
    expect((await source()).message).toContain('does not accept the key');
    expect(await database.db.member.count({ where: { companyId: acme.companyId } })).toBe(0);
  });

  it('is read once a day by itself', async () => {
    const { db } = database;
    const jobs = () => db.$queryRaw<unknown[]>`
      SELECT 1 FROM graphile_worker.jobs WHERE key = ${`sync-directory:${acme.companyId}`}`;
    await Promise.all([sweepDirectories({ db, clock }), sweepDirectories({ db, clock })]);
    expect(await jobs()).toHaveLength(1);
    await syncDirectoryJob(deps(), { companyId: acme.companyId });
    const { dueAt } = await source();
    expect(Math.abs(dueAt.getTime() - START.getTime() - DAY_MS)).toBeLessThanOrEqual(3_600_000);
    await db.$executeRaw`DELETE FROM graphile_worker._private_jobs`;
    await sweepDirectories({ db, clock });
    expect(await jobs()).toHaveLength(0);
    clock.advance(2 * DAY_MS);
    await sweepDirectories({ db, clock });
    expect(await jobs()).toHaveLength(1);
  });

  it('shows its key to nobody but an https address, and keeps it sealed', async () => {
    const of = { companyId: acme.companyId, key: api.key };
    await expect(connectPhoneSystem(deps(), { ...of, url: 'http://dialpad.example' })).rejects.toThrow(
      'https',
    );
    await expect(connectPhoneSystem(deps(), { ...of, url: 'dialpad' })).rejects.toThrow('https');
    expect((await source()).keyEncrypted).not.toContain(api.key);
  });
});
