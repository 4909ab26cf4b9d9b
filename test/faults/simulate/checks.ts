import { dollars, fromMicros } from '../../../src/money.ts';
import type { World } from './world.ts';

/** The month of an instant where the company is. */
function monthOf(at: Date): string {
  return at.toLocaleDateString('en-CA', {
    timeZone: 'America/Los_Angeles',
    year: 'numeric',
    month: '2-digit',
  });
}

/** What must hold at every step: one open recharge, the cap, one live payment attempt an order, no double charge. */
export async function checkStep(world: World): Promise<void> {
  const { companyId } = world.company;
  const recharges = await world.db.purchaseOrder.findMany({
    where: { companyId, kind: 'recharge' },
    orderBy: { id: 'asc' },
  });
  const open = recharges.filter(
    ({ state, retryAt }) =>
      ['confirmed', 'charging', 'needs_action', 'unknown'].includes(state) || retryAt !== null,
  );
  if (open.length > 1) world.breaks.push(`${open.length} recharges are open at once`);
  for (const fired of recharges.filter(({ id }) => !world.seenRecharges.has(id))) {
    world.seenRecharges.add(fired.id);
    const setting = await world.db.rechargeSetting.findFirstOrThrow({ where: { companyId } });
    const month = monthOf(fired.createdAt);
    const counted = recharges.filter(
      (order) =>
        order.id <= fired.id &&
        (open.includes(order) ||
          (order.settledAt !== null &&
            [order.createdAt, order.settledAt].some((at) => monthOf(at) === month))),
    );
    const sum = counted.reduce((micros, order) => micros + (order.amountMicros ?? 0n), 0n);
    if (sum > setting.capMicros)
      world.breaks.push(
        `recharges of ${fromMicros(sum)} in ${month}, above the cap of ${fromMicros(setting.capMicros)}`,
      );
  }
  const live = await world.db.paymentAttempt.groupBy({
    by: ['orderId'],
    where: { companyId, state: { not: 'failed' } },
    _count: { number: true },
  });
  if (live.some(({ _count }) => _count.number > 1))
    world.breaks.push('an order has two live payment attempts');
  const charged = world.processor.charges.map(({ order }) => order);
  if (new Set(charged).size < charged.length) world.breaks.push('an order was charged twice');
}

/** What must hold once everything has settled: the processor, the ledger and the notices agree. */
export async function checkEnd(world: World): Promise<void> {
  const { companyId } = world.company;
  const grants = await world.db.$queryRaw<{ reference: string; amount: bigint }[]>`
    SELECT reference, amount_micros AS amount FROM credit_grant WHERE company_id = ${companyId}`;
  const charges = new Map(world.processor.charges.map(({ order, amount }) => [order, amount]));
  const credits = new Map(
    grants.map(({ reference, amount }) => [`${companyId}/${reference}`, fromMicros(amount)]),
  );
  for (const order of new Set([...charges.keys(), ...credits.keys()])) {
    const [charged, credited] = [charges.get(order) ?? dollars('0'), credits.get(order) ?? dollars('0')];
    if (!charged.equals(credited))
      world.breaks.push(`an order was charged ${charged} and credited ${credited}`);
  }
  if (credits.size < grants.length) world.breaks.push('an order was credited twice');
  const orders = await world.db.purchaseOrder.findMany({ where: { companyId } });
  const notices = await world.db.notice.findMany({ where: { companyId } });
  for (const order of orders) {
    if (['confirmed', 'charging', 'needs_action', 'unknown'].includes(order.state))
      world.breaks.push(`an order never came out of ${order.state}`);
    const key = `${order.kind === 'recharge' ? 'recharge' : 'receipt'}:${order.id}`;
    if (order.state === 'settled' && !notices.some(({ dedupeKey }) => dedupeKey === key))
      world.breaks.push('a settled order has no receipt');
  }
  for (const notice of notices) {
    if (notice.state !== 'sent') world.breaks.push(`a notice was never said: ${notice.kind}`);
    const told = world.posts.get(notice.id.toString());
    if ((told?.posted ?? 0) > 1 + (told?.unsure ?? 0))
      world.breaks.push(`a notice was said twice: ${notice.kind}`);
  }
}
