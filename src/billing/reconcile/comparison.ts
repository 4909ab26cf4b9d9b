import { Prisma } from '../../db/index.ts';
import type { ListPeriod } from '../processor-lists.ts';

/** Every way in which the books and the processor may differ. */
export type DifferenceKind =
  | 'payment-without-order'
  | 'payment-not-credited'
  | 'order-paid-twice'
  | 'order-without-payment'
  | 'amount-differs'
  | 'currency-differs'
  | 'customer-differs'
  | 'check-not-refunded'
  | 'refund-missing-here'
  | 'refund-missing-there'
  | 'refund-amount-differs'
  | 'refund-state-differs'
  | 'refund-not-made'
  | 'dispute-missing-here'
  | 'dispute-missing-there'
  | 'dispute-amount-differs'
  | 'dispute-state-differs';

/** Something that the books and the processor have differently. */
export interface Difference {
  kind: DifferenceKind;
  companyId: bigint | null;
  /** The order; null where it is none, or not known. */
  orderId: bigint | null;
  intentId: string | null;
  refundId: string | null;
  disputeId: string | null;
  /** What the books have and what the processor has: an amount in micro-dollars, or a word of it. */
  here: string | null;
  there: string | null;
}

/** A row of a comparison: its difference under a key that orders them. */
export type DifferenceRow = Omit<Difference, 'kind'> & { key: string };

/** One way in which both may differ: a query of every difference, over the temporary tables of the lists. */
export interface Comparison {
  kind: DifferenceKind;
  query(period: ListPeriod): Prisma.Sql;
}

/** What a comparison leaves out is null. */
export function columns(given: {
  key: string;
  company?: string;
  order?: string;
  intent?: string;
  refund?: string;
  dispute?: string;
  here?: string;
  there?: string;
}): Prisma.Sql {
  const { key, company, order, intent, refund, dispute, here, there } = given;
  const column = (value: string | undefined, type: string, name: string): string =>
    `(${value ?? 'NULL'})::${type} AS "${name}"`;
  return Prisma.raw(
    [
      column(key, 'text', 'key'),
      column(company, 'bigint', 'companyId'),
      column(order, 'bigint', 'orderId'),
      column(intent, 'text', 'intentId'),
      column(refund, 'text', 'refundId'),
      column(dispute, 'text', 'disputeId'),
      column(here, 'text', 'here'),
      column(there, 'text', 'there'),
    ].join(', '),
  );
}
