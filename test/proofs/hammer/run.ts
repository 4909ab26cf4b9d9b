/**
 * Many clients send the same usage again and again, in any order, between everything else the ledger can do, while
 * their database connections are cut. What was sent must be there once, the books must hold, and no limit is passed by holds.
 */
import { openDb } from '../../../src/db/index.ts';
import type { NewUsage } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { findings, openBooks } from '../../support/ledger.ts';
import { type Sabotage, sabotageLedger } from '../../support/sabotage.ts';
import { HammerClient } from './client.ts';
import { startKiller } from './kill-backends.ts';
import { LimitedCalls, type LimitedReport } from './limited-calls.ts';
import { buildRecords, shuffleSends } from './records.ts';
import { Tally } from './tally.ts';

const CLIENTS = 8;
const TIMES_SENT = 6;
/** A broken ledger fails at every call; this many are proof enough. */
const FAULTS_ENOUGH = 20;

const log = createLogger('silent');

export interface HammerReport extends LimitedReport {
  clean: boolean;
  records: number;
  sent: number;
  effects: number;
  /** Answers "posted"; fewer than effects where the answer was lost with its connection. */
  posted: number;
  otherOperations: number;
  refusals: number;
  kills: number;
  retries: number;
  conflicts: number;
  deadlocks: number;
  faults: number;
  findings: number;
  firstFault: string | null;
  firstFinding: string | null;
  seconds: number;
}

interface HammerOptions {
  /** Of a migrated database of the hammer's own. */
  url: string;
  records: number;
  kills: number;
  sabotage?: Sabotage | undefined;
}

/** Runs the hammer once and answers what it found; `clean` only when nothing broke. */
export async function runHammer(options: HammerOptions): Promise<HammerReport> {
  const startedAt = performance.now();
  if (options.sabotage !== undefined) await sabotageLedger(options.url, options.sabotage);
  const dbs = await Promise.all(
    Array.from({ length: CLIENTS }, () => openDb({ url: options.url, poolSize: 1, log })),
  );
  const [first] = dbs;
  if (first === undefined) throw new Error('a hammer needs a client');
  const books = await openBooks(first);
  await books.grant('general', '5000');
  const records = buildRecords(options.records);
  const sends = shuffleSends(records, TIMES_SENT);
  const total = sends.length;
  const tally = new Tally();
  const nextBatch = (size: number): NewUsage[] => (tally.faults >= FAULTS_ENOUGH ? [] : sends.splice(-size));
  const limited = new LimitedCalls(books.companyId, tally);
  await limited.begin(dbs);
  const clients = dbs.map(
    (db, i) => new HammerClient({ db, companyId: books.companyId, name: `c${i}`, tally, limited }),
  );
  const onlooker = await openDb({ url: options.url, poolSize: 1, log });
  const watch = limited.watch(onlooker);
  const killer = await startKiller({
    url: options.url,
    target: options.kills,
    progress: () => 1 - sends.length / total,
  });
  await Promise.all(clients.map((client) => client.work(nextBatch)));
  const kills = await killer.stop();
  const ofLimited = await watch.stop();
  await Promise.all([onlooker, ...dbs].map((db) => db.$disconnect()));

  const inspected = await inspectBooks(options.url, books.companyId);
  return {
    clean:
      inspected.effects === records.length &&
      inspected.findings === 0 &&
      tally.faults + tally.conflicts + ofLimited.limitFaults.length === 0 &&
      tally.posted <= inspected.effects &&
      kills >= options.kills,
    records: records.length,
    sent: total,
    ...inspected,
    ...tally,
    ...ofLimited,
    kills,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  };
}

/** What is in the books afterwards, seen over a connection that nobody cuts. */
async function inspectBooks(
  url: string,
  companyId: bigint,
): Promise<Pick<HammerReport, 'effects' | 'findings' | 'firstFinding'>> {
  const db = await openDb({ url, poolSize: 2, log });
  try {
    const found = await findings(db);
    const first = found[0];
    return {
      effects: await db.usageRecord.count({ where: { companyId, source: 'hammer', revision: 0 } }),
      findings: found.length,
      firstFinding:
        first === undefined ? null : `${first.check}: ${first.table}.${first.column} of ${first.row}`,
    };
  } finally {
    await db.$disconnect();
  }
}
