import type { Db } from '../../../src/db/index.ts';
import { toMicros } from '../../../src/money.ts';
import { checkNothingLeftToPay, checkSessions } from './charge-checks.ts';
import { checkReversals, isLate } from './reversal-checks.ts';
import type { World } from './world.ts';

const MONTH = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Los_Angeles',
  year: 'numeric',
  month: '2-digit',
});

/** The month of an instant where the company is. */
function monthOf(at: string): string {
  return MONTH.format(new Date(at));
}

interface Now {
  recharges: Recharge[];
  /** Orders with more than one payment attempt that has not failed. */
  doubled: number;
  /** Orders that were confirmed while a dispute kept the company from it. */
  duringDispute: number;
  /** Recharges that wait at the bank by a try that nobody clicked for. */
  atBank: number;
  /** By office (0: all share one balance), the cap on recharges. */
  caps: Record<string, number>;
}

interface Recharge {
  id: number;
  wallet: number;
  micros: number;
  isOpen: boolean;
  createdAt: string;
  settledAt: string | null;
}

/** Everything that is looked at after each step, in one statement: it runs a hundred times a seed. */
async function readNow({ db, company }: World): Promise<Now> {
  const { companyId } = company;
  const [row] = await db.$queryRaw<{ now: Now }[]>`
    /* prepared: simulation-now */ SELECT json_build_object(
      'recharges', coalesce((SELECT json_agg(json_build_object('id', o.id, 'wallet', o.recharge_wallet_id, 'micros', o.amount_micros,
          'isOpen', o.state IN ('confirmed', 'charging', 'needs_action', 'unknown') OR o.retry_at IS NOT NULL,
          'createdAt', o.created_at, 'settledAt', o.settled_at) ORDER BY o.id)
        FROM purchase_order AS o WHERE o.company_id = ${companyId} AND o.kind = 'recharge'), '[]'),
      'doubled', (SELECT count(*) FROM (SELECT FROM payment_attempt AS a WHERE a.company_id = ${companyId} AND a.state <> 'failed'
        GROUP BY a.order_id HAVING count(*) > 1) AS d),
      'duringDispute', (SELECT count(*) FROM purchase_order AS o JOIN dispute AS d USING (company_id) WHERE o.company_id = ${companyId}
        AND o.confirmed_at > d.opened_at
        AND o.confirmed_at < least(CASE d.state WHEN 'won' THEN d.closed_at ELSE 'infinity' END, coalesce(d.cleared_at, 'infinity'))),
      'atBank', (SELECT count(*) FROM payment_attempt AS a JOIN purchase_order AS o ON o.company_id = a.company_id AND o.id = a.order_id
        WHERE a.company_id = ${companyId} AND o.kind = 'recharge' AND a.state = 'needs_action' AND o.verify_until IS NULL),
      'caps', coalesce((SELECT json_object_agg(r.wallet_id, r.cap_micros) FROM recharge_setting AS r WHERE r.company_id = ${companyId}), '{}')
    ) AS now`;
  return row?.now ?? { recharges: [], doubled: 0, duringDispute: 0, atBank: 0, caps: {} };
}

/** What must hold at every step: one open recharge a wallet, the cap, one live payment attempt an order, no double charge. */
export async function checkStep(world: World): Promise<void> {
  const { recharges, doubled, duringDispute, atBank, caps } = await readNow(world);
  const open = recharges.filter(({ isOpen }) => isOpen);
  if (new Set(open.map(({ wallet }) => wallet)).size < open.length)
    world.breaks.push(`${open.length} recharges are open at once`);
  for (const fired of recharges.filter(({ id }) => !world.seen.recharges.has(id))) {
    world.seen.recharges.add(fired.id);
    const firedIn = monthOf(fired.createdAt);
    const sum = recharges
      .filter(
        ({ id, wallet, isOpen, createdAt, settledAt }) =>
          id <= fired.id &&
          wallet === fired.wallet &&
          (isOpen || (settledAt !== null && [createdAt, settledAt].some((at) => monthOf(at) === firedIn))),
      )
      .reduce((micros, order) => micros + order.micros, 0);
    const cap = caps[fired.wallet] ?? 0;
    if (sum > cap)
      world.breaks.push(`recharges of ${sum} in ${firedIn}, above the cap of ${cap} (micro-dollars)`);
  }
  if (duringDispute > 0) world.breaks.push('an order was confirmed while a payment was disputed');
  if (doubled > 0) world.breaks.push('an order has two live payment attempts');
  await checkSessions(world);
  if (world.processor.triedAgain() > 0) world.breaks.push('a card was tried after its bank said never again');
  if (atBank > 0) world.breaks.push('a bank’s page was opened for a charge that nobody clicked for');
  const charged = world.processor.charges.map(({ order }) => order);
  if (new Set(charged).size < charged.length) world.breaks.push('an order was charged twice');
}

