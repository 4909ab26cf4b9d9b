import { parseArgs } from 'node:util';
import type pg from 'pg';
import { createSecretBox } from '../../../src/org/index.ts';
import { type Closing, closeAll, openDatabase } from '../database.ts';
import { fillBooks } from '../verify/fill-books.ts';

/**
 * `npm run bench:disk -- --records 1000000`: what a million records of usage take on disk, by table, with their indexes, and how
 * much write-ahead log they cause. The books of a month are posted by the ledger's own functions, each day closed with its digest.
 */
const { values } = parseArgs({ options: { records: { type: 'string', default: '200000' } } });
const RECORDS = Number(values.records);
const MIB = 1024 * 1024;
/** Tables below this are in the last line's sum alone. */
const SHOWN_MIB = 1;

interface TableSize {
  name: string;
  rows: string;
  heap: string;
  indexes: string;
}

const SIZES = `
  SELECT relname AS name, reltuples::bigint AS rows,
    pg_table_size(oid)::text AS heap, pg_indexes_size(oid)::text AS indexes
  FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY pg_total_relation_size(oid) DESC`;

const closing: Closing = [];
try {
  const { db, client } = await openDatabase(closing);
  const readWal = async (): Promise<string> =>
    (await client.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn() AS lsn')).rows[0]?.lsn ?? '0/0';
  const before = await sumOf(client);
  const walBefore = await readWal();
  await fillBooks(db, { records: RECORDS, signer: createSecretBox('bench') });
  const walAfter = await readWal();
  await client.query('VACUUM ANALYZE');
  const { rows: wal } = await client.query<{ bytes: string }>(
    'SELECT pg_wal_lsn_diff($1::pg_lsn, $2::pg_lsn)::text AS bytes',
    [walAfter, walBefore],
  );
  const { rows: tables } = await client.query<TableSize>(SIZES);
  print('MiB a million records', 'table', 'indexes', 'rows');
  for (const { name, rows, heap, indexes } of tables)
    if (perMillion(Number(heap) + Number(indexes)) >= SHOWN_MIB)
      print(name, figure(perMillion(Number(heap))), figure(perMillion(Number(indexes))), rows);
  print('all tables and indexes', figure(perMillion((await sumOf(client)) - before)), '', '');
  print('write-ahead log', figure(perMillion(Number(wal[0]?.bytes))), '', '');
} finally {
  await closeAll(closing);
}

async function sumOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<TableSize>(SIZES);
  return rows.reduce((sum, { heap, indexes }) => sum + Number(heap) + Number(indexes), 0);
}

function perMillion(bytes: number): number {
  return ((bytes / MIB) * 1_000_000) / RECORDS;
}

function figure(mib: number): string {
  return mib.toFixed(mib < 10 ? 1 : 0);
}

function print(what: string, ...columns: string[]): void {
  process.stdout.write(`${what.padEnd(32)}${columns.map((column) => column.padStart(10)).join('')}\n`);
}
