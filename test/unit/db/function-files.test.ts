import { expect, it } from 'vitest';
import { changedFunctions, type FunctionFile, readFunctions } from '../../../src/db/read-functions.ts';
import { type Migration, readMigrations } from '../../../src/db/read-migrations.ts';

const LONGEST_LINE = 120;

type File = Pick<FunctionFile, 'name' | 'sql'>;

const definitionsIn = (sql: string): string[] =>
  [...sql.matchAll(/^CREATE(?: OR REPLACE)? (?:FUNCTION|PROCEDURE) (\w+)/gm)].map(([, name]) => name ?? '');

/** What is wrong with function files, a line each. */
function findFaults(files: readonly File[]): string[] {
  const fileOf = new Map<string, string>();
  return files.flatMap(({ name, sql }) => {
    const long = sql
      .split('\n')
      .flatMap((line, at) =>
        line.length > LONGEST_LINE ? [`${name}:${at + 1} is ${line.length} columns`] : [],
      );
    const twice = [...new Set(definitionsIn(sql))].flatMap((defined) => {
      const other = fileOf.get(defined);
      fileOf.set(defined, name);
      return other === undefined ? [] : [`${defined} is defined in ${other} and ${name}`];
    });
    const plain = [...sql.matchAll(/^CREATE (FUNCTION|PROCEDURE|TRIGGER) \w+/gm)].map(
      ([found]) => `${name}: ${found} without OR REPLACE`,
    );
    return [...long, ...twice, ...plain];
  });
}

/** Functions and triggers that a migration makes, which belong into prisma/functions. */
const madeByMigrations = (migrations: readonly Pick<Migration, 'name' | 'sql'>[]): string[] =>
  migrations.flatMap(({ name, sql }) =>
    [...sql.matchAll(/CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE|TRIGGER)\s+(\w+)/gi)].map(
      ([, made]) => `${name} makes ${made}`,
    ),
  );

it('no line of prisma/functions is longer than 120 columns, and every function is defined in one file', async () => {
  const files = await readFunctions();
  expect(files.flatMap(({ sql }) => definitionsIn(sql)).length).toBeGreaterThan(80);
  expect(findFaults(files)).toEqual([]);
});

it('a long line, a second definition and a definition that cannot be applied again would be found', () => {
  const good = {
    name: 'good',
    sql: 'CREATE OR REPLACE FUNCTION one() …;\nCREATE OR REPLACE FUNCTION one(int) …;\n',
  };
  const bad = { name: 'bad', sql: `CREATE FUNCTION one(text) …;\n${'-'.repeat(121)}\n` };
  expect(findFaults([good])).toEqual([]);
  expect(findFaults([good, bad])).toEqual([
    'bad:2 is 121 columns',
    'one is defined in good and bad',
    'bad: CREATE FUNCTION one without OR REPLACE',
  ]);
});

it('no migration makes a function or a trigger', async () => {
  expect(madeByMigrations(await readMigrations())).toEqual([]);
  const planted = {
    name: '29990101000000_planted',
    sql: 'CREATE TABLE a ();\ncreate or replace function one() …',
  };
  expect(madeByMigrations([planted])).toEqual(['29990101000000_planted makes one']);
});

/** Migrations that add to an enum: adoption is one transaction, in which an added value cannot be used. */
const addingToEnums = (migrations: readonly Pick<Migration, 'name' | 'sql'>[]): string[] =>
  migrations.filter(({ sql }) => /\bADD\s+VALUE\b/i.test(sql)).map(({ name }) => name);

it('no migration adds a value to an enum: it makes the type anew', async () => {
  expect(addingToEnums(await readMigrations())).toEqual([]);
  expect(addingToEnums([{ name: 'planted', sql: "alter type a add value 'b'" }])).toEqual(['planted']);
});

it('files apply after those they need', async () => {
  const names = (await readFunctions()).map(({ name }) => name);
  expect(names.indexOf('rollups')).toBeGreaterThanOrEqual(0);
  expect(names.indexOf('entry-rollups')).toBeGreaterThan(names.indexOf('rollups'));
});

it('a file that differs, one that is new and one that is gone are changes', async () => {
  const files = ['same', 'other', 'new'].map((name) => ({ name, sql: '', checksum: name, needs: [] }));
  const recorded = [
    { name: 'same', checksum: 'same' },
    { name: 'other', checksum: 'before' },
    { name: 'gone', checksum: 'gone' },
  ];
  expect(changedFunctions(files, recorded)).toEqual(['other', 'new', 'gone']);
  expect(changedFunctions(files.slice(0, 1), recorded.slice(0, 1))).toEqual([]);
});
