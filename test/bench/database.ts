import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/db/embedded/index.ts';
import { type Db, migrateDatabase, openDb } from '../../src/db/index.ts';
import { createLogger } from '../../src/log.ts';

/** A migrated database of a bench's own, on a server that waits for the disk as in production. */
export interface Database {
  url: string;
  db: Db;
  client: pg.Client;
  /** A folder that the server can write into, for COPY. */
  folder: string;
}

/** What is still open; the last opened is closed first. */
export type Closing = (() => Promise<unknown>)[];

/** Starts a server with an empty database; `closing` takes what ends it and removes its folder. */
export async function startServer(closing: Closing): Promise<Pick<Database, 'url' | 'folder'>> {
  const log = createLogger('silent');
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-bench-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o777);
  const server = await startEmbeddedPostgres({ dataFolder: path.join(folder, 'data'), log });
  closing.push(() => server.stop());
  await server.ensureDatabase('bench');
  return { url: server.url('bench'), folder };
}

/** The same, migrated and connected to. */
export async function openDatabase(closing: Closing): Promise<Database> {
  const log = createLogger('silent');
  const { url, folder } = await startServer(closing);
  await migrateDatabase({ url, log });
  const db = await openDb({ url, poolSize: 8, log });
  closing.push(() => db.$disconnect());
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  closing.push(() => client.end());
  return { url, db, client, folder };
}

export async function closeAll(closing: Closing): Promise<void> {
  for (const close of closing.toReversed()) await close();
}
