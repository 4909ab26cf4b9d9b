import { Decimal } from 'decimal.js';
import type { Queryable } from '../../db/index.ts';
import { dollars, type Money } from '../../money.ts';

export type BillingDetailsRow = NonNullable<Awaited<ReturnType<Queryable['billingDetails']['findFirst']>>>;

/** Tax that is included in what was charged. */
export interface IncludedTax {
  /** Per cent, e.g. `19` or `8.25`. */
  rate: string;
  /** `VAT`. */
  name: string;
  amount: Money;
  id: string;
}

/** Who a document is made out to. */
export interface Addressee {
  name: string;
  /** Lines of the address; none where none is set. */
  address: string[];
  poNumber: string | null;
}

/** What was set of a company last; null where nothing was. */
export async function findBillingDetails(
  db: Queryable,
  companyId: bigint,
): Promise<BillingDetailsRow | null> {
  return await db.billingDetails.findFirst({ where: { companyId }, orderBy: { since: 'desc' } });
}

/**
 * What a document of this instant prints. The tax is that in force then; a name, an address and a PO number that were set only
 * later stand on what came before them, too. Applies R9.27.
 */
export async function readBillingDetailsAt(
  db: Queryable,
  companyId: bigint,
  at: Date,
): Promise<{
  legalName: string | null;
  address: string[];
  poNumber: string | null;
  taxOf(amount: Money): IncludedTax | null;
}> {
  const rows = await db.billingDetails.findMany({ where: { companyId }, orderBy: { since: 'desc' } });
  const inForce = rows.find(({ since }) => since <= at) ?? null;
  const named = inForce ?? rows.at(-1);
  return {
    legalName: named?.legalName ?? null,
    address: named?.address?.split('\n') ?? [],
    poNumber: named?.poNumber ?? null,
    taxOf: (amount) => (inForce === null ? null : includedTax(inForce, amount)),
  };
}

/**
 * The tax within an amount, amount × r / (100 + r), half up to cents (R9); null where none is charged. Pure.
 * Applies R9.21.
 */
export function includedTax(
  { taxRateBp, taxName, taxId }: Pick<BillingDetailsRow, 'taxRateBp' | 'taxName' | 'taxId'>,
  amount: Money,
): IncludedTax | null {
  if (taxRateBp === null || taxId === null) return null;
  const rate = dollars(taxRateBp.toString()).dividedBy(100);
  const tax = amount.times(rate).dividedBy(rate.plus(100));
  return {
    rate: rate.toString(),
    name: taxName,
    amount: tax.toDecimalPlaces(2, Decimal.ROUND_HALF_UP),
    id: taxId,
  };
}
