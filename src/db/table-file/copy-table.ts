import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { END_OF_TABLE, quoteAll, quoteName, toLine } from './format.ts';
import type { TableFile } from './table-file.ts';

interface TableOut {
  table: string;
  columns: readonly string[];
  /** What COPY reads: the table with its columns, or a query in brackets. */
  source: string;
}

/** Yields a table as a file of tables has it, and returns how many rows it has. */
export async function* copyTableOut(
  client: pg.PoolClient,
  { table, columns, source }: TableOut,
): AsyncGenerator<Buffer, number> {
  yield toLine({ table, columns });
  const copied = client.query(copyTo(`COPY ${source} TO STDOUT`));
  for await (const chunk of copied as AsyncIterable<Buffer>) yield chunk;
  yield Buffer.from(END_OF_TABLE);
  return copied.rowCount;
}

/** Loads the rows that come next in a file into a table; returns how many. */
export async function copyTableIn(
  client: pg.PoolClient,
  file: TableFile,
  { table, columns }: { table: string; columns: readonly string[] },
): Promise<number> {
  const copied = client.query(copyFrom(`COPY ${quoteName(table)} (${quoteAll(columns)}) FROM STDIN`));
  await pipeline(Readable.from(file.readRows()), copied);
  return copied.rowCount;
}
