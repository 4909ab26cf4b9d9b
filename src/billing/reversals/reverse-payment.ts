import type { Tx } from '../../db/index.ts';
import { restoreGrant, reverseGrant } from '../../ledger/index.ts';
import { fromMicros } from '../../money.ts';
import { listPaymentClaims, type OrderKey, type PaymentClaim } from './payment-claim.ts';
import { shareToReverse } from './reversal-share.ts';

interface CreditedOrder extends OrderKey {
  grantId: bigint;
  paid: bigint;
  credited: bigint;
}

/**
 * Brings an order's credit in line with what was taken back of its payments (R16): each refund that is on its way or
 * arrived, and each lost dispute, takes its share once; one that came to nothing gives back what it took. Together they
 * never take more than the payment credited. Nothing while the order has no credit yet: it is called again once it has.
 * Under the company's lock; again it does nothing.
 */
export async function reversePayment(
  tx: Tx,
  order: { companyId: bigint; id: bigint },
  at: Date,
): Promise<void> {
  const key = { companyId: order.companyId, orderId: order.id };
  const claims = await listPaymentClaims(tx, key);
  const credit = claims.length === 0 ? null : await readCredit(tx, key);
  if (credit === null) return;
  for (const claim of claims)
    if (claim.isTaken === false && claim.reversed !== null && !claim.isRestored)
      await restore(tx, credit, claim, at);
  for (const claim of claims)
    if (claim.isTaken === true && claim.reversed === null)
      await reverse(tx, credit, await listPaymentClaims(tx, key), claim, at);
}

async function readCredit(tx: Tx, { companyId, orderId }: OrderKey): Promise<CreditedOrder | null> {
  const { grantId, amountMicros } = await tx.purchaseOrder.findUniqueOrThrow({
    where: { companyId_id: { companyId, id: orderId } },
  });
  if (grantId === null || amountMicros === null) return null;
  const period = await tx.subscriptionPeriod.findFirst({ where: { companyId, orderId } });
  return {
    companyId,
    orderId,
    grantId,
    paid: amountMicros,
    credited: period?.creditMicros ?? amountMicros,
  };
}

async function reverse(
  tx: Tx,
  credit: CreditedOrder,
  claims: readonly PaymentClaim[],
  claim: PaymentClaim,
  at: Date,
): Promise<void> {
  const taking = claims.filter(({ reversed, isRestored }) => reversed !== null && !isRestored);
  const sum = (amounts: bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
  const givenBack = sum(taking.map(({ amount }) => amount));
  const taken = sum(taking.map(({ reversed }) => reversed ?? 0n));
  const share = shareToReverse({ ...credit, givenBack, taken }, claim.amount);
  const walletIds =
    share === 0n
      ? []
      : (
          await reverseGrant(tx, {
            companyId: credit.companyId,
            grantId: credit.grantId,
            amount: fromMicros(share),
            key: claim.key,
            actor: 'processor',
            reason: claim.kind.reasons.reversed,
            at,
          })
        ).entries.map(({ walletId }) => walletId);
  const key = { companyId: credit.companyId, id: claim.id };
  await claim.kind.save(tx, key, { reversedMicros: share, reversedAt: at });
  await claim.kind.onReversed?.(tx, key, { amount: claim.amount, walletIds }, at);
}

async function restore(tx: Tx, { companyId }: OrderKey, claim: PaymentClaim, at: Date): Promise<void> {
  if (claim.reversed !== 0n)
    await restoreGrant(tx, {
      companyId,
      reversalKey: claim.key,
      key: `${claim.key}:back`,
      actor: 'processor',
      reason: claim.kind.reasons.restored,
      at,
    });
  const key = { companyId, id: claim.id };
  await claim.kind.save(tx, key, { restoredAt: at });
  await claim.kind.onRestored?.(tx, key, at);
}
