import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { causeChecks } from '../../../src/billing/index.ts';
import { startEmbeddedPostgres } from '../../../src/db/embedded/index.ts';
import { migrateDatabase, openDb } from '../../../src/db/index.ts';
import { verifyDatabase } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { createSecretBox } from '../../../src/org/index.ts';
import { spendingChecks } from '../../../src/usage/index.ts';
import { settle } from '../ledger/grow-books.ts';
import { median } from '../ledger/report.ts';
import { fillBooks } from './fill-books.ts';

/**
 * `npm run bench:verify -- --records 5000000`: how long the books of a month are verified, with the digest of each day and the
 * causes of credits, against reading the same rows once: a sum over each of the two large tables, on one connection.
 */
const { values } = parseArgs({ options: { records: { type: 'string', default: '200000' } } });
const RECORDS = Number(values.records);
const SCANS = 3;

const log = createLogger('silent');
const signer = createSecretBox('bench');
const folder = await mkdtemp(path.join(tmpdir(), 'refill-bench-'));
await chmod(folder, 0o777);
const server = await startEmbeddedPostgres({ dataFolder: path.join(folder, 'data'), log });
try {
  await server.ensureDatabase('bench');
  const url = server.url('bench');
  await migrateDatabase({ url, log });
  const filling = await secondsOf(() => fill(url));
  print(`filled: ${RECORDS.toLocaleString('en-US')} records`, filling);
  const scan = await scanTables(url);
  print('scanned', scan);
  let findings = 0;
  const verification = await secondsOf(async () => {
    const options = { checks: [...causeChecks, ...spendingChecks], signer, onFinding: () => undefined };
    ({ findings } = await verifyDatabase({ url, log }, options));
  });
  print('verified', verification);
  const perMillion = (verification * 1_000_000) / RECORDS;
  process.stdout.write(
    `verify ${perMillion.toFixed(1)} s a million records, ${(verification / scan).toFixed(1)} scans; ${findings} findings\n`,
  );
  process.exitCode = findings > 0 ? 1 : 0;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function fill(url: string): Promise<void> {
  const db = await openDb({ url, poolSize: 8, log });
  await fillBooks(db, { records: RECORDS, signer });
  await db.$disconnect();
  await onConnection(url, settle);
}

/** The median of a few scans, in seconds. */
async function scanTables(url: string): Promise<number> {
  return await onConnection(url, async (client) => {
    await client.query('SET max_parallel_workers_per_gather = 0');
    const seconds: number[] = [];
    for (let scan = 0; scan < SCANS; scan += 1)
      seconds.push(
        await secondsOf(() =>
          client.query(
            'SELECT (SELECT sum(amount_micros) FROM entry), (SELECT sum(cost_micros) FROM usage_record)',
          ),
        ),
      );
    return median(seconds);
  });
}

async function onConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1_000;
}

function print(what: string, seconds: number): void {
  process.stdout.write(`${what.padEnd(40)} ${seconds.toFixed(2)} s\n`);
}
