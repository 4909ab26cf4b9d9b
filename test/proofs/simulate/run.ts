import { addBundle, causeChecks } from '../../../src/billing/index.ts';
import { type Db, inTransaction, openDb } from '../../../src/db/index.ts';
import { setWatch, verifyLedger } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { checkEnd, checkInvoiceNumbers } from './checks.ts';
import { isLate, ofOrders } from './reversal-checks.ts';
import { sabotages } from './sabotages.ts';
import { actMeanwhile, chooseStep, takeStep } from './steps.ts';
import { foundWorld, hearOf, type World } from './world.ts';

const STEPS_A_SEED = 20;
const LAST_STEPS = 25;
/** Settling takes this many rounds at most; what is open then never comes to rest. */
const ROUNDS = 80;
const TEN_MINUTES = 600_000;
const HOUR = 6 * TEN_MINUTES;
const DAY = 24 * HOUR;
/** From here on it goes by hours: what nobody verifies is given up after a day. */
const HOURLY_AFTER = 60;

export interface Failure {
  seed: number;
  breaks: string[];
  lastSteps: string[];
}

export interface SimulationReport {
  seeds: number;
  steps: number;
  charges: number;
  refunds: number;
  disputes: number;
  /** Payments that came through so late that they were refunded. */
  late: number;
  failures: Failure[];
  clean: boolean;
}

export interface SimulationOptions {
  /** Migrated databases; each has a lane of seeds of its own. */
  urls: readonly string[];
  seeds: number;
  firstSeed: number;
  sabotage?: string | undefined;
  /** Ends at the first seed that breaks. */
  stopsEarly?: boolean;
  /** Begins no further seed after this time. */
  withinMs?: number;
  onSeed?: (failure: Failure | null) => void;
}

/** Runs the seeds, and holds every company's books against themselves at the end. */
export async function runSimulation(options: SimulationOptions): Promise<SimulationReport> {
  const until = performance.now() + (options.withinMs ?? Number.POSITIVE_INFINITY);
  const report: SimulationReport = {
    seeds: 0,
    steps: 0,
    charges: 0,
    refunds: 0,
    disputes: 0,
    late: 0,
    failures: [],
    clean: true,
  };
  const seeds = seedsOf(options, until);
  await Promise.all(options.urls.map((url) => runLane(url, seeds, options, report)));
  report.clean = report.failures.length === 0;
  return report;
}

function* seedsOf({ seeds, firstSeed }: SimulationOptions, until: number): Generator<number, void> {
  for (let seed = firstSeed; seed < firstSeed + seeds && performance.now() < until; seed += 1) yield seed;
}

async function runLane(
  url: string,
  seeds: Iterable<number>,
  options: SimulationOptions,
  report: SimulationReport,
): Promise<void> {
  const log = createLogger('silent');
  const db = await openDb({ url, poolSize: 2, log });
  const breakage = options.sabotage === undefined ? undefined : sabotages[options.sabotage];
  const seedOf = new Map<bigint, number>();
  try {
    await breakage?.prepare?.(db);
    const bundleIds = await sellBundles(db);
    for (const seed of seeds) {
      if (options.stopsEarly === true && report.failures.length > 0) break;
      const world = await runSeed(db, { seed, bundleIds, sabotage: breakage });
      seedOf.set(world.company.companyId, seed);
      report.seeds += 1;
      report.steps += world.steps.length;
      report.charges += world.processor.charges.length;
      report.refunds += ofOrders(world.processor).length;
      report.disputes += world.processor.disputes.size;
      report.late += world.processor.charges.filter(({ intentId }) =>
        isLate(world.processor, intentId),
      ).length;
      const breaks = [...new Set(world.breaks)];
      const failure =
        breaks.length === 0 ? null : { seed, breaks, lastSteps: world.steps.slice(-LAST_STEPS) };
      if (failure !== null) report.failures.push(failure);
      options.onSeed?.(failure);
    }
    for (const gap of await checkInvoiceNumbers(db))
      report.failures.push({ seed: -1, breaks: [gap], lastSteps: [] });
    await verifyLedger(db, {
      checks: causeChecks,
      onFinding: ({ companyId, check }) =>
        report.failures.push({
          seed: seedOf.get(companyId) ?? -1,
          breaks: [`the books: ${check}`],
          lastSteps: [],
        }),
    });
  } finally {
    await db.$disconnect();
  }
}

/** Two of a kind to switch between, and one that lasts a year. */
async function sellBundles(db: Db): Promise<World['bundleIds']> {
  const at = new Date(0);
  const sell = async (name: string, kind: 'calling' | 'ai', period: 'monthly' | 'annual', price: string) =>
    (await addBundle(db, { name, kind, period, credit: dollars('30'), price: dollars(price), at })).id;
  return [
    await sell('Calling 30', 'calling', 'monthly', '25'),
    await sell('Calling 30 plus', 'calling', 'monthly', '28'),
    await sell('AI 30', 'ai', 'monthly', '26'),
    await sell('Calling 30 a year', 'calling', 'annual', '20'),
  ];
}

