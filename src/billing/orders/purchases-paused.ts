import type { Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { stateOfCompany } from '../../org/index.ts';

/**
 * A dispute that pauses purchases: open, or lost, until the operator lifts the pause. An inquiry only asks.
 * Applies R16.1.
 */
export const PAUSING_DISPUTE = { state: { in: ['open', 'lost'] }, clearedAt: null };

/** Why a company's purchases and automatic charges are paused: a dispute (R16), or its operator. */
export type PurchasePause = 'dispute' | 'suspended' | 'closed';

/** What keeps a company's purchases and recharges from going on; null: nothing. */
export async function findPurchasePause(db: Queryable, companyId: bigint): Promise<PurchasePause | null> {
  const company = await db.company.findUniqueOrThrow({
    where: { id: companyId },
    select: { suspendedAt: true, closingAt: true },
  });
  const state = stateOfCompany(company);
  if (state !== 'active') return state;
  const dispute = await db.dispute.findFirst({
    where: { companyId, ...PAUSING_DISPUTE },
    select: { processorId: true },
  });
  return dispute === null ? null : 'dispute';
}

/** Whether anything keeps a company's purchases and recharges from going on. */
export async function arePurchasesPaused(db: Queryable, companyId: bigint): Promise<boolean> {
  return (await findPurchasePause(db, companyId)) !== null;
}

/** Throws RefillError `purchases-paused` while a dispute stands, `company-suspended` for a company that is not served. */
export async function assertPurchasesNotPaused(db: Queryable, companyId: bigint): Promise<void> {
  const pause = await findPurchasePause(db, companyId);
  if (pause === 'dispute')
    throw new RefillError('purchases-paused', 'A payment is disputed, so purchases are paused.');
  if (pause !== null)
    throw new RefillError('company-suspended', `The company is ${pause}.`, { state: pause });
}
