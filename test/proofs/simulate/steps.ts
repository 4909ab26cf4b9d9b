import {
  applyRecharge,
  buyBundle,
  cancelSubscription,
  confirmPurchase,
  decideApproval,
  keepSubscription,
  openDraft,
  openRechargeDraft,
  raiseCap,
  readOrder,
  readSubscriptions,
  resolveOrder,
  resumeSubscription,
  retryPurchase,
  reviewBundle,
  reviewPurchase,
  reviewRecharge,
  switchBundle,
  verifyPayment,
} from '../../../src/billing/index.ts';
import type { WantedLine } from '../../../src/billing/orders/order-lines.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { RefillError } from '../../../src/errors.ts';
import { type NewUsage, postUsage, readBalance } from '../../../src/ledger/index.ts';
import { dollars, type Money } from '../../../src/money.ts';
import { numberKey } from '../../support/number-key.ts';
import { addCard, answer, claim, clear, closeDisputes, dispute, refund, replaceCard } from './card-steps.ts';
import { checkStep } from './checks.ts';
import { raceForms } from './form-steps.ts';
import { hearOf, isLost, sweepAll, takeJobs, type World, workJob } from './world.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const SURFACE = { viewId: 'V1' };

type Step = (world: World) => Promise<unknown>;

/** Waiting jobs, some of them not yet, some in another order; what died is run again. */
async function work(world: World): Promise<void> {
  const jobs = [...world.again.splice(0), ...(await takeJobs(world))];
  for (const job of jobs) {
    if (!world.isCalm && world.chance.oneIn(6)) {
      world.again.push(job);
      continue;
    }
    await workJob(world, job);
    await checkStep(world);
    if (!world.isCalm && world.chance.oneIn(8)) world.again.push(job);
  }
}

async function buy(world: World): Promise<void> {
  const person = world.chance.pick([world.company.ana, world.company.li]);
  const { token } = await openDraft(world.deps, person, SURFACE);
  const amount = dollars(world.chance.pick(['20', '50', '100']));
  const shown = await reviewPurchase(world.deps, person, token, linesOf(world, amount));
  world.windows.push({ person, shown });
  await confirmPurchase(world.deps, person, shown, SURFACE);
}

/** For one office, or for all of them at once where each has its own balance. */
function linesOf({ company, walletIds, chance }: World, amount: Money): WantedLine[] {
  if (walletIds.length === 1) return [{ scope: { kind: 'company' }, amount }];
  const officeIds = chance.oneIn(2) ? company.officeIds : [chance.pick(company.officeIds)];
  return officeIds.map((officeId, n) => ({
    scope: { kind: 'office', officeId },
    amount: n === 0 ? amount : dollars('17.01'),
  }));
}

/** A click on a window that may be old, whatever became of its purchase. */
async function confirmOld(world: World): Promise<void> {
  const window = pickWindow(world);
  if (window !== undefined) await confirmPurchase(world.deps, window.person, window.shown, SURFACE);
}

/** "Try again", in a window that was drawn just now. */
async function retry(world: World): Promise<void> {
  const window = pickWindow(world);
  if (window === undefined) return;
  const { person, shown } = window;
  const drawn = await readOrder(world.deps, person, shown.token);
  await retryPurchase(world.deps, person, drawn, SURFACE);
}

const pickWindow = ({ windows, chance }: World): World['windows'][number] | undefined =>
  windows[chance.between(0, windows.length - 1)];

async function setRecharge(world: World): Promise<void> {
  const { deps, chance, company } = world;
  const { token } = await openRechargeDraft(deps, company.ana, chance.pick(world.walletIds));
  const review = await reviewRecharge(deps, company.ana, token, {
    isOn: !chance.oneIn(5),
    threshold: dollars(chance.pick(['5', '10'])),
    amount: dollars(chance.pick(['20', '40'])),
    cap: dollars(chance.pick(['40', '60', '100'])),
  });
  await applyRecharge(deps, company.ana, review);
}

async function useCredits(world: World): Promise<void> {
  const { chance, company } = world;
  const cost = dollars(chance.pick(['4.25', '11', '37.5']));
  await use(world, chance.pick(company.officeIds), cost);
}

