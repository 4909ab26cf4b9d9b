import type { PaymentMethod, Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type CompanyBalance, readBalance } from '../../ledger/index.ts';
import { fromMicros, type Micros, type Money } from '../../money.ts';
import type { Scope } from '../../org/index.ts';

export type OrderRow = NonNullable<Awaited<ReturnType<Queryable['purchaseOrder']['findUnique']>>>;

/** An order whose amount is fixed: every order except a draft without a review. */
export type PricedOrder = OrderRow & { amountMicros: Micros };

/** An order that is to be charged, is being charged, or was: its amount and its way of payment are fixed. */
export type ConfirmedOrder = PricedOrder & { method: PaymentMethod };

/** Reads a stored order whose amount is fixed. Throws RangeError where it is not: an amount is never taken for zero. */
export function toPriced(row: OrderRow): PricedOrder {
  const { amountMicros } = row;
  if (amountMicros === null) throw new RangeError(`order ${row.id} has no amount`);
  return { ...row, amountMicros };
}

/** Reads a stored order that was confirmed. Throws RangeError where it was not. */
export function toConfirmed(row: OrderRow): ConfirmedOrder {
  const { method } = row;
  if (method === null) throw new RangeError(`order ${row.id} was not confirmed`);
  return { ...toPriced(row), method };
}

/** What an order costs. */
export function amountOf({ amountMicros }: { amountMicros: Micros }): Money {
  return fromMicros(amountMicros);
}

/** An amount as logs, audits and notices store it: two decimals. */
export function amountText(order: { amountMicros: Micros }): string {
  return amountOf(order).toFixed(2);
}

export function keyOf(order: Pick<OrderRow, 'companyId' | 'id'>): {
  companyId_id: { companyId: bigint; id: bigint };
} {
  return { companyId_id: { companyId: order.companyId, id: order.id } };
}

export function scopeOf(order: { officeId: bigint | null }): Scope {
  return order.officeId === null ? { kind: 'company' } : { kind: 'office', officeId: order.officeId };
}

/** What calls and messages of a scope can still spend: general credits and bundle, less debt and holds (R6). */
export async function readScopeBalance(
  db: Queryable,
  companyId: bigint,
  scope: Scope,
  at: Date,
): Promise<Money> {
  return scopeBalance(await readBalance(db, companyId, at), scope);
}

/** The same of a balance that was read already, for those who ask of many scopes. */
export function scopeBalance(balance: CompanyBalance, scope: Scope): Money {
  const officeId = scope.kind === 'office' ? scope.officeId : null;
  const wallet = balance.wallets.find((candidate) => candidate.officeId === officeId);
  if (wallet === undefined)
    throw new RefillError('wallet-missing', 'These credits have no books yet.', { officeId });
  return wallet.available.calls;
}

/** The card that an order is charged to, as people know it; null on invoice. */
export async function findCardName(
  db: Queryable,
  { companyId, cardId }: Pick<OrderRow, 'companyId' | 'cardId'>,
): Promise<{ brand: string; last4: string } | null> {
  if (cardId === null) return null;
  const { brand, last4 } = await db.card.findUniqueOrThrow({
    where: { companyId_id: { companyId, id: cardId } },
  });
  return { brand, last4 };
}

/** The card that an order is charged to, as the audit names it; null where it is charged to none. */
export async function nameCard(
  db: Queryable,
  { companyId, cardId }: { companyId: bigint; cardId: bigint | null },
): Promise<string | null> {
  if (cardId === null) return null;
  const card = await db.card.findUniqueOrThrow({ where: { companyId_id: { companyId, id: cardId } } });
  return `${card.brand} ${card.last4}`;
}

/** What a purchase is called where it has no receipt: in words to its buyer, and in the log. */
export function formatReference(order: { id: bigint }): string {
  return `P-${order.id.toString().padStart(6, '0')}`;
}

/** Receipts are numbered without gaps within a company: R-000123. */
export function formatReceipt(number: bigint): string {
  return `R-${number.toString().padStart(6, '0')}`;
}

/** "R-000123-1": the receipt of a payment's first refund. */
export function formatRefundReceipt(payment: bigint, refund: number): string {
  return `${formatReceipt(payment)}-${refund}`;
}

/** "INV-2026-0042": numbered without gaps over all companies of the operator, from 1 each year. */
export function formatInvoice({ year, number }: { year: number; number: number }): string {
  return `INV-${year}-${number.toString().padStart(4, '0')}`;
}

/** What the outbox knows the receipt of a purchase by. */
export function receiptKey(order: { id: bigint }): string {
  return `receipt:${order.id}`;
}
