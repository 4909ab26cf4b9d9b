import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createLogger } from '../../../src/log.ts';
import { createDatabase } from '../../support/create-database.ts';
import { startOwnCluster } from '../../support/start-test-cluster.ts';

const PAUSE_MS = 20;

/** A PostgreSQL server that nothing but the app uses, so that it can be restarted under it. */
export interface OwnServer {
  /** Of a migrated database. */
  url: string;
  /** Stops it in its fast way, which cuts every connection, and waits until it is back. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startOwnServer(): Promise<OwnServer> {
  const cluster = await startOwnCluster(createLogger('silent'));
  const { url } = await createDatabase(cluster.serverUrl, { template: cluster.templateDatabase });
  return {
    url,
    async restart() {
      const { pid, startedAt } = await describeServer(cluster.serverUrl);
      process.kill(pid, 'SIGINT');
      const isBack = () =>
        describeServer(cluster.serverUrl).then(
          (now) => now.startedAt !== startedAt,
          () => false,
        );
      while (!(await isBack())) await sleep(PAUSE_MS);
    },
    close: cluster.close,
  };
}

async function describeServer(serverUrl: string): Promise<{ pid: number; startedAt: string }> {
  const client = new pg.Client({ connectionString: serverUrl });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number; startedAt: string }>(`
      SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid,
        pg_postmaster_start_time()::text AS "startedAt"`);
    const [found] = rows;
    if (found === undefined) throw new Error('the server did not describe itself');
    return found;
  } finally {
    await client.end().catch(() => undefined);
  }
}
