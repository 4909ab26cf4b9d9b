import type { GatewayRefund } from '../../../src/billing/gateway.ts';
import { toMicros } from '../../../src/money.ts';
import type { SimProcessor } from './processor.ts';
import type { World } from './world.ts';

/** Whether a payment came through late and was refunded whole by the app: it credited nothing. */
export function isLate({ refunded }: SimProcessor, intentId: string | null): boolean {
  return refunded.has(intentId ?? '');
}

/** The refunds that take credit: of orders' payments that were credited. */
export function ofOrders(processor: SimProcessor): GatewayRefund[] {
  const charged = new Set(processor.charges.map(({ intentId }) => intentId));
  return [...processor.refunds.values()].filter(
    ({ intentId }) => charged.has(intentId ?? '') && !isLate(processor, intentId),
  );
}

/**
 * Whatever went back to a card takes its share of what the payment credited, to the micro-dollar, and nothing else takes
 * anything: credited × (refunds that did not fail + disputes that were lost) / paid, and never more than was credited.
 */
export async function checkReversals(world: World): Promise<void> {
  const { db, company, processor, breaks } = world;
  const { companyId } = company;
  const rows = await db.$queryRaw<{ grantId: bigint; micros: bigint }[]>`
    SELECT reference::bigint AS "grantId", -sum(amount_micros)::bigint AS micros FROM entry
    WHERE company_id = ${companyId} AND type = 'reversal' AND source = 'reversal' GROUP BY reference`;
  const taken = new Map(rows.map(({ grantId, micros }) => [grantId, micros]));
  for (const { intentId, amount } of processor.charges) {
    if (isLate(processor, intentId)) continue;
    const { purchaseOrder: order } = await db.paymentAttempt.findUniqueOrThrow({
      where: { intentId },
      include: { purchaseOrder: { include: { orderLines: true } } },
    });
    const grants = await db.creditGrant.findMany({
      where: { companyId, id: { in: order.orderLines.map(({ grantId }) => grantId ?? 0n) } },
    });
    if (grants.length < order.orderLines.length) {
      breaks.push('a charged order has a line without credit');
      continue;
    }
    const credited = grants.reduce((sum, { amountMicros }) => sum + amountMicros, 0n);
    const claims = claimsOn(processor, intentId);
    const went = claims.reduce((sum, micros) => sum + micros, 0n);
    const paid = toMicros(amount);
    const expected = went >= paid ? credited : roundedShare(credited * went, paid);
    const found = grants.reduce((sum, { id }) => sum + (taken.get(id) ?? 0n), 0n);
    // Each share is rounded by itself; what completes a payment takes the rest.
    const rounding = went >= paid ? 0 : Math.max(0, claims.length - 1);
    if (Math.abs(Number(found - expected)) > rounding)
      breaks.push(
        `of ${credited} credited for ${paid}, of which ${went} went back, ${found} was taken (micro-dollars)`,
      );
    for (const { id } of grants) taken.delete(id);
  }
  if ([...taken.values()].some((micros) => micros !== 0n))
    breaks.push('credit was taken back of which nothing went back to a card');
}

/** What of a payment went back to its card, by refund and lost dispute. Micro-dollars. */
function claimsOn({ refunds, disputes }: SimProcessor, of: string): bigint[] {
  return [
    ...[...refunds.values()].filter(({ intentId, state }) => intentId === of && state !== 'failed'),
    ...[...disputes.values()].filter(({ intentId, state }) => intentId === of && state === 'lost'),
  ].map(({ amount }) => toMicros(amount));
}

/** Half up. */
const roundedShare = (product: bigint, paid: bigint): bigint => (2n * product + paid) / (2n * paid);