/** What must hold once everything has settled: the processor, the ledger and the notices agree. */
export async function checkEnd(world: World): Promise<void> {
  checkNothingLeftToPay(world);
  await checkCredits(world);
  await checkPeriods(world);
  await checkApprovals(world);
  await checkReversals(world);
  await checkCards(world);
  await checkInvoices(world);
  await checkNotices(world);
}

interface Grant {
  source: string;
  reference: string;
  micros: bigint;
}

function readGrants({ db, company }: World): Promise<Grant[]> {
  return db.$queryRaw<Grant[]>`
    SELECT source, reference, amount_micros AS micros FROM credit_grant
    WHERE company_id = ${company.companyId} AND source IN ('purchase', 'recharge', 'bundle', 'recurring')`;
}

/** What each order took: charged to the card and kept, or put on an invoice. */
async function readPaid({ db, company, processor }: World): Promise<Map<string, bigint>> {
  const { companyId } = company;
  const items = await db.invoiceItem.findMany({ where: { companyId } });
  return new Map([
    ...processor.charges
      .filter(({ intentId }) => !isLate(processor, intentId))
      .map(({ order, amount }) => [order.split('/')[1] ?? '', toMicros(amount)] as const),
    ...items.map(({ orderId, amountMicros }) => [orderId.toString(), amountMicros] as const),
  ]);
}

/** Of purchases and recharges: each line is credited once, and together they are what was paid. */
async function checkCredits(world: World): Promise<void> {
  const { db, company, breaks } = world;
  const grants = (await readGrants(world)).filter(
    ({ source }) => source === 'purchase' || source === 'recharge',
  );
  const paid = await readPaid(world);
  const orders = await db.purchaseOrder.findMany({
    where: { companyId: company.companyId },
    include: { orderLines: true },
  });
  for (const { id, kind, state, orderLines } of orders) {
    if (['confirmed', 'charging', 'needs_action', 'unknown', 'stuck'].includes(state))
      breaks.push(`an order never came out of ${state}`);
    if (kind !== 'purchase' && kind !== 'recharge') continue;
    const credits = grants.filter(({ reference }) => reference === `${id}`);
    const took = paid.get(`${id}`) ?? 0n;
    const gave = credits.reduce((sum, { micros }) => sum + micros, 0n);
    if (took !== gave) breaks.push(`an order took ${took} and credited ${gave} (micro-dollars)`);
    if (credits.length > orderLines.length) breaks.push('a line of an order was credited twice');
  }
}

/** Of bundles and recurring credits: each period once, and paid where it has a price. */
async function checkPeriods(world: World): Promise<void> {
  const { companyId } = world.company;
  const grants = (await readGrants(world)).filter(
    ({ source }) => source === 'bundle' || source === 'recurring',
  );
  const paid = await readPaid(world);
  const periods = await world.db.subscriptionPeriod.findMany({ where: { companyId } });
  for (const { subscriptionId, number, state, creditMicros, priceMicros, orderId } of periods) {
    const given = grants.filter(({ reference }) => reference === `${subscriptionId}:${number}`);
    const expected = state === 'credited' ? [creditMicros] : [];
    const price = state === 'credited' ? priceMicros : 0n;
    const took = paid.get(`${orderId}`) ?? 0n;
    if (given.map(({ micros }) => micros).join() !== expected.join())
      world.breaks.push(`a period that is ${state} was credited ${given.length} times`);
    if (took !== price)
      world.breaks.push(`a period that is ${state} took ${took}, not ${price} (micro-dollars)`);
  }
  if (grants.length > periods.length) world.breaks.push('credits of a period that nobody opened');
}

