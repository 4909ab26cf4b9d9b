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

  it('says how far it is, of the rows that it changes', async () => {
    const seen: [number, number][] = [];
    const more = { numbers: 'number,member\n+442079460077,\n+442079460078,\n' };
    await importDirectory(database.db, acme.companyId, more, AT, (done, total) => seen.push([done, total]));
    expect(seen.at(-1)).toEqual([2, 2]);
    await importDirectory(database.db, acme.companyId, more, AT, (done, total) => seen.push([done, total]));
    expect(seen.at(-1)).toEqual([0, 0]);
    await database.db.phoneNumber.deleteMany({
      where: { number: { in: ['+442079460077', '+442079460078'] } },
    });
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
      {
        file: 'offices',
        line: 1,
        message:
          'this is no list of offices: missing: "name". Columns there can be: ref, name, country, localPrefixes',
      },
    ]);
  });

  it.each([
    [
      'a row that is cut short',
      'name,email\nPia\n',
      'line 2: 1 cells, where the header has 2: the row is cut short',
    ],
    [
      'a cell too many',
      'name,email\nPia,p@a.example,Sales\n',
      'line 2: 3 cells, where the header has 2: a delimiter within a cell needs quotes around the cell',
    ],
    ['a quote too many', 'name,email\nPia "P,p@a.example\n', 'line 2: the quotes are not in pairs'],
    [
      'a column twice',
      'name,email,E-mail\nPia,,\n',
      'line 1: this is no list of members: there twice: "E-mail". Columns there can be: ref, name, email, office, department, licence, kind',
    ],
    [
      'a column that is not known',
      'name,lisence\nPia,sell\n',
      'line 1: this is no list of members: not known: "lisence". Leave a column aside with --ignore "Column"',
    ],
    [
      'a header that is missing',
      'Pia,pia@acme.example\n',
      'line 1: this is no list of members: missing: "name"; not known: "Pia", "pia@acme.example". Columns there can be: ref, name, email, office, department, licence, kind',
    ],
    [
      'an id that was rounded',
      'id,name\n6.01235E+15,Pia\n',
      'line 2: id "6.01235E+15" was rounded by a spreadsheet: format the column as text',
    ],
    [
      'an id that lost its end',
      'id,name\n6012350000000000,Pia\n',
      'line 2: the id "6012350000000000" ends in zeros where a spreadsheet rounded it, so that different ids become one: format the column as text',
    ],
    [
      'a name that was encoded twice',
      'name\nJÃ¼rgen\n',
      'line 2: name "JÃ¼rgen" was saved as UTF-8 from a file that was UTF-8 already: give the file as it was exported, not as a spreadsheet saved it',
    ],
    [
      'a name that became an error',
      'name\n#NAME?\n',
      'line 2: name "#NAME?" is an error of a spreadsheet, not a value: give the file as it was exported, not as a spreadsheet saved it',
    ],
    ['nothing at all', '', 'line 1: the file is empty'],
    ['a header whose quote is never closed', '"name\nPia\n', 'line 1: the quotes are not in pairs'],
  ])('names %s with its line, and imports nothing', async (_, members, fault) => {
    const { faults } = await load({ members });
    expect(faults.map(({ line, message }) => `line ${line}: ${message}`)).toEqual([fault]);
    expect((await load({ members: 'name,shoe size\nPia,39\n', ignored: ['Shoe size'] })).faults).toEqual([]);
  });
});
