import type { Tx } from '../../db/index.ts';

/** A claim as its feature has it. Amounts in micro-dollars. */
interface FeatureClaim {
  id: bigint;
  /** What its reversal is posted under. */
  key: string;
  /** Which attempt's payment it takes back; null: the one that was credited. */
  attemptNumber: number | null;
  noticedAt: Date;
  amount: bigint;
  /** Whether the payment is taken back now, or is not after all; null: that is not decided. */
  isTaken: boolean | null;
  /** What it took of the credit; null: nothing yet. */
  reversed: bigint | null;
  isRestored: boolean;
}

/** Something that takes back a payment, such as a refund or a dispute. */
export interface PaymentClaim extends FeatureClaim {
  kind: ClaimKind;
}

export interface OrderKey {
  companyId: bigint;
  orderId: bigint;
}

interface ClaimKey {
  companyId: bigint;
  id: bigint;
}

/** What a claim took of a credit: how much of the payment, and the wallets that had the credit. */
export interface Reversal {
  amount: bigint;
  walletIds: readonly bigint[];
}

/** A kind of claim: a feature registers where its claims are stored, and what follows from their reversals. */
export interface ClaimKind {
  /** Why a credit is taken, and given back, as the ledger records it. */
  readonly reasons: { reversed: string; restored: string };
  /** Every claim on an order's payments, of whatever attempt, in the order in which they were noticed. */
  list(tx: Tx, order: OrderKey): Promise<FeatureClaim[]>;
  /** Stores what became of a claim's reversal. */
  save(
    tx: Tx,
    key: ClaimKey,
    data: { reversedMicros: bigint; reversedAt: Date } | { restoredAt: Date },
  ): Promise<void>;
  /** Called once a claim took its share. */
  onReversed?(tx: Tx, key: ClaimKey, reversal: Reversal, at: Date): Promise<void>;
  /** Called once a claim gave back what it took. */
  onRestored?(tx: Tx, key: ClaimKey, at: Date): Promise<void>;
}

const registered = new Map<string, ClaimKind>();

/** Has the claims of a feature counted, after those of the features registered before it. */
export function registerClaimKind(feature: string, kind: ClaimKind): void {
  registered.set(feature, kind);
}

/**
 * Every claim on the payment that an order was credited for, with its kind, in the order in which they were noticed. A claim
 * on an attempt that failed, and was paid all the same, takes nothing back: that payment credited nothing (R16).
 */
export async function listPaymentClaims(tx: Tx, order: OrderKey): Promise<PaymentClaim[]> {
  const credited = await tx.paymentAttempt.findFirst({ where: { ...order, state: 'succeeded' } });
  const claims: PaymentClaim[] = [];
  for (const kind of registered.values())
    for (const claim of await kind.list(tx, order))
      if (claim.attemptNumber === null || claim.attemptNumber === credited?.number)
        claims.push({ ...claim, kind });
  return claims.toSorted((a, b) => a.noticedAt.getTime() - b.noticedAt.getTime());
}
