import type pg from 'pg';
import { RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { migrateDatabase } from '../migrate.ts';
import { readSchemaState, requireCurrentSchema } from '../schema-state.ts';
import { copyTableIn } from '../table-file/copy-table.ts';
import { quoteAll, quoteName, tableLine } from '../table-file/format.ts';
import { requireSameSchema } from '../table-file/require-same-schema.ts';
import { type TableFile, withTableFile } from '../table-file/table-file.ts';
import { withOwnConnection } from '../table-file/with-own-connection.ts';
import {
  BACKUP,
  type BackupHeader,
  type BackupProgress,
  backupEnd,
  backupHeader,
  LIST_TABLES_SQL,
  type ListedTable,
  TABLES_NOT_BACKED_UP,
} from './format.ts';

export interface RestoredBackup {
  /** The moment that it shows. */
  at: Date;
  tables: number;
  rows: number;
}

const NO_PRIVILEGE = '42501';

/**
 * Restores a backup into a database without companies, which gets this version's schema where it has none: all of it or
 * nothing. The queue is not in a backup: the sweepers find what is due. Throws RefillError `bad-backup`, `backup-version` for one
 * of another schema, `database-not-empty`, `schema-older`, `database-rights` where the role may not load rows before those that they refer to.
 */
export async function restoreBackup(
  { url, log }: { url: string; log: Logger },
  file: string,
  onProgress: BackupProgress,
): Promise<RestoredBackup> {
  return await withTableFile(file, BACKUP, async (reader) => {
    const header = await readHeader(reader);
    const { state } = await readSchemaState({ url });
    // A database of another version has books: it is refused before anything of it is changed.
    if (state === 'older' || state === 'other-functions') await requireCurrentSchema({ url });
    if (state === 'empty') await migrateDatabase({ url, log });
    const rows = await withOwnConnection({ url, log }, (client) => load(client, reader, header, onProgress));
    return { at: new Date(header.at), tables: header.tables, rows };
  });
}

/**
 * Reads a backup from its beginning to its end without a database: whether it is whole, unchanged, and of this version. Throws
 * RefillError `bad-backup`, `backup-version`.
 */
export async function checkBackup(file: string): Promise<void> {
  await withTableFile(file, BACKUP, async (reader) => {
    const { tables } = await readHeader(reader);
    await reader.skipToEnd(tables, backupEnd);
  });
}

async function readHeader(reader: TableFile): Promise<BackupHeader> {
  const header = await reader.readLine(backupHeader);
  await requireSameSchema(header.migrations, BACKUP);
  return header;
}

async function load(
  client: pg.PoolClient,
  reader: TableFile,
  header: BackupHeader,
  onProgress: BackupProgress,
): Promise<number> {
  await client.query('BEGIN');
  const { rows: tables } = await client.query<ListedTable>(LIST_TABLES_SQL, [TABLES_NOT_BACKED_UP]);
  await client.query(`LOCK TABLE ${quoteAll(tables.map(({ table }) => table))} IN ACCESS EXCLUSIVE MODE`);
  await requireEmpty(client);
  await loadInAnyOrder(client);
  await client.query(`TRUNCATE ${quoteAll(tables.map(({ table }) => table))}`);
  let rows = 0;
  for (let i = 0; i < header.tables; i += 1) {
    const { table, columns } = await reader.readLine(tableLine);
    if (!isTableOf(tables, { table, columns }))
      throw reader.bad(`this version has no table ${table} like its own`);
    rows += await copyTableIn(client, reader, { table, columns });
    onProgress(rows, header.rowsAbout);
  }
  const end = await reader.readEnd(backupEnd);
  if (end.rows !== rows) throw reader.changed();
  for (const [name, value] of Object.entries(end.sequences))
    if (value !== null) await client.query('SELECT setval($1::regclass, $2)', [quoteName(name), value]);
  await client.query('COMMIT');
  await client.query('ANALYZE');
  return rows;
}

async function requireEmpty(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT name FROM company ORDER BY id LIMIT 1');
  if (rows[0] !== undefined)
    throw new RefillError(
      'database-not-empty',
      `This database has companies already (${rows[0].name}). A backup goes into an empty one. Nothing was changed.`,
    );
}

/** Rows come table by table, so what they refer to may come after them; triggers have done their work already. */
async function loadInAnyOrder(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('SET LOCAL session_replication_role = replica');
  } catch (error) {
    if ((error as { code?: string }).code !== NO_PRIVILEGE) throw error;
    throw new RefillError(
      'database-rights',
      'Restoring needs a role that may set session_replication_role (a superuser). On a server of your own use pg_dump and pg_restore: docs/operate/backup.md',
    );
  }
}

function isTableOf(tables: readonly ListedTable[], of: { table: string; columns: string[] }): boolean {
  const ours = tables.find(({ table }) => table === of.table);
  return ours !== undefined && of.columns.every((column) => ours.columns.includes(column));
}
