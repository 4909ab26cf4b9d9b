import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../../src/clock.ts';
import { startEmbeddedPostgres } from '../../../src/db/embedded/index.ts';
import { migrateDatabase, openDb } from '../../../src/db/index.ts';
import { type NewUsage, verifyDatabase } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { convertUsage } from '../../../src/usage/index.ts';
import { postAsBefore } from '../../support/before-personal-facts.ts';
import { type Books, november, openBooks } from '../../support/ledger.ts';
import { secrets } from '../../support/number-key.ts';

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
  print('migrated', adoption);
  const conversion = await timeOf(() => convertUsage({ url, secrets, clock: systemClock, log }));
  print('converted', conversion);
  let findings = 0;
  const verification = await timeOf(async () => {
    ({ findings } = await verifyDatabase({ url, log }, { onFinding: () => undefined }));
  });
  print('verified', verification);
  process.stdout.write(
    `adoption ${((adoption + conversion) / verification).toFixed(2)} of a verification; ${findings} findings; limit ${LIMIT_SECONDS} s\n`,
  );
  process.exitCode = adoption + conversion > LIMIT_SECONDS || findings > 0 ? 1 : 0;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function fill(url: string): Promise<void> {
  const db = await openDb({ url, poolSize: 2, log });
  const books = await openBooks(db);
  await books.grant('general', '10000000');
  for (let done = 0; done < RECORDS; done += BATCH)
    await postAsBefore(db, {
      companyId: books.companyId,
      at: november(4),
      records: Array.from({ length: Math.min(BATCH, RECORDS - done) }, (_, n) => vendorCall(books, done + n)),
    });
  await db.$disconnect();
}

/** Every key has a number in it, so that all of them are rewritten. */
function vendorCall(books: Books, n: number): NewUsage {
  const externalNumber = `+44207183${String(n % 10_000).padStart(4, '0')}`;
  return books.usage({ source: 'dialpad', externalId: `call:${n}:${externalNumber}`, externalNumber });
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}

function print(what: string, seconds: number): void {
  process.stdout.write(`${what.padEnd(50)} ${seconds.toFixed(1)} s\n`);
}
