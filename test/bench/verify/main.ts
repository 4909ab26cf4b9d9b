import { parseArgs } from 'node:util';
import type pg from 'pg';
import { causeChecks } from '../../../src/billing/index.ts';
import { verifyDatabase } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { createSecretBox } from '../../../src/org/index.ts';
import { spendingChecks } from '../../../src/usage/index.ts';
import { type Closing, closeAll, openDatabase } from '../database.ts';
import { median, secondsOf } from '../figures.ts';
import { settle } from '../ledger/grow-books.ts';
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
const closing: Closing = [];
try {
  const { url, db, client } = await openDatabase(closing);
  const filling = await secondsOf(async () => {
    await fillBooks(db, { records: RECORDS, signer });
    await settle(client);
  });
  print(`filled: ${RECORDS.toLocaleString('en-US')} records`, filling);
  const scan = await scanTables(client);
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
  await closeAll(closing);
}

/** The median of a few scans, in seconds. */
async function scanTables(client: pg.Client): Promise<number> {
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
}

function print(what: string, seconds: number): void {
  process.stdout.write(`${what.padEnd(40)} ${seconds.toFixed(2)} s\n`);
}
