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
      include: { purchaseOrder: true },
    });
    const grant = await db.creditGrant.findFirst({ where: { companyId, id: order.grantId ?? 0n } });
    if (grant === null) {
      breaks.push('a charged order has no credit');
      continue;
    }
    const claims = claimsOn(processor, intentId);
    const went = claims.reduce((sum, micros) => sum + micros, 0n);
    const paid = toMicros(amount);
    const expected = went >= paid ? grant.amountMicros : roundedShare(grant.amountMicros * went, paid);
    const difference = (taken.get(grant.id) ?? 0n) - expected;
    // Each share is rounded by itself; what completes a payment takes the rest.
    const rounding = went >= paid ? 0 : claims.length - 1;
    if (Math.abs(Number(difference)) > Math.max(0, rounding))
      breaks.push(
        `of ${grant.amountMicros} credited for ${paid}, of which ${went} went back, ${taken.get(grant.id) ?? 0n} was taken (micro-dollars)`,
      );
    taken.delete(grant.id);
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
