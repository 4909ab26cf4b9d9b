import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { migrateDatabase } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { createSecretBox } from '../../../src/org/index.ts';
import { exportCompany, importCompany } from '../../../src/transfer/index.ts';
import { type Closing, closeAll, openDatabase } from '../database.ts';
import { fillBooks } from '../verify/fill-books.ts';

/**
 * `npm run bench:transfer -- --records 1000000`: a company with a month of usage as a file, and that file into an empty database: seconds,
 * size, and by how much the memory of the process grows, in which nothing else happens.
 */
const { values } = parseArgs({ options: { records: { type: 'string', default: '200000' } } });
const records = Number(values.records);
const MIB = 1024 * 1024;
const log = createLogger('silent');
const secrets = createSecretBox('bench');
const onProgress = () => undefined;

const closing: Closing = [];
try {
  const { url, db, client, folder } = await openDatabase(closing);
  const { company } = await fillBooks(db, { records, signer: secrets });
  const { companyId } = company;
  const target = new URL(url);
  target.pathname = '/elsewhere';
  await client.query('CREATE DATABASE elsewhere');
  await migrateDatabase({ url: target.href, log });
  const file = path.join(folder, 'company');

  const exported = await measure('export', () =>
    exportCompany({ url, log }, file, { companyId, openStates: [], replace: false, onProgress }),
  );
  const imported = await measure('import', () =>
    importCompany({ url: target.href, log }, file, {
      at: new Date(),
      secrets,
      newNumberKey: true,
      onProgress,
    }),
  );
  console.log(`file: ${((await stat(file)).size / MIB).toFixed(0)} MiB, ${exported.rows} rows`);
  console.log(`digest: ${exported.digest.sha256 === imported.digest.sha256 ? 'the same' : 'DIFFERS'}`);
  const there = new pg.Client({ connectionString: target.href });
  await there.connect();
  closing.push(() => there.end());
  const { rows } = await there.query<{ count: string }>('SELECT count(*) FROM usage_record');
  console.log(`records there: ${rows[0]?.count}`);
} finally {
  await closeAll(closing);
}

/** Runs the work and prints how long it took, and how far the process grew above what it had before. */
async function measure<T>(name: string, work: () => Promise<T>): Promise<T> {
  global.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const began = performance.now();
  const result = await work();
  clearInterval(sampling);
  const seconds = (performance.now() - began) / 1_000;
  console.log(
    `${name}: ${seconds.toFixed(1)} s, memory ${(before / MIB).toFixed(0)} MiB, at most ${((peak - before) / MIB).toFixed(0)} MiB more`,
  );
  return result;
}
