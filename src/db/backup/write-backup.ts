import type pg from 'pg';
import type { Logger } from '../../log.ts';
import { requireCurrentSchema } from '../schema-state.ts';
import { copyTableOut } from '../table-file/copy-table.ts';
import { quoteAll, quoteName, toLine } from '../table-file/format.ts';
import { listMigrations } from '../table-file/require-same-schema.ts';
import { withOwnConnection } from '../table-file/with-own-connection.ts';
import { endWithChecksum, requireFree, writeTableFile } from '../table-file/write-table-file.ts';
import {
  type BackupHeader,
  type BackupProgress,
  LIST_TABLES_SQL,
  type ListedTable,
  TABLES_NOT_BACKED_UP,
} from './format.ts';

export interface WrittenBackup {
  /** The moment that it shows. */
  at: Date;
  tables: number;
  rows: number;
  bytes: number;
}

/**
 * Writes everything in a database to a file, as of one moment, while it is written to: all tables are read in one REPEATABLE READ
 * transaction, which blocks nothing but changes of the schema. The file has its name once it is complete and on the disk, and can
 * be read by its owner alone. Throws RefillError `file-exists`, `bad-file` where the file system refuses, and what `requireCurrentSchema` throws.
 */
export async function writeBackup(
  { url, log }: { url: string; log: Logger },
  file: string,
  { replace, onProgress }: { replace: boolean; onProgress: BackupProgress },
): Promise<WrittenBackup> {
  await requireCurrentSchema({ url });
  await requireFree(file, { replace });
  return await withOwnConnection({ url, log }, async (client) => {
    const dump = new Dump(client, onProgress);
    const bytes = await writeTableFile(file, dump.read());
    return { ...dump.written, bytes };
  });
}

/** One snapshot of all tables, as the lines of a backup. */
class Dump {
  readonly written = { at: new Date(0), tables: 0, rows: 0 };

  constructor(
    private readonly client: pg.PoolClient,
    private readonly onProgress: BackupProgress,
  ) {}

  read(): AsyncGenerator<Buffer> {
    return endWithChecksum(this.body(), async () => {
      const end = { rows: this.written.rows, sequences: await this.readSequences() };
      await this.client.query('COMMIT');
      return end;
    });
  }

  private async *body(): AsyncGenerator<Buffer> {
    const { client } = this;
    const { rows: tables } = await client.query<ListedTable>(LIST_TABLES_SQL, [TABLES_NOT_BACKED_UP]);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // The snapshot is taken by what comes after it: no table can be changed or dropped in between.
    await client.query(`LOCK TABLE ${quoteAll(tables.map(({ table }) => table))} IN ACCESS SHARE MODE`);
    const header = await this.readHeader(tables);
    yield toLine(header);
    for (const { table, columns } of tables) {
      const source = `${quoteName(table)} (${quoteAll(columns)})`;
      this.written.rows += yield* copyTableOut(client, { table, columns, source });
      this.written.tables += 1;
      this.onProgress(this.written.rows, header.rowsAbout);
    }
  }

  private async readHeader(tables: readonly ListedTable[]): Promise<BackupHeader> {
    const { rows: moments } = await this.client.query<{ at: Date }>('SELECT now() AS at');
    this.written.at = moments[0]?.at ?? new Date(0);
    return {
      refillBackup: 1,
      at: this.written.at.toISOString(),
      migrations: await listMigrations(this.client),
      tables: tables.length,
      rowsAbout: tables.reduce((sum, table) => sum + table.rows_about, 0),
    };
  }

  /** Read after the tables: a sequence is never behind the rows of the snapshot. */
  private async readSequences(): Promise<Record<string, string | null>> {
    const { rows } = await this.client.query<{ name: string; value: string | null }>(
      'SELECT sequencename AS name, last_value::text AS value FROM pg_sequences WHERE schemaname = current_schema()',
    );
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  }
}
