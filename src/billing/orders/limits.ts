import type { Queryable } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { dollars, formatDollars, fromMicros, type Money } from '../../money.ts';
import type { Company } from '../../org/index.ts';

const DEFAULT_CHOICES = ['20', '50', '100', '250', '500'];

/** The default amounts that the operator's limits allow (R9). */
export function offerChoices({ min, max }: { min: Money; max: Money }): Money[] {
  return DEFAULT_CHOICES.map((text) => dollars(text)).filter(
    (amount) => amount.greaterThanOrEqualTo(min) && amount.lessThanOrEqualTo(max),
  );
}

/** A charge that a limit is asked for. */
interface Wanted {
  amount: Money;
  /** The order that is tried again: it is not counted besides. */
  order?: { id: bigint } | undefined;
}

/**
 * Refuses an amount outside the operator's limits (R9): RefillError `amount-below-minimum`, `amount-above-maximum`,
 * or those of `assertWithinDay`. Decide for good only under a lock on the company.
 */
export async function assertWithinLimits(
  db: Queryable,
  company: Company,
  wanted: Wanted,
  at: Date,
): Promise<void> {
  assertWithinRange(company, wanted.amount);
  await assertWithinDay(db, company, wanted, at);
}

/**
 * Refuses what does not fit the purchase limit of 24 hours (R9): RefillError `daily-limit`, whose details carry `room`:
 * what may still be bought. It counts, from the time of their charge, the orders that are made to count (`countsInDay`):
 * purchases, recharges, tries of these and first periods of bundles; no renewals and no charged recurring funds. A stuck
 * order counts until it ends (R15). Decide for good only under a lock on the company. Applies R9.5, R9.6 and R15.11.
 */
export async function assertWithinDay(
  db: Queryable,
  company: Company,
  { amount, order }: Wanted,
  at: Date,
): Promise<void> {
  const { perDay } = company.purchaseLimits;
  const room = await readDayAllowance(db, company, at, order);
  if (amount.greaterThan(room)) {
    throw new RefillError('daily-limit', `${formatDollars(perDay)} can be bought within 24 hours.`, {
      limit: perDay,
      room,
    });
  }
}

/** What the purchase limit of 24 hours leaves to buy, beside an order that is tried again; never below zero (R9). */
export async function readDayAllowance(
  db: Queryable,
  company: Company,
  at: Date,
  order?: { id: bigint },
): Promise<Money> {
  const [bought] = await db.$queryRaw<{ micros: bigint }[]>`
    SELECT coalesce(sum(o.amount_micros), 0)::bigint AS micros FROM purchase_order AS o
    WHERE o.company_id = ${company.id} AND (o.confirmed_at > ${new Date(at.getTime() - DAY_MS)} OR o.state = 'stuck')
      AND o.state NOT IN ('draft', 'declined', 'abandoned') AND o.id <> ${order?.id ?? 0n} AND o.counts_in_day`;
  return notBelowZero(company.purchaseLimits.perDay.minus(fromMicros(bought?.micros ?? 0n)));
}

const notBelowZero = (room: Money): Money => (room.isNegative() ? dollars('0') : room);

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
export async function assertWithinExposure(
  db: Queryable,
  companyId: bigint,
  { amount }: Wanted,
): Promise<void> {
  const { limit, room } = await readInvoiceAllowance(db, companyId);
  if (amount.greaterThan(room)) {
    throw new RefillError('exposure-limit', `Invoices may owe ${formatDollars(limit)} at most.`, {
      limit,
      room,
    });
  }
}

/** What invoices may owe, and what of it is left; never below zero (R10). */
export async function readInvoiceAllowance(
  db: Queryable,
  companyId: bigint,
): Promise<{ limit: Money; room: Money }> {
  const company = await db.company.findUniqueOrThrow({ where: { id: companyId } });
  const limit = fromMicros(company.exposureLimitMicros);
  return { limit, room: notBelowZero(limit.minus(await readExposure(db, companyId))) };
}

/**
 * What a company owes on invoice (R10): credits on no invoice yet, invoices that are not paid, and what was confirmed
 * and will be credited in a moment, or may have been charged (R15). Purchases, recharges, bundles and recurring funds alike.
 * Applies R10.2 and R10.3.
 */
export async function readExposure(db: Queryable, companyId: bigint): Promise<Money> {
  const uninvoiced = await db.invoiceItem.aggregate({
    _sum: { amountMicros: true },
    where: { companyId, invoiceId: null },
  });
  // Of one that was paid and reopened, what was given back is owed (R16).
  const [unpaid] = await db.$queryRaw<{ micros: bigint | null }[]>`
    SELECT sum(coalesce(reopened_micros, total_micros))::bigint AS micros FROM invoice
    WHERE company_id = ${companyId} AND state IN ('open', 'overdue')`;
  const underWay = await db.purchaseOrder.aggregate({
    _sum: { amountMicros: true },
    where: {
      companyId,
      OR: [
        { method: 'invoice', state: { notIn: ['draft', 'declined', 'abandoned', 'settled'] } },
        { state: 'stuck' },
      ],
    },
  });
  return [uninvoiced._sum.amountMicros, unpaid?.micros, underWay._sum.amountMicros].reduce(
    (sum, micros) => sum.plus(fromMicros(micros ?? 0n)),
    dollars('0'),
  );
}
