/** The same company's books at a hundred thousand records and at five million, measured in turns. */
import pg from 'pg';
import { systemClock } from '../../../src/clock.ts';
import { type Db, migrateDatabase, openDb } from '../../../src/db/index.ts';
import {
  explainByDay,
  postUsage,
  readBalance,
  readStatement,
  sweepLedger,
  usageTotals,
  verifyDatabase,
} from '../../../src/ledger/index.ts';
import type { Logger } from '../../../src/log.ts';
import { readBreakdown } from '../../../src/usage/index.ts';
import { numberKey } from '../../support/number-key.ts';
import { median } from '../figures.ts';
import {
  fillMonth,
  type GrowingCompany,
  MONTH,
  openCompany,
  POSTED_AT,
  recordOf,
  settle,
} from './grow-books.ts';
import type { Line, Summary } from './report.ts';

const SMALL = 100_000;
const LARGE = 5_000_000;
const ROUNDS = 15;
const BATCH = 1_000;
/** All of it was posted in one month of the company's zone. */
const POSTED = { from: MONTH.to, to: new Date('2027-01-01T08:00:00Z') };
/** As far as the month goes, its usage is summed up, as the app's sweeper does. */
const CLOCK = { ...systemClock, now: () => POSTED_AT };

/** Where databases are made and connected to. */
interface Server {
  ensureDatabase(name: string): Promise<void>;
  url(database: string): string;
}

/** The books at one moment of their growth: a database of its own. */
interface Moment {
  db: Db;
  client: pg.Client;
  growing: GrowingCompany;
  /** The number of the next record. */
  next: number;
}

type Figures = Record<'post' | 'balance' | 'pageMs' | 'totalMs' | 'usageMs' | 'whyMs', number>;

/**
 * Fills a month through the ledger's own functions, keeps a copy of the database as it is at 100,000 records, which
 * `verify` has to find right, goes on to 5,000,000, and measures both, round by round.
 */
export async function measureGrowth(server: Server, log: Logger): Promise<Summary> {
  await server.ensureDatabase('large');
  await migrateDatabase({ url: server.url('large'), log });
  const growing = await onDatabase(server.url('large'), log, async (db, client) => {
    const opened = await openCompany(db);
    await fillMonth(db, opened, { from: 0, to: SMALL, aMonth: SMALL });
    await sweepLedger({ db, clock: CLOCK });
    await verify(server.url('large'), log);
    await settle(client);
    return opened;
  });
  await onDatabase(server.url('postgres'), log, (_, client) =>
    client.query('CREATE DATABASE small TEMPLATE large'),
  );
  const startedAt = performance.now();
  await onDatabase(server.url('large'), log, async (db, client) => {
    await fillMonth(db, growing, { from: SMALL, to: LARGE, aMonth: SMALL });
    await sweepLedger({ db, clock: CLOCK });
    await settle(client);
  });
  const tookS = (performance.now() - startedAt) / 1_000;
  const rounds = await onDatabase(server.url('small'), log, (db, client) =>
    onDatabase(server.url('large'), log, (largeDb, largeClient) =>
      measureInTurns(
        { db, client, growing, next: LARGE },
        { db: largeDb, client: largeClient, growing, next: LARGE },
      ),
    ),
  );
  const note = `growth: ${LARGE.toLocaleString('en-US')} records posted by the ledger's own functions, ${((LARGE - SMALL) / tookS).toFixed(0)}/s`;
  return { lines: toLines(rounds), note };
}

async function onDatabase<T>(
  url: string,
  log: Logger,
  work: (db: Db, client: pg.Client) => Promise<T>,
): Promise<T> {
  const db = await openDb({ url, poolSize: 8, log });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(db, client);
  } finally {
    await client.end();
    await db.$disconnect();
  }
}

async function verify(url: string, log: Logger): Promise<void> {
  const { findings } = await verifyDatabase({ url, log }, { onFinding: () => undefined });
  if (findings > 0) throw new Error(`verify finds ${findings} faults in the books that were filled`);
}

async function measureInTurns(small: Moment, large: Moment): Promise<{ small: Figures; large: Figures }[]> {
  await measure(small);
  await measure(large);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({ small: await measure(small), large: await measure(large) });
  return rounds;
}

async function measure(moment: Moment): Promise<Figures> {
  const { db, growing } = moment;
  const { company, walletId } = growing;
  const { companyId } = company;
  const { timeZone } = company.ana.company;
  await sweepLedger({ db, clock: CLOCK });
  const balanceMs = await medianMs(60, () => readBalance(db, companyId, POSTED_AT));
  return {
    balance: 1_000 / balanceMs,
    pageMs: await medianMs(30, () => readStatement(db, { companyId, walletId })),
    totalMs: await medianMs(10, () => usageTotals(db, { companyId, ...MONTH, by: ['category'] })),
    usageMs: await medianMs(5, () => readBreakdown(db, company.ana, { ...MONTH, timeZone }, POSTED_AT)),
    whyMs: await medianMs(5, () => explainByDay(db, { companyId, walletId, ...POSTED, timeZone })),
    post: (1_000 * BATCH) / (await medianMs(3, () => postBatch(moment))),
  };
}

/** A batch as it comes in: usage of the last minutes. */
async function postBatch(moment: Moment): Promise<void> {
  const { companyId } = moment.growing.company;
  const records = Array.from({ length: BATCH }, (_, i) => ({
    ...recordOf(moment.growing, moment.next + i, SMALL),
    usageAt: new Date(POSTED_AT.getTime() - i * 100),
  }));
  moment.next += BATCH;
  await postUsage(moment.db, { numberKey, companyId, at: POSTED_AT, records });
}

async function medianMs(times: number, work: () => Promise<unknown>): Promise<number> {
  const tookMs: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const startedAt = performance.now();
    await work();
    tookMs.push(performance.now() - startedAt);
  }
  return median(tookMs);
}

function toLines(rounds: readonly { small: Figures; large: Figures }[]): Line[] {
  const line = (id: string, name: keyof Figures, target: string, unit: string): Line => {
    const at = (moment: 'small' | 'large') => median(rounds.map((round) => round[moment][name])).toFixed(1);
    return {
      id,
      ratio: median(rounds.map(({ small, large }) => large[name] / small[name])),
      target,
      absolute: `${at('large')}${unit} against ${at('small')}${unit}`,
    };
  };
  return [
    line('growPost', 'post', '>= 0.65', '/s'),
    line('growBalance', 'balance', '>= 0.9', '/s'),
    line('growPage', 'pageMs', '<= 2', ' ms'),
    line('growTotal', 'totalMs', '<= 1.5', ' ms'),
    line('usageFirst', 'usageMs', '<= 2', ' ms'),
    line('whyFirst', 'whyMs', '<= 2', ' ms'),
  ];
}
