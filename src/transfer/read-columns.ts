import type pg from 'pg';
import { quoteName } from '../db/index.ts';

/** A table's columns that are not computed, in their order. */
export async function readColumns(client: pg.PoolClient, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT attname::text AS name FROM pg_attribute
    WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [quoteName(table)],
  );
  return rows.map(({ name }) => name);
}
