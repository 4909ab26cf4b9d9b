import { z } from 'zod';
import type { Tx } from '../../db/index.ts';
import type { Money } from '../../money.ts';
import type { Company, Person, Scope } from '../../org/index.ts';
import type { Failure } from './declines.ts';
import type { ConfirmedOrder, PricedOrder } from './order.ts';
import type { OrderLine, WantedLine } from './order-lines.ts';

/** What an order may be of, as `purchase_order.kind` stores it. */
export const orderKind = z.enum(['purchase', 'recharge', 'bundle', 'recurring']);

/**
 * What the order core asks of a kind of order. Everything runs in a transaction under the company's lock and receives the
 * order as it is by then. A hook that a kind leaves out does nothing.
 */
export interface OrderKind {
  /** The values of `purchase_order.kind` that are of this kind. */
  readonly names: readonly z.infer<typeof orderKind>[];
  /** Its buyer watches it in a modal, and decides what follows a decline. Nobody stands before the others. */
  readonly hasBuyer: boolean;
  /** Whether the charge is automatic: while the processor refuses requests, it waits instead of failing (R11.7, R14.8). */
  isAutomatic(tx: Tx, order: ConfirmedOrder): Promise<boolean>;
  /** Whether the backup card is charged where another failed, or a person asked to verify the payment (R11, R14). */
  usesBackupCard(tx: Tx, order: ConfirmedOrder): Promise<boolean>;
  /** What the line of an invoice calls it. */
  describe(tx: Tx, order: PricedOrder): Promise<string>;
  /** Grants what was paid for by a line, once; returns the id of the grant. */
  creditLine(tx: Tx, order: ConfirmedOrder, line: OrderLine, at: Date): Promise<bigint>;
  /** It was paid and credited: audit and notices. */
  onSettled(tx: Tx, order: ConfirmedOrder, paid: Paid): Promise<void>;
  /**
   * Whether something took the place of an order that ended unpaid, so that a payment of it that comes through late is
   * refunded (R16).
   */
  isReplaced(tx: Tx, order: ConfirmedOrder, at: Date): Promise<boolean>;
  /** The charge definitely failed, and no other card is charged at once. */
  onDeclined?(tx: Tx, order: ConfirmedOrder, declined: { failure: Failure; at: Date }): Promise<void>;
  /** The processor refuses requests. `retryAt`: when it is tried again; null: it is given up. */
  onRefused?(tx: Tx, order: ConfirmedOrder, refused: { retryAt: Date | null; at: Date }): Promise<void>;
  /** It was stuck, or its outcome unknown, and was closed without a credit: no automatic charge tries it again (R15). */
  onClosedUnpaid?(tx: Tx, order: ConfirmedOrder, closed: { failure: Failure; at: Date }): Promise<void>;
  /** The bank shows a page to its holder. */
  onNeedsAction?(tx: Tx, order: ConfirmedOrder, bank: { actionUrl: string | null; at: Date }): Promise<void>;
  /** *Verify payment*; without it, a kind is never verified. */
  readonly verification?: Verification;
}

/** How people verify the payment of an automatic charge (R11). */
interface Verification {
  /** Whether this person may verify a payment for these credits. */
  isAllowed(person: Person, scopes: readonly Scope[]): boolean;
  /** Whether it is still to be charged; one that is not wanted any more is ended. */
  isWanted(tx: Tx, order: ConfirmedOrder, at: Date): Promise<boolean>;
  /** Whether it fits the limits of now; one that does not is ended. */
  fitsLimits(tx: Tx, company: Company, order: ConfirmedOrder, at: Date): Promise<boolean>;
  /** The bank wants its holder: people are asked, until `order.verifyUntil`. */
  onAsked(tx: Tx, order: ConfirmedOrder, asked: { failureCode: string; at: Date }): Promise<void>;
  /** Nobody verified it in time: it is declined for good. */
  onExpired(tx: Tx, order: ConfirmedOrder, at: Date): Promise<void>;
}

/** A payment that was credited. */
export interface Paid {
  at: Date;
  /** "R-000123". */
  receipt: string;
  lines: readonly CreditedLine[];
}

/** A line of an order that was credited. */
export interface CreditedLine extends WantedLine {
  /** What calls and messages of these credits can spend after all lines were credited. */
  balance: Money;
}

const kinds = new Map<string, OrderKind>();

/** Makes a kind of order known to the core; once for each, by the list of features. */
export function registerOrderKind(kind: OrderKind): void {
  for (const name of kind.names) kinds.set(name, kind);
}

/** The kind of an order. Throws RangeError for one that no feature registered. */
export function kindOf(order: { kind: string }): OrderKind {
  const kind = kinds.get(order.kind);
  if (kind === undefined) throw new RangeError(`no feature has orders of kind ${order.kind}`);
  return kind;
}
