import type { Tx } from '../../../db/index.ts';

/** Another card may be charged from now on: periods that wait for their next try are paid at the next sweep (R14). */
export async function retryPeriodsNow(
  tx: Tx,
  { companyId, at }: { companyId: bigint; at: Date },
): Promise<void> {
  await tx.subscriptionPeriod.updateMany({
    where: { companyId, retryAt: { gt: at } },
    data: { retryAt: at },
  });
}
