import type pg from 'pg';
import { type Db, Prisma } from '../../../src/db/index.ts';
import { type NewUsage, placeHold, postUsage, settleHold } from '../../../src/ledger/index.ts';
import { toUsages } from '../../../src/ledger/usage-columns.ts';
import { dollars } from '../../../src/money.ts';
import { type Books, MAIN, november } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';
import { createUsagePoster } from '../../support/usage-poster.ts';
import { median } from '../figures.ts';
import { postNaively } from './naive.ts';

const BATCH = 1_000;
/** Of each, in turns: both take milliseconds, so a single slow moment of the machine would decide among few. */
const BATCHES = 11;
/** Calls by one caller in a round, and how many of them follow one another. */
const [LONE_CALLS, A_TURN] = [200, 50];
const IN_FLIGHT = 64;
const AT = november(14);
const FRESH_MS = 600_000;

/** Usage as it comes in: of ten minutes ago. */
const newUsage = (books: Books): NewUsage =>
  books.usage({ cost: '0.01', usageAt: new Date(AT.getTime() - FRESH_MS) });

export interface Stage {
  db: Db;
  client: pg.Client;
  books: Books;
  naive: { companyId: bigint; walletId: bigint };
  /** A folder that the server can write into, for COPY. */
  folder: string;
}

/** Records a second of one round; `P99` figures are milliseconds. */
export type Figures = Record<
  | 'naive'
  | 'bare'
  | 'single'
  | 'batch'
  | 'copy'
  | 'hold'
  | 'group'
  | 'groupP99Ms'
  | 'naive64'
  | 'naive64P99Ms',
  number
>;

/**
 * Has every connection of the pool make its plans, as those of an app that has been running for a minute have: they cost a
 * connection as much as ten of the calls that are measured, once.
 */
export async function warmUp({ db, books, naive }: Stage, poolSize: number): Promise<void> {
  const everywhere = (work: () => Promise<unknown>) => Promise.all(Array.from({ length: poolSize }, work));
  for (let i = 0; i < 3; i += 1) {
    const usage = () => newUsage(books);
    await everywhere(() =>
      postUsage(db, { numberKey, companyId: books.companyId, at: AT, records: [usage()] }),
    );
    await everywhere(() => holdAndSettle({ db, books }, usage()));
    await everywhere(() => postNaively(db, naive, usage()));
  }
}

/** Every measure once, one after another, so that a slow moment of the machine falls on all of them alike. */
export async function measureRound(stage: Stage): Promise<Figures> {
  const { db, books, naive } = stage;
  const usage = () => newUsage(books);
  const post = (records: NewUsage[]) =>
    postUsage(db, { numberKey, companyId: books.companyId, at: AT, records });
  const calls = await ratesInTurns({
    naive: () => postNaively(db, naive, usage()),
    bare: () => callBarely(stage, usage()),
    single: async () => void (await post([usage()])),
    hold: () => holdAndSettle(stage, usage()),
  });
  const batchMs: number[] = [];
  const copyMs: number[] = [];
  for (let i = 0; i < BATCHES; i += 1) {
    const records = Array.from({ length: BATCH }, usage);
    batchMs.push(await takes(async () => void (await post(records))));
    copyMs.push(await copyBatch(stage));
  }
  const poster = createUsagePoster(db, AT);
  const group = await inFlight(IN_FLIGHT * 40, async () => void (await poster(books.companyId, usage())));
  const naively = await inFlight(IN_FLIGHT * 4, () => postNaively(db, naive, usage()));
  return {
    ...calls,
    batch: (BATCH * 1_000) / median(batchMs),
    copy: (BATCH * 1_000) / median(copyMs),
    group: group.rate,
    groupP99Ms: group.p99Ms,
    naive64: naively.rate,
    naive64P99Ms: naively.p99Ms,
  };
}

async function takes(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Calls a second of each, one caller at a time: a few of one, then a few of the next, so that none has a better moment. */
async function ratesInTurns<Name extends string>(
  works: Record<Name, () => Promise<void>>,
): Promise<Record<Name, number>> {
  const entries = Object.entries<() => Promise<void>>(works);
  const tookMs = new Map<string, number>();
  for (let turn = 0; turn < LONE_CALLS / A_TURN; turn += 1) {
    for (const [name, work] of entries) {
      const ms = await takes(async () => {
        for (let i = 0; i < A_TURN; i += 1) await work();
      });
      tookMs.set(name, (tookMs.get(name) ?? 0) + ms);
    }
  }
  return Object.fromEntries(
    entries.map(([name]) => [name, (LONE_CALLS * 1_000) / (tookMs.get(name) ?? 0)]),
  ) as Record<Name, number>;
}

async function inFlight(times: number, work: () => Promise<void>): Promise<{ rate: number; p99Ms: number }> {
  const tookMs: number[] = [];
  let left = times;
  const startedAt = performance.now();
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const sentAt = performance.now();
      await work();
      tookMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  const perSecond = (times * 1000) / (performance.now() - startedAt);
  tookMs.sort((a, b) => a - b);
  return { rate: perSecond, p99Ms: tookMs[Math.floor(tookMs.length * 0.99)] ?? 0 };
}

/** One call of the ledger's function by the driver itself. */
async function callBarely({ client, books }: Stage, usage: NewUsage): Promise<void> {
  const { text, values } = Prisma.sql`
    SELECT ledger_post_usage(${books.companyId}, ${AT}, false, true, ${toUsages([usage], numberKey)}::ledger_usages) AS answer`;
  await client.query({ name: 'post-usage', text, values });
}

async function holdAndSettle({ db, books }: Pick<Stage, 'db' | 'books'>, usage: NewUsage): Promise<void> {
  const { companyId } = books;
  const key = usage.externalId;
  const amount = dollars('0.02');
  await placeHold(db, {
    companyId,
    key,
    officeId: MAIN,
    class: 'calls',
    amount,
    expiresAt: november(15),
    at: AT,
  });
  await settleHold(db, { numberKey, companyId, key, usage, at: AT });
}

/**
 * How long the rows of the batch that was just posted take by COPY, in one transaction and one message, into tables of
 * the same shape with the same constraints and indexes. They come in the order in which the ledger wrote them, and from
 * a file that the server reads: nothing has to be brought to it.
 */
async function copyBatch({ client, books, folder }: Stage): Promise<number> {
  const entries = `'${folder}/entries'`;
  const usages = `'${folder}/usages'`;
  await client.query(`CREATE TEMP TABLE newest AS SELECT * FROM entry WHERE company_id = ${books.companyId}
    ORDER BY wallet_id, seq DESC LIMIT ${BATCH}`);
  const counts = [
    await client.query(`COPY (SELECT * FROM newest ORDER BY seq) TO ${entries}`),
    await client.query(`COPY (SELECT u.* FROM newest AS n JOIN usage_record AS u
      ON u.company_id = n.company_id AND u.source = n.source AND u.external_id = n.reference ORDER BY n.seq) TO ${usages}`),
  ].map(({ rowCount }) => rowCount);
  if (counts.some((count) => count !== BATCH)) throw new Error(`${counts} rows to copy instead of ${BATCH}`);
  await client.query('DROP TABLE newest');
  return takes(
    async () =>
      void (await client.query(`COPY entry_copy FROM ${entries}; COPY usage_record_copy FROM ${usages}`)),
  );
}
