import type pg from 'pg';
import { quoteName } from '../db/index.ts';
import { COMPANY_TABLES } from './company-tables.ts';

interface Numbered {
  table: string;
  column: string;
  sequence: string;
}

/** Makes the installation give out no number of a row or an invoice that the company's rows have. */
export async function advanceNumbers(client: pg.PoolClient, companyId: bigint): Promise<void> {
  const { rows: numbered } = await client.query<Numbered>(
    `SELECT relname AS table, attname AS column, pg_get_serial_sequence(relname, attname) AS sequence
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attidentity <> ''
    WHERE relnamespace = current_schema()::regnamespace AND relname = ANY ($1) ORDER BY relname`,
    [COMPANY_TABLES.map(({ table }) => table).filter((table) => table !== 'bundle')],
  );
  for (const each of numbered) await advance(client, companyId, each);
  await client.query(
    `INSERT INTO invoice_counter (year, last_number)
    SELECT year, max(number) FROM invoice WHERE company_id = $1 GROUP BY year
    ON CONFLICT (year) DO UPDATE SET last_number = greatest(invoice_counter.last_number, excluded.last_number)`,
    [companyId],
  );
}

async function advance(
  client: pg.PoolClient,
  companyId: bigint,
  { table, column, sequence }: Numbered,
): Promise<void> {
  const last = `(SELECT max(${quoteName(column)}) FROM ${quoteName(table)}
    WHERE ${table === 'company' ? 'id' : 'company_id'} = ${companyId})`;
  const isBehind = `${last} >= (SELECT last_value FROM ${sequence})`;
  const { rows } = await client.query<{ is_behind: boolean | null }>(`SELECT ${isBehind} AS is_behind`);
  if (rows[0]?.is_behind !== true) return;
  // No number is given out between the reading of the sequence and its setting.
  await client.query(`LOCK TABLE ${quoteName(table)} IN SHARE ROW EXCLUSIVE MODE`);
  await client.query(`SELECT setval('${sequence}', ${last}) WHERE ${isBehind}`);
}
