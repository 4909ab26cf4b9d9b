import { GatewayUnknownError } from '../../../src/billing/gateway.ts';
import {
  addRecurring,
  advanceCheck,
  advanceOrder,
  type BillingDeps,
  type buyBundle,
  checkRecharge,
  collectCard,
  decideRecharge,
  followDispute,
  followRefund,
  type Shown,
  setOperatorApprovalLimit,
  sweepApprovals,
  sweepBundleUse,
  sweepChecks,
  sweepDisputes,
  sweepInvoices,
  sweepLowWallets,
  sweepOrders,
  sweepRefunds,
  sweepRetries,
  sweepSubscriptions,
} from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import type { Db } from '../../../src/db/index.ts';
import { readBalance, sweepLedger } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import {
  deliverNotice,
  NoticeDeliveryError,
  sweepNotices,
  watchBalance,
} from '../../../src/notices/index.ts';
import { findPerson, type Person } from '../../../src/org/index.ts';
import type { JobHandlers, JobPayload } from '../../../src/queue/index.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';
import { testSecrets } from '../../support/secrets.ts';
import { type Chance, chanceOf } from './chance.ts';
import { type Fate, ProcessDied, type SimProcessor, simProcessor } from './processor.ts';
import type { Breakage } from './sabotages.ts';

const START = Date.parse('2026-11-02T10:00:00Z');
const log = createLogger('silent');

type SimHandlers = Pick<
  JobHandlers,
  'advance-order' | 'advance-card-check' | 'watch-balance' | 'recharge-if-low' | 'deliver-notice'
>;

export interface Job {
  name: string;
  payload: Record<string, string>;
}

/** One seed's company, its clock, its processor, and what is under way. */
export interface World {
  seed: number;
  chance: Chance;
  db: Db;
  deps: BillingDeps;
  /** For forms that race each other. */
  formDeps: BillingDeps;
  clock: MovableClock;
  company: TestCompany;
  /** The balances that recharges look after: the pool's, or each office's. */
  walletIds: [bigint, ...bigint[]];
  isInvoiced: boolean;
  /** The bundles on sale. */
  bundleIds: [bigint, ...bigint[]];
  processor: SimProcessor;
  handlers: SimHandlers;
  /** Jobs whose process died, or that run a second time. */
  again: Job[];
  /** Reviews of purchases that somebody has a window of. */
  windows: { person: Person; shown: Shown }[];
  /** Windows in which somebody bought a bundle. */
  bundleWindows: Parameters<typeof buyBundle>[2][];
  steps: string[];
  /** From here on nothing fails, so that everything can settle. */
  isCalm: boolean;
  /** Usage records made so far; each has its number for an id. */
  usages: number;
  /** Steps within steps: what happens while a call is under way. */
  depth: number;
  meanwhile: () => Promise<void>;
  /** By notice: messages posted, and answers of Slack that were lost. */
  posts: Map<string, { posted: number; unsure: number }>;
  /** What was looked at before: recharges by id, and how many of the processor's confirmations. */
  seen: { recharges: Set<number>; confirmations: number };
  /** What was found broken, in words. */
  breaks: string[];
}

/**
 * Founds a company with a card and an empty balance. What kind of company it is, the seed says: whether its offices
 * share, whether it pays by invoice, when its billing day is, whether large purchases need a second admin, and whether
 * it gets credits every period. `sabotage` breaks one thing.
 */
export async function foundWorld(
  db: Db,
  { seed, bundleIds, sabotage }: Pick<World, 'seed' | 'bundleIds'> & { sabotage: Breakage | undefined },
): Promise<World> {
  const chance = chanceOf(seed);
  const clock = new MovableClock(START, () => 0);
  const isInvoiced = chance.oneIn(5);
  const company = await testCompany(db, {
    pooled: !chance.oneIn(3),
    billingMethod: isInvoiced ? 'invoice' : 'card',
    billingDay: chance.pick([1, 15, 31]),
    limits: { min: dollars('5'), max: dollars('1000'), perDay: dollars('2000'), exposure: dollars('500') },
  });
  const { companyId } = company;
  const processor = simProcessor({
    verdict: () =>
      world.isCalm || chance.next() < 0.6
        ? 'approve'
        : chance.pick(['decline', 'never', 'ask', 'ask', 'settle-late'] as const),
    fate: (): Fate =>
      world.isCalm || chance.next() < 0.65
        ? 'answered'
        : chance.pick(['lost-before', 'lost-after', 'died-before', 'died-after'] as const),
    meanwhile: () => world.meanwhile(),
    now: () => clock.now(),
  });
  const gateway = sabotage?.gateway?.(processor.gateway) ?? processor.gateway;
  const deps: BillingDeps = {
    db,
    clock,
    log,
    gateway,
    secrets: testSecrets,
    publicUrl: 'http://127.0.0.1:1',
  };
  const world: World = {
    seed,
    chance,
    db,
    deps,
    formDeps: { ...deps, db: sabotage?.forms?.(db) ?? db },
    clock,
    company,
    walletIds: [0n],
    isInvoiced,
    bundleIds,
    processor,
    handlers: handlersOf(deps, () => world),
    again: [],
    windows: [],
    bundleWindows: [],
    steps: [],
    usages: 0,
    isCalm: true,
    depth: 0,
    meanwhile: async () => undefined,
    posts: new Map(),
    seen: { recharges: new Set(), confirmations: 0 },
    breaks: [],
  };
  Object.assign(world.handlers, sabotage?.jobs?.(deps));
  await putCardOnFile({ ...deps, gateway: processor.gateway }, companyId);
  const { pooled, wallets } = await readBalance(db, companyId, clock.now());
  const [first, ...others] = wallets.filter(({ officeId }) => (officeId === null) === pooled);
  world.walletIds = [first?.walletId ?? 0n, ...others.map(({ walletId }) => walletId)];
  const at = clock.now();
  if (chance.oneIn(3)) await setOperatorApprovalLimit(db, { companyId, limit: dollars('60'), at });
  for (const name of ['ana', 'li'] as const)
    company[name] = (await findPerson(db, company[name])) ?? company[name];
  if (chance.oneIn(4))
    await addRecurring({ db, clock }, { companyId, amount: dollars('10'), isCharged: chance.oneIn(2) });
  world.isCalm = false;
  return world;
}

