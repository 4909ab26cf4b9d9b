import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../../src/db/embedded/index.ts';
import { migrateDatabase, openDb } from '../../../src/db/index.ts';
import { verifyDatabase } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { openBooks } from '../../support/ledger.ts';

/**
 * `npm run bench:adoption -- --records 1000000`: how long a database from before the baseline is converted, against one
 * verification of the same database, which reads every row of it once.
 */
const { values } = parseArgs({ options: { records: { type: 'string', default: '100000' } } });
const RECORDS = Number(values.records);
const BATCH = 5_000;
const LIMIT_SECONDS = 300;
const OLD = path.resolve('test/fixtures/migrations-before-baseline');

const log = createLogger('silent');
const folder = await mkdtemp(path.join(tmpdir(), 'refill-bench-'));
await chmod(folder, 0o777);
const server = await startEmbeddedPostgres({ dataFolder: path.join(folder, 'data'), log });
try {
  await server.ensureDatabase('bench');
  const url = server.url('bench');
  await migrateDatabase({ url, log, folder: OLD });
  const seconds = await timeOf(() => fill(url));
  print(`filled by the version before: ${RECORDS} records`, seconds);
  const adoption = await timeOf(() => migrateDatabase({ url, log: createLogger('info') }));
  print('converted', adoption);
  let findings = 0;
  const verification = await timeOf(async () => {
    ({ findings } = await verifyDatabase({ url, log }, { onFinding: () => undefined }));
  });
  print('verified', verification);
  process.stdout.write(
    `adoption ${(adoption / verification).toFixed(2)} of a verification; ${findings} findings; limit ${LIMIT_SECONDS} s\n`,
  );
  process.exitCode = adoption > LIMIT_SECONDS || findings > 0 ? 1 : 0;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function fill(url: string): Promise<void> {
  const db = await openDb({ url, poolSize: 2, log });
  const books = await openBooks(db);
  await books.grant('general', '10000000');
  for (let done = 0; done < RECORDS; done += BATCH)
    await books.post(Array.from({ length: Math.min(BATCH, RECORDS - done) }, () => books.usage()));
  await db.$disconnect();
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}

function print(what: string, seconds: number): void {
  process.stdout.write(`${what.padEnd(50)} ${seconds.toFixed(1)} s\n`);
}
