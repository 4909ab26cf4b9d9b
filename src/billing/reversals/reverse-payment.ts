import type { Tx } from '../../db/index.ts';
import { listReversals, readReversibleGrants, restoreGrant, reverseGrant } from '../../ledger/index.ts';
import { fromMicros } from '../../money.ts';
import { keyOf, type PricedOrder, toPriced } from '../orders/order.ts';
import { readLines } from '../orders/order-lines.ts';
import { listPaymentClaims, type OrderKey, type PaymentClaim } from './payment-claim.ts';
import { type LineTaken, shareOverLines, shareToReverse } from './reversal-share.ts';

interface CreditedOrder extends OrderKey {
  paid: bigint;
  lines: readonly CreditedLine[];
}

/** A line with its grant: what that credited, and what was taken of it so far. */
interface CreditedLine extends LineTaken {
  position: number;
  grantId: bigint;
}

/**
 * Brings an order's credit in line with what was taken back of its payments (R16): each refund that is on its way or
 * arrived, and each lost dispute, takes its share once, over the lines in proportion; one that came to nothing gives back
 * what it took, line by line. Together they never take more than the payment credited: what one could not take for the others'
 * sake it takes once they have given back. Nothing while the order has no credit
 * yet: it is called again once it has. Under the company's lock; again it does nothing.
 */
export async function reversePayment(
  tx: Tx,
  order: { companyId: bigint; id: bigint },
  at: Date,
): Promise<void> {
  const key = { companyId: order.companyId, orderId: order.id };
  let claims = await listPaymentClaims(tx, key);
  if (claims.length === 0) return;
  const row = await tx.purchaseOrder.findUniqueOrThrow({ where: keyOf(order) });
  if (row.state !== 'settled') return;
  const paid = toPriced(row);
  let credit = await readCredit(tx, paid);
  const ended = claims.filter((each) => each.isTaken === false && each.reversed !== null && !each.isRestored);
  for (const claim of ended) await restore(tx, credit, claims, claim, at);
  if (ended.length > 0) {
    claims = await listPaymentClaims(tx, key);
    credit = await readCredit(tx, paid);
  }
  for (const claim of claims.filter((each) => each.isTaken === true && !each.isRestored)) {
    const took = await reverse(tx, credit, claims, claim, at);
    if (took === null) continue;
    claims = claims.map((each) => (each.key === claim.key ? { ...each, reversed: took.share } : each));
    const lines = credit.lines.map((line, i) => ({ ...line, taken: line.taken + (took.parts[i] ?? 0n) }));
    credit = { ...credit, lines };
  }
}

/** What a settled order credited, by line, and how much of that is taken by now. */
async function readCredit(tx: Tx, order: PricedOrder): Promise<CreditedOrder> {
  const { companyId, id: orderId } = order;
  const lines = await readLines(tx, order);
  const grantIds = lines.flatMap(({ grantId }) => grantId ?? []);
  const grants = await readReversibleGrants(tx, { companyId, grantIds });
  return {
    companyId,
    orderId,
    paid: order.amountMicros,
    lines: lines.map(({ position, grantId }) => {
      const grant = grants.find((each) => each.grantId === grantId);
      if (grant === undefined) throw new RangeError(`line ${position} of order ${orderId} has no credit`);
      // A bundle may credit more than its price.
      return { position, grantId: grant.grantId, credited: grant.amountMicros, taken: grant.reversedMicros };
    }),
  };
}

/** Takes what is missing of a claim's share; answers that share and what it took of each line now, or null where that was nothing. */
async function reverse(
  tx: Tx,
  { companyId, paid, lines }: CreditedOrder,
  claims: readonly PaymentClaim[],
  claim: PaymentClaim,
  at: Date,
): Promise<{ share: bigint; parts: readonly bigint[] } | null> {
  const others = claims.filter(({ key }) => key !== claim.key);
  const taking = others.filter(({ reversed, isRestored }) => reversed !== null && !isRestored);
  const sum = (amounts: bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
  const givenBack = sum(taking.map(({ amount }) => amount));
  const taken = sum(taking.map(({ reversed }) => reversed ?? 0n));
  const credited = sum(lines.map((line) => line.credited));
  const share = shareToReverse({ paid, credited, givenBack, taken }, claim.amount);
  const missing = share - (claim.reversed ?? 0n);
  if (claim.reversed !== null && missing <= 0n) return null;
  const parts = shareOverLines(lines, missing);
  const posted = await listReversals(tx, { companyId, keys: keysOf(claim, claims, lines) });
  const walletIds: bigint[] = [];
  for (const [i, { position, grantId }] of lines.entries()) {
    const part = parts[i] ?? 0n;
    if (part === 0n) continue;
    const { entries } = await reverseGrant(tx, {
      companyId,
      grantId,
      amount: fromMicros(part),
      key: nextKey(claim, position, posted),
      actor: 'processor',
      reason: claim.kind.reasons.reversed,
      at,
    });
    walletIds.push(...entries.map(({ walletId }) => walletId));
  }
  const key = { companyId, id: claim.id };
  await claim.kind.save(tx, key, { reversedMicros: share, reversedAt: at });
  await claim.kind.onReversed?.(tx, key, { amount: claim.amount, walletIds: [...new Set(walletIds)] }, at);
  return { share, parts };
}

async function restore(
  tx: Tx,
  { companyId, lines }: CreditedOrder,
  claims: readonly PaymentClaim[],
  claim: PaymentClaim,
  at: Date,
): Promise<void> {
  // A line of which it took nothing has nothing to get back.
  const keys = keysOf(claim, claims, lines);
  const posted = await listReversals(tx, { companyId, keys });
  for (const reversalKey of keys.filter((each) => posted.has(each)))
    await restoreGrant(tx, {
      companyId,
      reversalKey,
      key: `${reversalKey}:back`,
      actor: 'processor',
      reason: claim.kind.reasons.restored,
      at,
    });
  const key = { companyId, id: claim.id };
  await claim.kind.save(tx, key, { restoredAt: at });
  await claim.kind.onRestored?.(tx, key, at);
}

/** What a claim's part of a line is posted under. The first line's is the claim's own, as it was before orders had lines. */
function keyOfLine({ key }: PaymentClaim, position: number): string {
  return position === 0 ? key : `${key}:${position}`;
}

/** Under which keys a claim may have taken something: it takes more of a line at most once for each other claim. */
function keysOf(
  claim: PaymentClaim,
  claims: readonly PaymentClaim[],
  lines: readonly CreditedLine[],
): string[] {
  return lines.flatMap(({ position }) => {
    const first = keyOfLine(claim, position);
    return [first, ...claims.map((_, n) => keyOfMore(first, n))];
  });
}

const keyOfMore = (first: string, n: number): string => `${first}:more-${n}`;

function nextKey(claim: PaymentClaim, position: number, posted: ReadonlySet<string>): string {
  const first = keyOfLine(claim, position);
  if (!posted.has(first)) return first;
  let n = 0;
  while (posted.has(keyOfMore(first, n))) n += 1;
  return keyOfMore(first, n);
}