/** One call or conversation of an office, at this cost. */
async function use(world: World, officeId: bigint, cost: Money): Promise<void> {
  const { chance, clock, company } = world;
  world.usages += 1;
  const record: NewUsage = {
    source: 'sim',
    externalId: `u${world.usages}`,
    officeId,
    departmentId: null,
    memberId: null,
    ...chance.pick([
      { class: 'calls', category: 'international' },
      { class: 'calls', category: 'international' },
      { class: 'ai', category: 'ai_conversation' },
    ] as const),
    direction: 'outbound',
    externalNumber: '+442079460000',
    internalNumber: null,
    usageAt: clock.now(),
    durationMs: 60_000,
    billedSeconds: 60,
    quantity: 1,
    cost,
    price: null,
  };
  await inTransaction(world.db, (tx) =>
    postUsage(tx, { numberKey, companyId: company.companyId, at: clock.now(), records: [record] }),
  );
}

/** A busy hour: everything that is left is used, again and again, so that auto-recharge comes up against its limits. */
async function useUp(world: World): Promise<void> {
  const { clock, company } = world;
  for (let round = 0; round < 4; round += 1) {
    const { wallets } = await readBalance(world.db, company.companyId, clock.now());
    const shared = wallets.find(({ officeId }) => officeId === null);
    for (const officeId of company.officeIds) {
      const left = (wallets.find((wallet) => wallet.officeId === officeId) ?? shared)?.general;
      if (left?.greaterThan('1')) await use(world, officeId, left.minus('1'));
    }
    await sweepAll(world);
    await work(world);
    clock.advance(11 * MINUTE);
  }
}

/** A webhook about a payment of before, wanted or not: a hint to look at its order. */
async function webhook(world: World): Promise<void> {
  const charge = world.processor.charges.at(-world.chance.between(1, 3));
  const [companyId = '', orderId = ''] = charge?.order.split('/') ?? [];
  if (charge !== undefined) await workJob(world, { name: 'advance-order', payload: { companyId, orderId } });
}

async function answerBank(world: World): Promise<void> {
  const intent = world.processor.waiting()[0];
  if (intent === undefined) return;
  world.processor.resolve(intent, !world.chance.oneIn(3));
  if (world.chance.oneIn(2)) await hearOf(world, intent);
}

/** The operator ends a payment that nobody confirms as unpaid, whatever the bank says of it later. */
async function resolve(world: World): Promise<void> {
  const { db, deps, company } = world;
  const state = { in: ['unknown', 'stuck'] };
  const order = await db.purchaseOrder.findFirst({ where: { companyId: company.companyId, state } });
  if (order === null) return;
  try {
    await resolveOrder(deps, order, { isPaid: false, reason: 'the simulation', isForced: true });
  } catch (error) {
    if (!isLost(error)) throw error;
  }
}

/** Somebody answers a question for a second admin's word: whoever asked may try, too. */
async function decide(world: World): Promise<void> {
  const { db, deps, chance, company } = world;
  const open = await db.approval.findFirst({
    where: { companyId: company.companyId, state: 'open' },
    orderBy: { id: 'asc' },
  });
  if (open === null) return;
  const person = chance.pick([company.ana, company.li]);
  await decideApproval(deps, person, open.token, chance.pick(['approved', 'approved', 'declined']));
}

/** Buys a bundle, now and then with the window of an earlier one. */
async function buyABundle(world: World): Promise<void> {
  const { deps, chance, company, bundleWindows } = world;
  const scope =
    world.walletIds.length === 1
      ? ({ kind: 'company' } as const)
      : ({ kind: 'office', officeId: company.officeIds[0] } as const);
  const old = chance.oneIn(3) ? bundleWindows.at(-1) : undefined;
  if (old !== undefined) return void (await buyBundle(deps, company.ana, old));
  const choice = { bundleId: chance.pick(world.bundleIds), scope };
  const { mark } = await reviewBundle(deps, company.ana, choice);
  const window = { ...choice, mark, token: `${company.teamId}-${bundleWindows.length}` };
  bundleWindows.push(window);
  await buyBundle(deps, company.ana, window);
}

async function changeBundle(world: World): Promise<void> {
  const { deps, chance, company } = world;
  const bought = world.bundleWindows.at(-1);
  if (bought === undefined) return;
  const { token } = bought;
  await chance.pick([
    () => cancelSubscription(deps, company.ana, token),
    () => keepSubscription(deps, company.ana, token),
    () => restart(world, token),
    () => switchBundle(deps, company.ana, token, chance.pick(world.bundleIds)),
  ] as const)();
}

