import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { demoDirectory } from '../../../src/demo/index.ts';
import { DAY_MS } from '../../../src/durations.ts';
import { createLogger } from '../../../src/log.ts';
import {
  connectPhoneSystem,
  createSecretBox,
  readDirectory,
  sweepDirectories,
  syncAndRecord,
  syncDirectoryJob,
} from '../../../src/org/index.ts';
import {
  type DirectoryApi,
  startDirectoryApi,
} from '../../../src/stand-ins/local-phone-system/directory-api.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

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
  api = await startDirectoryApi(demoDirectory());
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
const syncAll = (how: { dryRun?: boolean; force?: boolean } = {}) =>
  syncAndRecord(deps(), { companyId: acme.companyId, ...how });
const sync = async (how: { dryRun?: boolean; force?: boolean } = {}) => (await syncAll(how)).changes;
const source = () => database.db.directorySource.findUniqueOrThrow({ where: { companyId: acme.companyId } });
const memberOf = (email: string) =>
  database.db.member.findFirstOrThrow({ where: { companyId: acme.companyId, email } });
const spoil = (item: Record<string, unknown> | undefined, fields: Record<string, unknown>): void => {
  if (item === undefined) throw new RangeError('the demo directory has fewer items than this test needs');
  Object.assign(item, fields);
};
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

  it.each<[what: string, spoil: (lists: DirectoryApi['lists']) => void, odd: object[]]>([
    [
      'a person without a name',
      ({ users }) => spoil(users[0], { display_name: null, first_name: null, last_name: '' }),
      [{ list: 'people', why: expect.stringContaining('no name'), isSkipped: false }],
    ],
    [
      'a null address',
      ({ users }) => spoil(users[0], { emails: [null] }),
      [{ list: 'people', why: expect.stringContaining('no e-mail address'), isSkipped: false }],
    ],
    [
      'an address that another one has',
      ({ users }) => spoil(users[1], { emails: users[0]?.emails }),
      [{ list: 'people', why: expect.stringContaining('also the address of'), isSkipped: false }],
    ],
    [
      'a name that is an object',
      ({ users }) => spoil(users[2], { display_name: { first: 'X' } }),
      [
        { list: 'people', why: expect.stringContaining('display_name'), isSkipped: false },
        { list: 'people', why: expect.stringContaining('no name'), isSkipped: false },
      ],
    ],
    [
      'a name that no database keeps',
      ({ users }) => spoil(users[3], { display_name: 'A\u0000\ud800\nB' }),
      [],
    ],
    [
      'a person without an id',
      ({ users }) => users.push({ ...users[0], id: null }),
      [{ list: 'people', item: '#7', isSkipped: true }],
    ],
    [
      'an id that a double rounded',
      ({ users }) => users.push({ ...users[0], id: 1.5e300 }),
      [{ list: 'people', item: '#7', isSkipped: true }],
    ],
    [
      'something that is no object',
      ({ users, numbers }) => {
        users.push(null as never);
        numbers.push('+1' as never);
      },
      [
        { list: 'people', item: '#7', isSkipped: true },
        { list: 'numbers', item: '#8', isSkipped: true },
      ],
    ],
    [
      'an office that is gone',
      ({ offices }) => spoil(offices[1], { state: 'deleted' }),
      [
        ...Array(3).fill({ list: 'departments', why: expect.stringContaining('its office') }),
        ...Array(3).fill({ list: 'people', why: expect.stringContaining('its office') }),
        ...Array(3).fill({ list: 'numbers', why: expect.stringContaining('its office') }),
        ...Array(3).fill({ list: 'departments', why: expect.stringContaining('another one; called') }),
      ],
    ],
    [
      'an office of no country',
      ({ offices }) => spoil(offices[0], { country: 'USA' }),
      [{ list: 'offices', why: expect.stringContaining('"USA"'), isSkipped: false }],
    ],
    ['two offices of one name', ({ offices }) => spoil(offices[1], { name: 'San Francisco' }), []],
    [
      'an office without a name',
      ({ offices }) => spoil(offices[1], { name: null }),
      [{ list: 'offices', why: expect.stringContaining('no name'), isSkipped: false }],
    ],
    [
      'a number that is listed twice',
      ({ numbers }) => numbers.push({ ...numbers[0], target_type: 'office' }),
      [{ list: 'numbers', why: expect.stringContaining('twice'), isSkipped: true }],
    ],
    ['one person on two pages', ({ users }) => users.push({ ...users[0] }), []],
    [
      'a number of an unknown kind',
      ({ numbers }) => spoil(numbers[0], { type: 'satellite' }),
      [{ list: 'numbers', why: expect.stringContaining('"satellite"'), isSkipped: false }],
    ],
    [
      'a number that is none',
      ({ numbers }) => numbers.push({ ...numbers[0], number: '4155550100' }, { number: 5 }),
      [
        { list: 'numbers', item: '#8 ("4155550100")', isSkipped: true },
        { list: 'numbers', item: '#9', isSkipped: true },
      ],
    ],
    [
      'groups that are none',
      ({ users }) =>
        spoil(users[0], { group_details: [null, 5, { group_id: {}, group_type: 'department' }] }),
      [],
    ],
    [
      'words for yes and no',
      ({ numbers, offices }) => {
        spoil(numbers[0], { deleted: 'FALSE' });
        spoil(offices[0], { is_primary_office: 'TRUE' });
      },
      [],
    ],
  ])('takes in everything else where there is %s', async (_, spoilLists, odd) => {
    spoilLists(api.lists);
    const { changes, oddItems } = await syncAll();
    expect(oddItems).toEqual(odd.map((each) => expect.objectContaining(each)));
    const members = changes.filter(({ what }) => what === 'member');
    const numbers = changes.filter(({ what }) => what === 'number');
    expect([members.length, numbers.length]).toEqual([6, 7]);
    const { message, oddItems: stored } = await source();
    expect(stored).toEqual(oddItems);
    const skipped = oddItems.filter(({ isSkipped }) => isSkipped).length;
    if (odd.length === 0) expect(message).not.toContain('left out');
    else expect(message).toContain(`${skipped} left out, ${odd.length - skipped} taken in part`);
    const open = { companyId: acme.companyId, kind: 'directory-items-odd', resolvedAt: null };
    expect(await database.db.operatorNotice.count({ where: open })).toBe(odd.length === 0 ? 0 : 1);
    expect((await sync()).filter(({ change }) => change !== 'changed')).toEqual([]);
    expect(await sync()).toEqual([]);
    api.lists = demoDirectory();
    await sync();
    expect(await database.db.operatorNotice.count({ where: open })).toBe(0);
  });

  it('keeps 64-bit ids exact, as numbers or as text', async () => {
    const ids = ['9007199254740993', '9007199254740992', '18446744073709551615', '5'];
    for (const [index, id] of ids.entries())
      spoil(api.lists.users[index], { id: index === 3 ? 5 : BigInt(id) });
    expect((await syncAll()).oddItems).toEqual([]);
    const rows = await database.db.member.findMany({
      where: { companyId: acme.companyId, externalRef: { in: ids } },
    });
    expect(rows).toHaveLength(4);
  });

  it('does not take for gone whom it cannot read, and leaves their office as it is', async () => {
    await sync();
    const before = await database.db.member.findMany({ where: { companyId: acme.companyId } });
    spoil(api.lists.users[0], { id: 'usr_1' });
    for (const user of api.lists.users) spoil(user, { office_id: '404' });
    for (const number of api.lists.numbers) spoil(number, { office_id: {} });
    expect(await sync()).toEqual([]);
    expect(await database.db.member.findMany({ where: { companyId: acme.companyId } })).toEqual(before);
  });

  it('lets offices swap their names, and people their addresses', async () => {
    await sync();
    const [first, second] = api.lists.offices;
    const [ana, ben] = api.lists.users;
    const [name, emails] = [first?.name, ana?.emails];
    spoil(first, { name: second?.name });
    spoil(second, { name });
    spoil(ana, { emails: ben?.emails });
    spoil(ben, { emails });
    expect((await sync()).map(({ change }) => change)).toEqual(Array(4).fill('changed'));
    expect(await sync()).toEqual([]);
  });

  it('reads on where a page is empty', async () => {
    Object.assign(api, { pageSize: 2, hasEmptyPages: true });
    await sync();
    expect(await database.db.member.count({ where: { companyId: acme.companyId } })).toBe(6);
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
