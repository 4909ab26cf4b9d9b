import type { Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { dollars, formatDollars, fromMicros, type Money } from '../money.ts';
import type { Company } from '../org/index.ts';

const DAY_MS = 24 * 3_600_000;
const DEFAULT_CHOICES = ['20', '50', '100', '250', '500'];

/** The default amounts that the operator's limits allow (R9). */
export function offerChoices({ min, max }: { min: Money; max: Money }): Money[] {
  return DEFAULT_CHOICES.map((text) => dollars(text)).filter(
    (amount) => amount.greaterThanOrEqualTo(min) && amount.lessThanOrEqualTo(max),
  );
}

/**
 * Refuses an amount outside the operator's limits (R9): RefillError `amount-below-minimum`, `amount-above-maximum`,
 * or `daily-limit`, whose details carry `room`: what may still be bought within 24 hours.
 * Decide for good only under a lock on the company.
 */
export async function assertWithinLimits(
  db: Queryable,
  company: Company,
  amount: Money,
  at: Date,
): Promise<void> {
  assertWithinRange(company, amount);
  const { perDay } = company.purchaseLimits;
  const bought = await db.purchaseOrder.aggregate({
    _sum: { amountMicros: true },
    where: {
      companyId: company.id,
      confirmedAt: { gt: new Date(at.getTime() - DAY_MS) },
      state: { notIn: ['draft', 'declined', 'abandoned'] },
    },
  });
  const room = perDay.minus(fromMicros(bought._sum.amountMicros ?? 0n));
  if (amount.greaterThan(room)) {
    throw new RefillError('daily-limit', `${formatDollars(perDay)} can be bought within 24 hours.`, {
      limit: perDay,
      room: room.isNegative() ? dollars('0') : room,
    });
  }
}

/** Refuses an amount that no single purchase may have: RefillError `amount-below-minimum`, `amount-above-maximum`. */
export function assertWithinRange({ purchaseLimits: { min, max } }: Company, amount: Money): void {
  if (amount.lessThan(min)) {
    throw new RefillError('amount-below-minimum', `The smallest purchase is ${formatDollars(min)}.`, {
      limit: min,
    });
  }
  if (amount.greaterThan(max)) {
    throw new RefillError('amount-above-maximum', `The largest purchase is ${formatDollars(max)}.`, {
      limit: max,
    });
  }
}

/**
 * Refuses what would owe more than the company's exposure limit on invoices (R10): RefillError `exposure-limit`.
 * Decide for good only under a lock on the company.
 */
export async function assertWithinExposure(db: Queryable, companyId: bigint, amount: Money): Promise<void> {
  const company = await db.company.findUniqueOrThrow({ where: { id: companyId } });
  const owed = await readExposure(db, companyId);
  const limit = fromMicros(company.exposureLimitMicros);
  const room = limit.minus(owed);
  if (amount.greaterThan(room)) {
    throw new RefillError('exposure-limit', `Invoices may owe ${formatDollars(limit)} at most.`, {
      limit,
      room: room.isNegative() ? dollars('0') : room,
    });
  }
}

/**
 * What a company owes on invoice (R10): credits on no invoice yet, invoices that are not paid, and what was confirmed
 * and will be credited in a moment. Purchases, recharges, bundles and recurring funds alike.
 */
export async function readExposure(db: Queryable, companyId: bigint): Promise<Money> {
  const [uninvoiced, unpaid, underWay] = await Promise.all([
    db.invoiceItem.aggregate({ _sum: { amountMicros: true }, where: { companyId, invoiceId: null } }),
    db.invoice.aggregate({
      _sum: { totalMicros: true },
      where: { companyId, state: { in: ['open', 'overdue'] } },
    }),
    db.purchaseOrder.aggregate({
      _sum: { amountMicros: true },
      where: {
        companyId,
        method: 'invoice',
        state: { notIn: ['draft', 'declined', 'abandoned', 'settled'] },
      },
    }),
  ]);
  return [uninvoiced._sum.amountMicros, unpaid._sum.totalMicros, underWay._sum.amountMicros].reduce(
    (sum, micros) => sum.plus(fromMicros(micros ?? 0n)),
    dollars('0'),
  );
}
