import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../src/db/embedded/index.ts';
import { migrateDatabase, openDb } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { openBooks } from '../../support/ledger.ts';
import { measureGrowth } from './growth.ts';
import { measureRound, type Stage, warmUp } from './measures.ts';
import { printReport, type Summary, summarize } from './report.ts';

/** `npm run bench:ledger -- growth` measures only that; `--quick` leaves it out. */
const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const ROUNDS = values.quick ? 5 : 15;
const POOL_SIZE = 8;

const log = createLogger('silent');
const folder = await mkdtemp(path.join(tmpdir(), 'refill-bench-'));
await chmod(folder, 0o777);
const server = await startEmbeddedPostgres({ dataFolder: path.join(folder, 'data'), log });
try {
  const isGrowthOnly = positionals.includes('growth');
  const summaries = isGrowthOnly ? [] : [await measurePosting()];
  if (isGrowthOnly || !values.quick) summaries.push(await measureGrowth(server, log));
  printReport(summaries, values.json);
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measurePosting(): Promise<Summary> {
  await server.ensureDatabase('bench');
  const url = server.url('bench');
  await migrateDatabase({ url, log });
  const db = await openDb({ url, poolSize: POOL_SIZE, log });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const stage = await setStage({ db, client });
    await warmUp(stage, POOL_SIZE);
    await measureRound(stage);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measureRound(stage));
    return summarize(rounds);
  } finally {
    await client.end();
    await db.$disconnect();
  }
}

/** Two companies with plenty, and tables to copy into. */
async function setStage(on: Pick<Stage, 'db' | 'client'>): Promise<Stage> {
  const [books, other] = [await openBooks(on.db), await openBooks(on.db)];
  await books.grant('general', '1000000');
  const { walletId } = await other.grant('general', '1000000');
  for (const table of ['entry', 'usage_record'])
    await on.client.query(`CREATE TABLE ${table}_copy (LIKE ${table} INCLUDING ALL)`);
  return { ...on, books, naive: { companyId: other.companyId, walletId }, folder };
}
