import type { BillingPeriod } from '../../calendar.ts';
import type { Queryable } from '../../db/index.ts';
import { fromMicros, type Money } from '../../money.ts';

/** A bundle that comes again when the present one is over (R3). */
export interface Renewal {
  /** Null: shared by all offices. */
  officeId: bigint | null;
  kind: 'calling' | 'ai';
  credit: Money;
  period: BillingPeriod;
  at: Date;
}

/** The bundles of a company that renew by themselves. */
export async function readRenewals(db: Queryable, companyId: bigint): Promise<Renewal[]> {
  const rows = await db.subscription.findMany({
    where: { companyId, state: 'active', isEnding: false, bundleId: { not: null } },
    include: { bundle: true, nextBundle: true },
    orderBy: { id: 'asc' },
  });
  return rows.flatMap((row) => {
    const next = row.nextBundle ?? row.bundle;
    if (next === null) return [];
    return [
      {
        officeId: row.officeId,
        kind: next.kind === 'ai' ? ('ai' as const) : ('calling' as const),
        credit: fromMicros(next === row.bundle ? row.creditMicros : next.creditMicros),
        period: next.period === 'annual' ? ('annual' as const) : ('monthly' as const),
        at: row.nextPeriodAt,
      },
    ];
  });
}

/** What comes in a bundle's place when it is over; null: nothing. */
export function findRenewal(
  renewals: readonly Renewal[],
  bundle: { officeId: bigint | null; kind: Renewal['kind']; expiresAt: Date },
): Renewal | null {
  return (
    renewals.find(
      ({ officeId, kind, at }) =>
        officeId === bundle.officeId && kind === bundle.kind && at.getTime() === bundle.expiresAt.getTime(),
    ) ?? null
  );
}
