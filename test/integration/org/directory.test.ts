import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importDirectory, readDirectory } from '../../../src/org/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const AT = new Date('2026-11-02T09:00:00Z');
const FILES = {
  offices: 'Office;Id;Country;Local area\nLondon;124;gb;44207 44208\n',
  members:
    'Display name,User ID,E-mail,Office,Department,License\nMo Ali,u1,Mo@acme.example,124,Desk,support\nZoe,u2,,new york,,\n',
  numbers:
    'Phone number,Type,Assigned to,Office\n"+44 20 7946 0000",local,u1,\n+18005550100,tollfree,,New York\n+442079460001,,mo@acme.example,\n',
};

let database: TestDatabase;
let acme: TestCompany;

beforeAll(async () => {
  database = await freshDatabase();
  acme = await testCompany(database.db);
});
afterAll(() => database?.close());

const load = (files: Parameters<typeof importDirectory>[2]) =>
  importDirectory(database.db, acme.companyId, files, AT);

describe('the directory', () => {
  it('is imported in whatever words the header has, twice as well as once', async () => {
    expect(await load(FILES)).toEqual({ faults: [], counts: { offices: 1, members: 2, numbers: 3 } });
    expect(await load(FILES)).toMatchObject({ faults: [] });
    const counts = await Promise.all([
      database.db.office.count(),
      database.db.member.count(),
      database.db.phoneNumber.count(),
    ]);
    expect(counts).toEqual([3, 2, 3]);
  });

  it('finds whose a call is by the phone system’s id, by e-mail, and by number', async () => {
    const directory = await readDirectory(database.db, acme.companyId);
    const byRef = directory.findParty({ memberRef: 'u1' });
    expect(byRef).toMatchObject({ officeCountry: 'GB', licence: 'support', isAttributed: true });
    expect(byRef.localPrefixes).toEqual(['44207', '44208']);
    for (const hint of [{ email: 'MO@acme.example' }, { internalNumber: '+442079460000' }])
      expect(directory.findParty(hint)).toMatchObject({ memberId: byRef.memberId, officeId: byRef.officeId });
    expect(directory.findParty({ internalNumber: '+18005550100' })).toMatchObject({
      isTollFreeLine: true,
      memberId: null,
      officeId: acme.officeIds[1],
    });
    expect(directory.hasOffice('124')).toBe(true);
    expect(directory.hasOffice('125')).toBe(false);
  });

  it('counts what it does not know to no office, and says so', async () => {
    const directory = await readDirectory(database.db, acme.companyId);
    const unknown = directory.findParty({ memberRef: 'u9', internalNumber: '+15005550006' });
    expect(unknown).toMatchObject({
      officeId: null,
      memberId: null,
      isAttributed: false,
      officeCountry: 'US',
    });
    expect(directory.findParty({}).isAttributed).toBe(true);
  });

  it('is read anew after a change, and only then', async () => {
    const before = await readDirectory(database.db, acme.companyId);
    expect(await readDirectory(database.db, acme.companyId)).toBe(before);
    await database.db.member.updateMany({ where: { externalRef: 'u1' }, data: { licence: 'agents' } });
    const after = await readDirectory(database.db, acme.companyId);
    expect(after.findParty({ memberRef: 'u1' }).licence).toBe('agents');
  });

  it('takes nothing from files with a wrong row, and names each one', async () => {
    const { faults } = await load({
      members: 'name,email,office\nPia,pia,\nUwe,uwe@acme.example,Atlantis\n',
      numbers: 'number\n0800-nothing\n+123456\n',
    });
    expect(faults).toEqual([
      { file: 'members', line: 2, message: '"pia" is not an e-mail address' },
      { file: 'members', line: 3, message: 'there is no office "Atlantis"' },
      {
        file: 'numbers',
        line: 2,
        message: '"0800-nothing" is not a phone number: write it like +14155550100',
      },
      { file: 'numbers', line: 3, message: '"+123456" is not a phone number: write it like +14155550100' },
    ]);
    expect(await database.db.member.count({ where: { name: { in: ['Pia', 'Uwe'] } } })).toBe(0);
    expect((await load({ offices: 'country\nUS\n' })).faults).toEqual([
      { file: 'offices', line: 1, message: 'no column is called "name"' },
    ]);
  });
});
