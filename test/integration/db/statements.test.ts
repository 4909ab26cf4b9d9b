import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import {
  bigintArray,
  type Db,
  inTransaction,
  intArray,
  openDb,
  type Queryable,
  readDatabaseError,
  textArray,
  timeArray,
} from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { emptyDatabase } from '../../support/database.ts';

let database: { url: string; close(): Promise<void> };
/** Of one connection, so that what one statement leaves behind is there for the next. */
let db: Db;

beforeAll(async () => {
  database = await emptyDatabase({ template: inject('templateDatabase') });
  db = await openDb({ url: database.url, poolSize: 1, log: createLogger('silent') });
});
afterAll(async () => {
  await db.$disconnect();
  await database.close();
});

const TEXTS = ['plain', '', 'NULL', null, 'a "quoted" \\ one, {two}', 'Zoë 😀', 'ß'.repeat(300)];
const BIGINTS = [0n, null, -1n, 2n ** 63n - 1n, -(2n ** 63n)];
const INTS = [0, null, -1, 2 ** 31 - 1, -(2 ** 31)];
const TIMES = [new Date(0), null, new Date('2026-11-27T21:29:28.123Z'), new Date('0999-12-31T23:59:59.999Z')];

async function readBack(on: Queryable): Promise<unknown> {
  const rows = await on.$queryRaw`/* prepared: read-back */ SELECT
    ${textArray(TEXTS)}::text[] AS texts, ${bigintArray(BIGINTS)}::bigint[] AS bigints, ${intArray(INTS)}::int[] AS ints,
    ${timeArray(TIMES)}::timestamptz[] AS times, ${textArray([])}::text[] AS nothing,
    7::bigint AS one, true AS flag, NULL::text AS missing, '{"a": [1, null]}'::jsonb AS json`;
  return rows;
}

it('a prepared statement takes and answers the same within a transaction and outside of one', async () => {
  const expected = [
    {
      texts: TEXTS,
      bigints: BIGINTS,
      ints: INTS,
      times: TIMES,
      nothing: [],
      one: 7n,
      flag: true,
      missing: null,
      json: { a: [1, null] },
    },
  ];
  expect(await readBack(db)).toEqual(expected);
  expect(await inTransaction(db, readBack)).toEqual(expected);
  expect(await readBack(db)).toEqual(expected);
});

it.each<[string, () => Buffer]>([
  ['a zero byte', () => textArray(['a\0b'])],
  ['a zero byte after a letter of two bytes', () => textArray(['é\0'])],
  ['a fraction', () => intArray([0.5])],
  ['a count of more than four bytes', () => intArray([2 ** 31])],
  ['a number of more than eight bytes', () => bigintArray([2n ** 63n])],
  ['no time', () => timeArray([new Date(Number.NaN)])],
  ['a time before the first', () => timeArray([new Date(-8_640_000_000_000_000)])],
])('%s is refused before it is sent', (_what, write) => {
  expect(write).toThrow(RangeError);
});

async function connection(): Promise<number> {
  const [row] = await db.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  return row?.pid ?? 0;
}

it.each<[string, (tried: Db) => Promise<unknown>]>([
  ['a statement', (tried) => tried.$queryRaw`SELECT 1 / 0`],
  ['a prepared statement', (tried) => tried.$queryRaw`/* prepared: refused */ SELECT 1 / 0`],
])('%s that the server refuses keeps its connection, and the plans made on it', async (_what, refused) => {
  const before = await connection();
  for (let i = 0; i < 3; i += 1)
    expect(readDatabaseError(await refused(db).catch((error: unknown) => error))?.sqlState).toBe('22012');
  expect(await connection()).toBe(before);
});

it('a connection that the server ends is replaced', async () => {
  const before = await connection();
  await expect(
    db.$queryRaw`/* prepared: end */ SELECT pg_terminate_backend(pg_backend_pid())`,
  ).rejects.toMatchObject({ code: 'database-unavailable' });
  expect(await connection()).not.toBe(before);
});