/** One company's story: steps until something breaks, then quiet, then what must be true at the end. */
async function runSeed(db: Db, told: Parameters<typeof foundWorld>[1]): Promise<World> {
  const world = await foundWorld(db, told);
  world.meanwhile = () => actMeanwhile(world);
  try {
    await takeStep(world, 'set recharge');
    for (let step = 0; step < STEPS_A_SEED && world.breaks.length === 0; step += 1) {
      await takeStep(world, chooseStep(world));
    }
    if (world.breaks.length === 0) {
      await settle(world);
      await checkEnd(world);
    }
  } catch (error) {
    world.breaks.push(
      `a step failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
  await retire(world);
  return world;
}

/** Nothing fails any more and the bank says yes, until nothing is left to do. */
async function settle(world: World): Promise<void> {
  world.isCalm = true;
  await takeStep(world, 'close disputes');
  await takeStep(world, 'claim card');
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const intent of world.processor.waiting()) {
      world.processor.resolve(intent, true);
      await hearOf(world, intent);
    }
    await takeStep(world, 'sweep');
    await takeStep(world, 'work');
    await takeStep(world, 'answer check');
    await takeStep(world, 'verify payment');
    if (await isQuiet(world)) return;
    const stuck = await world.db.purchaseOrder.count({
      where: { companyId: world.company.companyId, state: 'stuck' },
    });
    // A stuck order is polled once a day.
    if (stuck > 0) world.clock.advance(DAY);
    else world.clock.advance(round < HOURLY_AFTER ? TEN_MINUTES : HOUR);
  }
}

async function isQuiet({ db, company, processor, again }: World): Promise<boolean> {
  const { companyId } = company;
  const open = await db.purchaseOrder.count({
    where: {
      companyId,
      OR: [
        { state: { in: ['confirmed', 'charging', 'needs_action', 'unknown', 'stuck'] } },
        { retryAt: { not: null } },
      ],
    },
  });
  const due = await db.subscriptionPeriod.count({ where: { companyId, state: 'due' } });
  const unrefunded = await db.cardCheck.count({
    where: {
      companyId,
      OR: [
        { state: { in: ['charging', 'needs_action'] } },
        { chargedAt: { not: null }, resolvedAt: { not: null }, refundedAt: null },
      ],
    },
  });
  const uncancelled = await db.paymentAttempt.count({ where: { companyId, cancelDueAt: { not: null } } });
  const failedChecks = await db.cardCheck.count({
    where: { companyId, state: 'failed', nextPollAt: { not: null } },
  });
  const untold = await db.notice.count({ where: { companyId, state: 'pending' } });
  const unrefundedLate = await db.paymentAttempt.count({
    where: { companyId, refundDueAt: { not: null } },
  });
  const followed = await db.refund.findMany({ where: { companyId } });
  const unfollowed = [...ofOrders(processor)].filter(
    ({ id, state }) => !followed.some((row) => row.processorId === id && row.state === state),
  ).length;
  const left =
    open +
    due +
    unrefunded +
    uncancelled +
    failedChecks +
    untold +
    unrefundedLate +
    unfollowed +
    again.length;
  return left === 0;
}

/** Leaves nothing for the sweeps of the next seed, whose clock is another. */
async function retire({ db, clock, company, walletIds }: World): Promise<void> {
  const { companyId } = company;
  const ended = { state: 'ended' as const, endedAt: clock.now() };
  await db.subscription.updateMany({ where: { companyId, state: { not: 'ended' } }, data: ended });
  await db.subscriptionPeriod.updateMany({ where: { companyId }, data: { retryAt: null } });
  await db.invoiceItem.updateMany({
    where: { companyId, invoiceId: null },
    data: { at: new Date('2999-01-01') },
  });
  await db.rechargeSetting.updateMany({ where: { companyId }, data: { isOn: false } });
  await db.purchaseOrder.updateMany({ where: { companyId }, data: { nextPollAt: null, retryAt: null } });
  await db.purchaseOrder.updateMany({ where: { companyId, state: 'draft' }, data: { state: 'abandoned' } });
  await db.paymentAttempt.updateMany({ where: { companyId }, data: { cancelDueAt: null } });
  await db.cardCheck.updateMany({ where: { companyId }, data: { nextPollAt: null } });
  await db.refund.updateMany({ where: { companyId }, data: { nextPollAt: null } });
  await db.dispute.updateMany({ where: { companyId }, data: { nextPollAt: null } });
  await db.processorSweep.deleteMany();
  // Also of companies before: their approvals and bundles go on ending by this one's clock, and nobody works their jobs.
  await db.notice.updateMany({ data: { nextAttemptAt: null } });
  for (const walletId of walletIds)
    await inTransaction(db, (tx) => setWatch(tx, { companyId, walletId, general: null }));
}
