import type { Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';

/** A dispute that pauses purchases: open, or lost, until the operator lifts the pause. An inquiry only asks. */
export const PAUSING_DISPUTE = { state: { in: ['open', 'lost'] }, clearedAt: null };

/** Whether a dispute keeps a company's purchases and recharges from going on (R16). */
export async function arePurchasesPaused(db: Queryable, companyId: bigint): Promise<boolean> {
  const dispute = await db.dispute.findFirst({
    where: { companyId, ...PAUSING_DISPUTE },
  });
  return dispute !== null;
}

/** Throws RefillError `purchases-paused` while a dispute stands. */
export async function assertPurchasesNotPaused(db: Queryable, companyId: bigint): Promise<void> {
  if (await arePurchasesPaused(db, companyId))
    throw new RefillError('purchases-paused', 'A payment is disputed, so purchases are paused.');
}
