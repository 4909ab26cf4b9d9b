import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import {
  type Db,
  inTransaction,
  openDb,
  type Queryable,
  RowOfArrays,
  readDatabaseError,
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

interface Item {
  text: string | null;
  bigint: bigint | null;
  int: number | null;
  time: Date | null;
}

const ITEMS: Item[] = [
  { text: 'plain', bigint: 0n, int: 0, time: new Date(0) },
  { text: null, bigint: null, int: null, time: null },
  { text: '', bigint: -1n, int: -1, time: new Date('2026-11-27T21:29:28.123Z') },
  { text: 'NULL', bigint: 2n ** 63n - 1n, int: 2 ** 31 - 1, time: new Date('0999-12-31T23:59:59.999Z') },
  { text: 'a "quoted" \\ one, {two}', bigint: -(2n ** 63n), int: -(2 ** 31), time: null },
  { text: 'Zoë 😀', bigint: 1n, int: 1, time: null },
  { text: 'ß'.repeat(300), bigint: 1n, int: 1, time: null },
];

const rowOf = (items: Item[]): Buffer =>
  new RowOfArrays(items)
    .texts(({ text }) => text)
    .bigints(({ bigint }) => bigint)
    .ints(({ int }) => int)
    .times(({ time }) => time)
    .noBigints()
    .noTimes()
    .end();

/** One that outgrows the room it began with several times. */
const MANY = Array.from({ length: 100 }, () => ITEMS).flat();

async function readBack(on: Queryable): Promise<unknown> {
  const rows = await on.$queryRaw`/* prepared: read-back */ SELECT
    (few).*, (many).texts = ${MANY.map(({ text }) => text)}::text[] AS texts_of_many, cardinality((many).times) AS times_of_many,
    (nothing).texts AS nothing, 7::bigint AS one, true AS flag, NULL::text AS missing, '{"a": [1, null]}'::jsonb AS json
    FROM (SELECT ${rowOf(ITEMS)}::read_back AS few, ${rowOf(MANY)}::read_back AS many, ${rowOf([])}::read_back AS nothing) AS given`;
  return rows;
}

it('a prepared statement takes and answers the same within a transaction and outside of one', async () => {
  await db.$executeRaw`CREATE TYPE read_back AS (
    texts text[], bigints bigint[], ints int[], times timestamptz[], no_bigints bigint[], no_times timestamptz[])`;
  const expected = [
    {
      texts: ITEMS.map(({ text }) => text),
      bigints: ITEMS.map(({ bigint }) => bigint),
      ints: ITEMS.map(({ int }) => int),
      times: ITEMS.map(({ time }) => time),
      no_bigints: null,
      no_times: null,
      texts_of_many: true,
      times_of_many: MANY.length,
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

it.each<[string, () => unknown]>([
  ['a zero byte', () => new RowOfArrays(['a\0b']).texts((text) => text)],
  ['a zero byte after a letter of two bytes', () => new RowOfArrays(['é\0']).texts((text) => text)],
  ['half of a character', () => new RowOfArrays(['a\ud800']).texts((text) => text)],
  ['a text of more letters than told', () => new RowOfArrays(['abc']).texts((text) => text, 2)],
  ['a fraction', () => new RowOfArrays([0.5]).ints((int) => int)],
  ['a count of more than four bytes', () => new RowOfArrays([2 ** 31]).ints((int) => int)],
  ['a number of more than eight bytes', () => new RowOfArrays([2n ** 63n]).bigints((bigint) => bigint)],
  ['no time', () => new RowOfArrays([new Date(Number.NaN)]).times((time) => time)],
  [
    'a time before the first',
    () => new RowOfArrays([new Date(-8_640_000_000_000_000)]).times((time) => time),
  ],
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
