import type { Queryable, Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { fromMicros, type Money } from '../../../money.ts';
import { lockCompany } from '../../../org/index.ts';
import { endAtOnce } from './end-at-once.ts';
import { findSubscription } from './subscription.ts';

/** Recurring funds of a company, as the operator lists them. */
export interface RecurringFunds {
  id: bigint;
  companyId: bigint;
  companyName: string;
  /** Whose credits; null: the shared ones. */
  officeId: bigint | null;
  amount: Money;
  isCharged: boolean;
  state: string;
  /** How many periods were begun. */
  periods: number;
  nextPeriodAt: Date;
}

/** Recurring funds that have not ended, by company (R17). */
export async function listRecurring(db: Queryable, companyId?: bigint): Promise<RecurringFunds[]> {
  const rows = await db.subscription.findMany({
    where: { bundleId: null, state: { not: 'ended' }, ...(companyId === undefined ? {} : { companyId }) },
    orderBy: [{ companyId: 'asc' }, { id: 'asc' }],
  });
  const companies = await db.company.findMany({ where: { id: { in: rows.map((row) => row.companyId) } } });
  return rows.map((row) => ({
    id: row.id,
    companyId: row.companyId,
    companyName: companies.find(({ id }) => id === row.companyId)?.name ?? '',
    officeId: row.officeId,
    amount: fromMicros(row.creditMicros),
    isCharged: row.priceMicros > 0n,
    state: row.state,
    periods: row.periods,
    nextPeriodAt: row.nextPeriodAt,
  }));
}

/**
 * Ends recurring funds: no further period begins and none that failed is tried again; a payment under way is completed and
 * credited, and what was credited stays (R17). Call it in a transaction. Throws RefillError `subscription-unknown`.
 */
export async function endRecurring(
  tx: Tx,
  ended: { companyId: bigint; id: bigint; reason: string; at: Date },
): Promise<void> {
  const { companyId, id, reason, at } = ended;
  await lockCompany(tx, companyId);
  const subscription = await findSubscription(tx, { companyId, id });
  if (subscription === null || subscription.bundleId !== null || subscription.state === 'ended')
    throw new RefillError(
      'subscription-unknown',
      `This company has no recurring funds ${id} that still come. See: refill recurring list`,
    );
  await endAtOnce(tx, subscription, { reason, at });
}
