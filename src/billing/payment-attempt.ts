import { inTransaction, type Queryable } from '../db/index.ts';
import { fromMicros } from '../money.ts';
import { lockCompany } from '../org/index.ts';
import type { Intent } from './gateway.ts';
import type { OrderRow } from './order-rows.ts';
import type { BillingDeps } from './types.ts';

export type Attempt = NonNullable<Awaited<ReturnType<Queryable['paymentAttempt']['findUnique']>>>;

/** The one try of an order that has not definitively failed, or null. The database admits no second. */
export async function findLiveAttempt(db: Queryable, order: OrderRow): Promise<Attempt | null> {
  return await db.paymentAttempt.findFirst({
    where: { companyId: order.companyId, orderId: order.id, state: { not: 'failed' } },
  });
}

/**
 * Opens try n + 1 of a confirmed order, for the amount and the card that it was read with; null when somebody moved the
 * order on meanwhile.
 */
export async function openAttempt(deps: BillingDeps, order: OrderRow): Promise<Attempt | null> {
  const { cardId, version, amountMicros } = order;
  if (cardId === null) return null;
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, order.companyId);
    const { count } = await tx.purchaseOrder.updateMany({
      where: {
        companyId: order.companyId,
        id: order.id,
        state: 'confirmed',
        cardId,
        version,
        amountMicros,
      },
      data: { state: 'charging' },
    });
    if (count === 0 || (await findLiveAttempt(tx, order)) !== null) return null;
    const tries = await tx.paymentAttempt.count({ where: { companyId: order.companyId, orderId: order.id } });
    return await tx.paymentAttempt.create({
      data: {
        companyId: order.companyId,
        orderId: order.id,
        number: tries + 1,
        cardId,
        state: 'open',
        openedAt: deps.clock.now(),
      },
    });
  });
}

/** Has an intent at the processor for this try, its id stored before anything is charged. */
export async function prepareIntent(
  deps: BillingDeps,
  order: OrderRow,
  attempt: Attempt,
): Promise<Attempt & { intentId: string }> {
  if (attempt.intentId !== null) return { ...attempt, intentId: attempt.intentId };
  const card = await deps.db.card.findUniqueOrThrow({
    where: { companyId_id: { companyId: order.companyId, id: attempt.cardId } },
  });
  const intent = await deps.gateway.createIntent({
    customerId: await ensureCustomer(deps, order.companyId),
    cardId: card.processorId,
    amount: fromMicros(order.amountMicros ?? 0n),
    description: 'Communications credits',
    reference: `${order.companyId}/${order.id}/${attempt.number}`,
    key: `${order.token}-${attempt.number}-create`,
  });
  await deps.db.paymentAttempt.update({
    where: {
      companyId_orderId_number: { companyId: order.companyId, orderId: order.id, number: attempt.number },
    },
    data: { intentId: intent.id },
  });
  return { ...attempt, intentId: intent.id };
}

/**
 * Charges the try. Where a confirmation was begun before, what became of it is looked up first; only an intent
 * that was certainly not confirmed is confirmed again, under the same key.
 */
export async function confirmAttempt(
  deps: BillingDeps,
  order: OrderRow,
  attempt: Attempt & { intentId: string },
): Promise<Intent> {
  if (attempt.confirmingAt !== null) {
    const known = await deps.gateway.findIntent(attempt.intentId);
    if (known.state !== 'unconfirmed') return known;
  }
  await deps.db.paymentAttempt.update({
    where: {
      companyId_orderId_number: { companyId: order.companyId, orderId: order.id, number: attempt.number },
    },
    data: { confirmingAt: deps.clock.now() },
  });
  return await deps.gateway.confirmIntent({
    intentId: attempt.intentId,
    returnUrl: `${deps.publicUrl}/billing/return`,
    key: `${order.token}-${attempt.number}-confirm`,
  });
}

/** The company's customer at the processor, made at its first need. */
export async function ensureCustomer(
  deps: Pick<BillingDeps, 'db' | 'gateway'>,
  companyId: bigint,
): Promise<string> {
  const known = await deps.db.processorCustomer.findUnique({ where: { companyId } });
  if (known !== null) return known.customerId;
  const company = await deps.db.company.findUniqueOrThrow({ where: { id: companyId } });
  const { customerId } = await deps.gateway.createCustomer({
    name: company.name,
    reference: companyId.toString(),
    key: `customer-${companyId}-${company.createdAt.getTime()}`,
  });
  await deps.db.$executeRaw`INSERT INTO processor_customer (company_id, customer_id)
    VALUES (${companyId}, ${customerId}) ON CONFLICT DO NOTHING`;
  const kept = await deps.db.processorCustomer.findUniqueOrThrow({ where: { companyId } });
  return kept.customerId;
}