function handlersOf(deps: BillingDeps, world: () => World): SimHandlers {
  const { db, clock } = deps;
  return {
    'advance-order': (payload) => advanceOrder(deps, payload),
    'advance-card-check': (payload) => advanceCheck(deps, payload),
    'watch-balance': (payload) => watchBalance({ db, clock, checkRecharge }, payload),
    'recharge-if-low': (payload) => decideRecharge(deps, payload),
    'deliver-notice': (payload) =>
      deliverNotice(
        {
          db,
          clock,
          log,
          send: async ({ messageTs, channelId }) => ({
            ...send(world(), String(payload.noticeId), messageTs),
            channelId,
          }),
        },
        payload,
      ),
  };
}

/** Slack: mostly it posts; sometimes it is away, or its answer is lost, or whoever asked is gone. */
function send(world: World, notice: string, messageTs: string | null): { ts: string } {
  const fate =
    world.isCalm || world.chance.next() < 0.8
      ? 'answered'
      : world.chance.pick(['away', 'lost', 'died'] as const);
  if (fate === 'away') throw new NoticeDeliveryError('away', { permanent: false });
  const told = world.posts.get(notice) ?? { posted: 0, unsure: 0 };
  world.posts.set(notice, told);
  if (messageTs === null) {
    told.posted += 1;
    if (fate !== 'answered') told.unsure += 1;
  }
  if (fate === 'lost') throw new NoticeDeliveryError('no answer', { permanent: false });
  if (fate === 'died') throw new ProcessDied();
  return { ts: messageTs ?? `${notice}.${told.posted}` };
}

/** Takes every waiting job of this company out of the queue, in the order they were added. */
export async function takeJobs(world: World): Promise<Job[]> {
  const company = world.company.companyId.toString();
  const rows = await world.db.$queryRaw<{ id: bigint; name: string; payload: Record<string, string> }[]>`
    DELETE FROM graphile_worker._private_jobs AS job USING graphile_worker._private_tasks AS task
    WHERE task.id = job.task_id AND job.payload->>'companyId' = ${company}
    RETURNING job.id, task.identifier AS name, job.payload`;
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ name, payload }) => ({ name, payload }));
}

/** Works one job as the queue would, or takes a webhook; a process that dies in it leaves it to be run again. */
export async function workJob(world: World, job: Job): Promise<void> {
  try {
    if (job.name === 'dispute') await followDispute(world.deps, job.payload.id ?? '');
    else if (job.name === 'refund') await followRefund(world.deps, job.payload.id ?? '');
    else if (job.name === 'card-page') await collectCard(world.deps, { sessionId: job.payload.id ?? '' });
    else await handle(world, job);
  } catch (error) {
    // The queue runs again whatever failed, and the processor tells again.
    if (!isLost(error)) throw error;
    world.again.push(job);
  }
}

/** The processor's webhook about a payment: a hint to look at its order, however long ago that ended. */
export async function hearOf(world: World, intentId: string): Promise<void> {
  const attempt = await world.db.paymentAttempt.findUnique({ where: { intentId } });
  if (attempt === null) return;
  const { companyId, orderId } = attempt;
  const payload = { companyId: companyId.toString(), orderId: orderId.toString() };
  await workJob(world, { name: 'advance-order', payload });
}

/** Whether a call had no answer, or nobody is left to hear it. */
export function isLost(error: unknown): boolean {
  return error instanceof ProcessDied || error instanceof GatewayUnknownError;
}

async function handle(world: World, job: Job): Promise<void> {
  const ids = Object.fromEntries(
    Object.entries(job.payload).map(([key, value]) => [key, key === 'class' ? value : BigInt(value)]),
  );
  if (job.name === 'advance-order') await world.handlers['advance-order'](ids as JobPayload<'advance-order'>);
  if (job.name === 'advance-card-check')
    await world.handlers['advance-card-check'](ids as JobPayload<'advance-card-check'>);
  if (job.name === 'watch-balance') await world.handlers['watch-balance'](ids as JobPayload<'watch-balance'>);
  if (job.name === 'recharge-if-low')
    await world.handlers['recharge-if-low'](ids as JobPayload<'recharge-if-low'>);
  if (job.name === 'deliver-notice')
    await world.handlers['deliver-notice'](ids as JobPayload<'deliver-notice'>);
}

/** Every sweep that bears on credits and what is said of them. */
export async function sweepAll(world: World): Promise<void> {
  const { db, clock } = world;
  const deps = { db, clock };
  await sweepProcessor(world);
  await sweepOrders(deps);
  await sweepRetries(deps);
  await sweepChecks(deps);
  await sweepSubscriptions(deps);
  await sweepLedger(deps);
  await sweepInvoices(deps);
  await sweepApprovals(deps);
  await sweepBundleUse(deps);
  await sweepLowWallets(deps);
  await sweepNotices(deps);
}

/** What the processor gave back, whichever webhooks were lost. */
async function sweepProcessor({ deps }: World): Promise<void> {
  try {
    await sweepRefunds(deps);
    await sweepDisputes(deps);
  } catch (error) {
    if (!isLost(error)) throw error;
  }
}