/** Starts a paused bundle again, now and then from a list that was drawn before something else happened. */
async function restart(world: World, token: string): Promise<void> {
  const shown = (await readSubscriptions(world.db, world.company.ana)).find((one) => one.token === token);
  if (shown === undefined) return;
  if (world.chance.oneIn(3)) await world.meanwhile();
  await resumeSubscription(world.deps, world.company.ana, { token, mark: shown.restartMark });
}

async function wait(world: World): Promise<void> {
  world.clock.advance(
    world.chance.pick([MINUTE, 11 * MINUTE, 11 * MINUTE, 65 * MINUTE, 25 * 60 * MINUTE, 9 * DAY, 31 * DAY]),
  );
}

/** Somebody verifies a payment that its bank wants verified; whoever may not is refused. */
async function verify({ deps, db, chance, company }: World): Promise<void> {
  const { companyId } = company;
  const order = await db.purchaseOrder.findFirst({
    where: { companyId, verifyUntil: { not: null } },
    orderBy: { id: 'asc' },
  });
  if (order !== null) await verifyPayment(deps, chance.pick([company.ana, company.li]), order.token);
}

const STEPS: Record<string, { step: Step; weight: number }> = {
  work: { step: work, weight: 9 },
  sweep: { step: sweepAll, weight: 3 },
  use: { step: useCredits, weight: 6 },
  'use up': { step: useUp, weight: 1 },
  buy: { step: buy, weight: 3 },
  'confirm again': { step: confirmOld, weight: 1 },
  'race forms': { step: raceForms, weight: 2 },
  retry: { step: retry, weight: 2 },
  'set recharge': { step: setRecharge, weight: 2 },
  'raise cap': {
    step: (world) =>
      raiseCap(
        world.deps,
        world.company.ana,
        world.chance.pick(world.walletIds),
        dollars(world.chance.pick(['100', '120', '140'])),
      ),
    weight: 1,
  },
  decide: { step: decide, weight: 2 },
  'buy bundle': { step: buyABundle, weight: 1 },
  'change bundle': { step: changeBundle, weight: 1 },
  'new card': { step: replaceCard, weight: 1 },
  'add card': { step: addCard, weight: 2 },
  'claim card': { step: claim, weight: 1 },
  'answer check': { step: answer, weight: 1 },
  'verify payment': { step: verify, weight: 2 },
  dispute: { step: dispute, weight: 3 },
  refund: { step: refund, weight: 6 },
  'resolve order': { step: resolve, weight: 4 },
  'clear disputes': { step: clear, weight: 1 },
  'close disputes': { step: closeDisputes, weight: 0 },
  webhook: { step: webhook, weight: 2 },
  bank: { step: answerBank, weight: 1 },
  wait: { step: wait, weight: 4 },
};

/** What may happen while somebody else's call is under way. */
const MEANWHILE = [
  'use',
  'sweep',
  'confirm again',
  'retry',
  'set recharge',
  'webhook',
  'buy',
  'decide',
  'buy bundle',
  'change bundle',
  'new card',
  'claim card',
  'answer check',
  'verify payment',
  'dispute',
  'refund',
  'bank',
] as const;

/** Takes one step; what the app refuses in words is a step, too. */
export async function takeStep(world: World, name: string): Promise<void> {
  world.steps.push(`${'  '.repeat(world.depth)}${name} at ${world.clock.now().toISOString()}`);
  try {
    await STEPS[name]?.step(world);
  } catch (error) {
    if (!(error instanceof RefillError) || error.code === 'database-unavailable') throw error;
    world.steps.push(`${'  '.repeat(world.depth + 1)}refused: ${error.code}`);
  }
  await checkStep(world);
}

/** The next step, by the weights. */
export function chooseStep({ chance }: World): string {
  const total = Object.values(STEPS).reduce((sum, { weight }) => sum + weight, 0);
  let left = chance.next() * total;
  for (const [name, { weight }] of Object.entries(STEPS)) {
    left -= weight;
    if (left < 0) return name;
  }
  return 'work';
}

/** Lets others act while a call of a job is under way. */
export async function actMeanwhile(world: World): Promise<void> {
  if (world.isCalm || world.depth > 0 || !world.chance.oneIn(6)) return;
  await checkStep(world);
  world.depth += 1;
  try {
    await takeStep(world, world.chance.pick(MEANWHILE));
  } finally {
    world.depth -= 1;
  }
}
