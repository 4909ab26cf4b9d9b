import type { BillingPeriod } from '../../../calendar.ts';
import type { Queryable } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { fromMicros, type Money, toMicros } from '../../../money.ts';
import type { BundleRow } from './subscription.ts';

/** What the operator sells: so much credit each period for a price. */
export interface BundleOffer {
  id: bigint;
  name: string;
  kind: 'calling' | 'ai';
  period: BillingPeriod;
  credit: Money;
  price: Money;
}

/** Puts a bundle into the catalogue. Throws RefillError `bundle-exists` for a name that is on sale. */
export async function addBundle(
  db: Queryable,
  bundle: Omit<BundleOffer, 'id'> & { at: Date },
): Promise<{ id: bigint }> {
  const known = (await listBundles(db)).some(({ name }) => name.toLowerCase() === bundle.name.toLowerCase());
  if (known) throw new RefillError('bundle-exists', `There is a bundle named "${bundle.name}" already.`);
  return await db.bundle.create({
    data: {
      name: bundle.name,
      kind: bundle.kind,
      period: bundle.period,
      creditMicros: toMicros(bundle.credit),
      priceMicros: toMicros(bundle.price),
      createdAt: bundle.at,
    },
    select: { id: true },
  });
}

/** Takes a bundle off sale; companies that have it keep it. Throws RefillError `bundle-unknown`. */
export async function retireBundle(db: Queryable, id: bigint, at: Date): Promise<void> {
  const { count } = await db.bundle.updateMany({
    where: { id, retiredAt: null },
    data: { retiredAt: at },
  });
  if (count === 0) throw new RefillError('bundle-unknown', `No bundle ${id} is on sale.`);
}

/** What is on sale: calling bundles first, the cheapest first. */
export async function listBundles(db: Queryable): Promise<BundleOffer[]> {
  const rows = await db.bundle.findMany({
    where: { retiredAt: null },
    orderBy: [{ kind: 'asc' }, { period: 'asc' }, { priceMicros: 'asc' }, { id: 'asc' }],
  });
  return rows.map(toOffer);
}

export function toOffer(row: BundleRow): BundleOffer {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind === 'ai' ? 'ai' : 'calling',
    period: row.period === 'annual' ? 'annual' : 'monthly',
    credit: fromMicros(row.creditMicros),
    price: fromMicros(row.priceMicros),
  };
}
