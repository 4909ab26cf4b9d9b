import pg from 'pg';
import { startEmbeddedPostgres } from '../../../src/db/embedded/index.ts';
import { createLogger } from '../../../src/log.ts';

/**
 * A process to be killed: starts the embedded server of the folder it is given, writes numbers on eight connections
 * and prints each one after its commit was acknowledged.
 */
const server = await startEmbeddedPostgres({
  dataFolder: process.argv[2] ?? '',
  log: createLogger('silent'),
});
await server.ensureDatabase('load');
const pool = new pg.Pool({ connectionString: server.url('load'), max: 8 });
await pool.query(
  'CREATE TABLE IF NOT EXISTS written (number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY)',
);

async function write(): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ number: string }>(
      'INSERT INTO written DEFAULT VALUES RETURNING number',
    );
    process.stdout.write(`${rows[0]?.number}\n`);
  }
}
await Promise.all(Array.from({ length: 8 }, write));
