/** A backup is a file of tables (`../table-file`): its first line says what it is of, its last has the sequences. */
import { z } from 'zod';
import type { TableFileKind } from '../table-file/table-file.ts';

export const BACKUP: TableFileKind = {
  code: 'bad-backup',
  versionCode: 'backup-version',
  noun: 'backup',
  verb: 'Restore',
  done: 'restored',
};

export const backupHeader = z.object({
  refillBackup: z.literal(1),
  /** The moment that it shows. */
  at: z.iso.datetime(),
  /** The schema that it is of, migration by migration: it goes into no other. */
  migrations: z.array(z.string()),
  tables: z.number().int(),
  /** As many as the server's statistics say. */
  rowsAbout: z.number(),
});
export type BackupHeader = z.infer<typeof backupHeader>;

export const backupEnd = z.object({
  end: z.literal(true),
  rows: z.number().int(),
  /** The last value that each sequence gave out; null where it gave none. */
  sequences: z.record(z.string(), z.string().nullable()),
  sha256: z.string(),
});

/** So many rows of about so many. */
export type BackupProgress = (rows: number, rowsAbout: number) => void;

/** What each version's migrations write by themselves: a restored database has its own. */
export const TABLES_NOT_BACKED_UP = ['_prisma_migrations', 'applied_function_file'];

/** Tables that a backup has, with the columns that are not computed, in this order. */
export const LIST_TABLES_SQL = `
  SELECT relname AS table, greatest(reltuples, 0)::float8 AS rows_about,
    array_agg(attname::text ORDER BY attnum) AS columns
  FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
  WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> ALL ($1)
  GROUP BY pg_class.oid, relname, reltuples ORDER BY relname`;

export interface ListedTable {
  table: string;
  rows_about: number;
  columns: string[];
}
