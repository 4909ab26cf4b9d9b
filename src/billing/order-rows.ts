import type { Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { type CompanyBalance, readBalance } from '../ledger/index.ts';
import { fromMicros, type Money } from '../money.ts';
import { type Company, labelScope, type Person, type Scope } from '../org/index.ts';
import { readOrderApproval } from './approval/read-approval.ts';
import { readPayBy } from './pay-by.ts';
import { type Payment, readCharge } from './review-mark.ts';
import { type BillingDeps, type OrderFacts, type OrderState, orderState, type PayBy } from './types.ts';

export type OrderRow = NonNullable<Awaited<ReturnType<Queryable['purchaseOrder']['findUnique']>>>;

/** States of an order whose money may still move, or may have moved. */
export const UNDER_WAY = ['confirmed', 'charging', 'needs_action', 'unknown'];

/** Which orders wait for *Verify payment*, and nobody has clicked it yet. */
export const WAITS_FOR_PERSON = {
  state: 'needs_action',
  verifyUntil: { not: null },
  paymentAttempts: { none: { state: { not: 'failed' } } },
};

/**
 * The person's own order. Throws RefillError `order-unknown` for a token that is not theirs: a forged token,
 * another company's and another person's look alike.
 */
export async function findOwnOrder(db: Queryable, person: Person, token: string): Promise<OrderRow> {
  const order = await db.purchaseOrder.findFirst({
    where: { token, companyId: person.company.id, teamId: person.teamId, userId: person.userId },
  });
  if (order === null)
    throw new RefillError('order-unknown', 'That purchase is not known any more.', { token });
  return order;
}

export function keyOf(order: Pick<OrderRow, 'companyId' | 'id'>): {
  companyId_id: { companyId: bigint; id: bigint };
} {
  return { companyId_id: { companyId: order.companyId, id: order.id } };
}

export function scopeOf(order: { officeId: bigint | null }): Scope {
  return order.officeId === null ? { kind: 'company' } : { kind: 'office', officeId: order.officeId };
}

export function stateOf(order: OrderRow): OrderState {
  return orderState.parse(order.state);
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

/** The order as its buyer may know it. */
export async function describeOrder(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  order: OrderRow,
  labels: { company: Company; offices: Person['offices'] },
): Promise<OrderFacts> {
  const { db, clock } = deps;
  const attempt = await db.paymentAttempt.findFirst({
    where: { companyId: order.companyId, orderId: order.id },
    orderBy: { number: 'desc' },
  });
  const receiptChannelId = await findReceiptChannel(db, order);
  const approval = await readOrderApproval(db, order);
  const balance =
    order.balanceAfterMicros === null
      ? await readScopeBalance(db, order.companyId, scopeOf(order), clock.now())
      : fromMicros(order.balanceAfterMicros);
  const payBy = await readOrderPayBy(db, order, labels.company, clock.now());
  const charge = await readCharge(db, labels.company, order, clock.now());
  const { payment } = charge;
  return {
    token: order.token,
    state: stateOf(order),
    scope: scopeOf(order),
    scopeLabel: labelScope(labels, scopeOf(order)),
    amount: fromMicros(order.amountMicros ?? 0n),
    payBy,
    balance,
    receipt: order.receiptNumber === null ? null : formatReceipt(order.receiptNumber),
    receiptChannelId,
    approval,
    failure: order.failureCode === null ? null : { code: order.failureCode },
    retryWith: isPaidAlike(order, payment) ? null : payment.payBy,
    canRetry: payment.payBy.method === 'invoice' || payment.cardId !== null,
    mark: charge.mark,
    reference: formatReference(order),
    actionUrl: order.state === 'needs_action' ? (attempt?.actionUrl ?? null) : null,
    requestedBy: { teamId: order.teamId ?? '', userId: order.userId },
    viewId: order.viewId,
    replyUrl: order.replyUrl,
  };
}

/** Whether another try would be paid as the last one was; without a card there is nothing to offer either. */
function isPaidAlike(order: OrderRow, { payBy, cardId }: Payment): boolean {
  if (payBy.method === 'card' && cardId === null) return true;
  return payBy.method === order.method && cardId === order.cardId;
}

/** The card this order is charged to, not whichever is the default by now. */
async function readOrderPayBy(db: Queryable, order: OrderRow, company: Company, at: Date): Promise<PayBy> {
  if (order.cardId === null) return (await readPayBy(db, company, at)).payBy;
  const card = await db.card.findUniqueOrThrow({
    where: { companyId_id: { companyId: order.companyId, id: order.cardId } },
  });
  const { brand, last4 } = card;
  return { method: 'card', card: { brand, last4, needsReplacing: card.needsReplacingAt !== null } };
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

async function findReceiptChannel(db: Queryable, order: OrderRow): Promise<string | null> {
  const notice = await db.notice.findUnique({
    where: { companyId_dedupeKey: { companyId: order.companyId, dedupeKey: receiptKey(order) } },
  });
  // A receipt that could not be posted for good is in no channel.
  return notice === null || notice.state === 'failed' ? null : notice.channelId;
}

export function receiptKey(order: { id: bigint }): string {
  return `receipt:${order.id}`;
}

/** What a purchase is called where it has no receipt: in words to its buyer, and in the log. */
export function formatReference(order: { id: bigint }): string {
  return `P-${order.id.toString().padStart(6, '0')}`;
}

/** Receipts are numbered without gaps within a company: R-000123. */
export function formatReceipt(number: bigint): string {
  return `R-${number.toString().padStart(6, '0')}`;
}
