import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../../src/clock.ts';
import { migrateDatabase, openDb } from '../../../src/db/index.ts';
import { type NewUsage, verifyDatabase } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { convertUsage } from '../../../src/usage/index.ts';
import { postAsBefore } from '../../support/before-personal-facts.ts';
import { type Books, november, openBooks } from '../../support/ledger.ts';
import { secrets } from '../../support/number-key.ts';
import { type Closing, closeAll, startServer } from '../database.ts';
import { secondsOf } from '../figures.ts';

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
const closing: Closing = [];
try {
  const { url } = await startServer(closing);
  await migrateDatabase({ url, log, folder: OLD });
  const seconds = await secondsOf(() => fill(url));
  print(`filled by the version before: ${RECORDS} records`, seconds);
  const adoption = await secondsOf(() => migrateDatabase({ url, log: createLogger('info') }));
  print('migrated', adoption);
  const conversion = await secondsOf(() => convertUsage({ url, secrets, clock: systemClock, log }));
  print('converted', conversion);
  let findings = 0;
  const verification = await secondsOf(async () => {
    ({ findings } = await verifyDatabase({ url, log }, { onFinding: () => undefined }));
  });
  print('verified', verification);
  process.stdout.write(
    `adoption ${((adoption + conversion) / verification).toFixed(2)} of a verification; ${findings} findings; limit ${LIMIT_SECONDS} s\n`,
  );
  process.exitCode = adoption + conversion > LIMIT_SECONDS || findings > 0 ? 1 : 0;
} finally {
  await closeAll(closing);
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

function print(what: string, seconds: number): void {
  process.stdout.write(`${what.padEnd(50)} ${seconds.toFixed(1)} s\n`);
}
