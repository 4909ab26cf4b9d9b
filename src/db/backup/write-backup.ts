import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { RefillError } from '../../errors.ts';
import { nameFile } from '../../file-errors.ts';
import type { Logger } from '../../log.ts';
import { openPool } from '../open-pool.ts';
import { requireCurrentSchema } from '../schema-state.ts';
import {
  type BackupHeader,
  type BackupProgress,
  END_OF_TABLE,
  LIST_TABLES_SQL,
  type ListedTable,
  quoteAll,
  quoteName,
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
  if (!replace && (await isThere(file)))
    throw new RefillError('file-exists', `${file} is there already. Choose another name, or add --force.`);
  const pool = openPool({ url, log, poolSize: 1, statementTimeoutMs: 0 });
  const partial = `${file}.partial`;
  try {
    const client = await pool.connect();
    try {
      const dump = new Dump(client, onProgress);
      return await nameFile(file, 'written', async () => {
        await pipeline(
          Readable.from(dump.read()),
          createGzip({ level: 1 }),
          createWriteStream(partial, { mode: 0o600 }),
        );
        await flush(partial);
        await rename(partial, file);
        await flush(path.dirname(path.resolve(file)));
        return { ...dump.written, bytes: (await stat(file)).size };
      });
    } finally {
      // Left in the middle of a COPY where the file could not be written.
      client.release(true);
    }
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await pool.end();
  }
}

/** One snapshot of all tables, as the lines of a backup. */
class Dump {
  readonly written = { at: new Date(0), tables: 0, rows: 0 };
  private readonly hash = createHash('sha256');

  constructor(
    private readonly client: pg.PoolClient,
    private readonly onProgress: BackupProgress,
  ) {}

  async *read(): AsyncGenerator<Buffer> {
    for await (const chunk of this.body()) {
      this.hash.update(chunk);
      yield chunk;
    }
    const end = {
      end: true,
      rows: this.written.rows,
      sequences: await this.readSequences(),
      sha256: this.hash.digest('hex'),
    };
    await this.client.query('COMMIT');
    yield toLine(end);
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
      yield toLine({ table, columns });
      const copied = client.query(copyTo(`COPY ${quoteName(table)} (${quoteAll(columns)}) TO STDOUT`));
      for await (const chunk of copied as AsyncIterable<Buffer>) {
        yield chunk;
        this.onProgress(this.written.rows, header.rowsAbout);
      }
      yield Buffer.from(END_OF_TABLE);
      this.written.rows += copied.rowCount;
      this.written.tables += 1;
      this.onProgress(this.written.rows, header.rowsAbout);
    }
  }

  private async readHeader(tables: readonly ListedTable[]): Promise<BackupHeader> {
    const { rows: moments } = await this.client.query<{ at: Date }>('SELECT now() AS at');
    const { rows: migrations } = await this.client.query<{ name: string }>(
      'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1',
    );
    this.written.at = moments[0]?.at ?? new Date(0);
    return {
      refillBackup: 1,
      at: this.written.at.toISOString(),
      migrations: migrations.map(({ name }) => name),
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

function toLine(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

async function isThere(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

/** Waits until a file, or a folder's list of names, is on the disk. */
async function flush(place: string): Promise<void> {
  const handle = await open(place, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