/** Nobody approves their own purchase, and nothing above the limit is paid without a yes. */
async function checkApprovals({ db, company, breaks }: World): Promise<void> {
  const { companyId } = company;
  const approvals = await db.approval.findMany({ where: { companyId }, include: { purchaseOrder: true } });
  for (const { state, askedBy, decidedBy, purchaseOrder } of approvals) {
    if (decidedBy === askedBy) breaks.push('somebody decided about their own purchase');
    if (state !== 'approved' && purchaseOrder?.state === 'settled')
      breaks.push(`a purchase was made whose approval is ${state}`);
  }
  const { operatorApprovalLimitMicros: limit } = await db.company.findUniqueOrThrow({
    where: { id: companyId },
  });
  if (limit === null) return;
  const unasked = await db.purchaseOrder.count({
    where: { companyId, kind: 'purchase', state: 'settled', amountMicros: { gt: limit }, approval: null },
  });
  if (unasked > 0) breaks.push('a purchase above the limit was made without a second admin');
}

/** A check is charged once and given back once it is over; only what was confirmed pays. */
async function checkCards({ db, company, processor, breaks }: World): Promise<void> {
  const where = { companyId: company.companyId };
  const checks = await db.cardCheck.findMany({ where, include: { card: true } });
  const charged = processor.checkCharges.map(({ intentId }) => intentId);
  if (new Set(charged).size < charged.length) breaks.push('a card was charged twice for its check');
  for (const { state, intentId, resolvedAt, card } of checks) {
    const wasCharged = charged.includes(intentId ?? '');
    const isBack = processor.refunded.has(intentId ?? '');
    if (isBack !== (wasCharged && resolvedAt !== null))
      breaks.push(`the charge of a check that is ${state} is ${isBack ? '' : 'not '}given back`);
    if (card.confirmedAt !== null && state !== 'confirmed')
      breaks.push(`a card is in use whose check is ${state}`);
  }
}

/** Every invoice is the sum of its items. */
async function checkInvoices({ db, company, breaks }: World): Promise<void> {
  const invoices = await db.invoice.findMany({
    where: { companyId: company.companyId },
    include: { items: true },
  });
  for (const { items, totalMicros } of invoices)
    if (items.reduce((sum, { amountMicros }) => sum + amountMicros, 0n) !== totalMicros)
      breaks.push('an invoice is not the sum of its items');
}

/** Invoices are numbered from 1 without a gap in each year, whichever companies they went to. */
export async function checkInvoiceNumbers(db: Db): Promise<string[]> {
  const years = await db.invoice.groupBy({ by: ['year'], _count: true, _max: { number: true } });
  return years
    .filter(({ _count, _max }) => _count !== _max.number)
    .map(({ year, _count, _max }) => `${_count} invoices in ${year}, numbered up to ${_max.number}`);
}

/** What was settled is told, and everything that is to be said is said once. */
async function checkNotices(world: World): Promise<void> {
  const { companyId } = world.company;
  const orders = await world.db.purchaseOrder.findMany({ where: { companyId, state: 'settled' } });
  const notices = await world.db.notice.findMany({ where: { companyId } });
  for (const { id, kind } of orders) {
    if (kind !== 'purchase' && kind !== 'recharge') continue;
    const key = `${kind === 'recharge' ? 'recharge' : 'receipt'}:${id}`;
    if (!notices.some(({ dedupeKey }) => dedupeKey === key))
      world.breaks.push('a settled order has no receipt');
  }
  for (const notice of notices) {
    if (notice.state !== 'sent') world.breaks.push(`a notice was never said: ${notice.kind}`);
    const told = world.posts.get(notice.id.toString());
    if ((told?.posted ?? 0) > 1 + (told?.unsure ?? 0))
      world.breaks.push(`a notice was said twice: ${notice.kind}`);
  }
}
