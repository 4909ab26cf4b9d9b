import type { Db } from '../../../db/index.ts';
import { fromMicros, type Money } from '../../../money.ts';
import type { OrderRow } from '../order.ts';

/** Something that happened to an order, at its time. */
export interface OrderEvent {
  at: Date;
  what: string;
  details: Record<string, string | null>;
}

/** Everything that is known of what became of an order, in the order in which it happened. */
export async function readOrderHistory(
  db: Db,
  order: OrderRow,
): Promise<{ events: OrderEvent[]; credited: Money | null }> {
  const of = { companyId: order.companyId, orderId: order.id };
  const [attempts, disputes, approval, audits, grant] = await Promise.all([
    db.paymentAttempt.findMany({ where: of, include: { card: true }, orderBy: { number: 'asc' } }),
    db.dispute.findMany({ where: of, orderBy: { id: 'asc' } }),
    db.approval.findFirst({ where: of }),
    db.audit.findMany({
      where: { companyId: order.companyId, details: { path: ['order'], equals: order.id.toString() } },
      orderBy: { id: 'asc' },
    }),
    order.grantId === null
      ? null
      : db.creditGrant.findFirst({ where: { companyId: order.companyId, id: order.grantId } }),
  ]);
  const events: OrderEvent[] = [
    { at: order.createdAt, what: 'begun', details: {} },
    ...audits.map(({ at, action, actor, reason }) => ({ at, what: action, details: { by: actor, reason } })),
    ...attempts.flatMap((attempt): OrderEvent[] => {
      const details = {
        number: attempt.number.toString(),
        card: `${attempt.card.brand} ${attempt.card.last4}`,
        intent: attempt.intentId,
      };
      const opened = { at: attempt.openedAt, what: 'attempt opened', details };
      if (attempt.finishedAt === null) return [{ ...opened, what: `attempt ${attempt.state}` }];
      const failure = { kind: attempt.failureKind, code: attempt.failureCode };
      const ended = { at: attempt.finishedAt, what: `attempt ${attempt.state}` };
      return [opened, { ...ended, details: { ...details, ...(attempt.state === 'failed' ? failure : {}) } }];
    }),
    ...(approval === null
      ? []
      : [{ at: approval.askedAt, what: `approval ${approval.state}`, details: { by: approval.decidedBy } }]),
    ...disputes.flatMap(({ openedAt, closedAt, state, processorId }): OrderEvent[] => [
      { at: openedAt, what: 'dispute opened', details: { dispute: processorId } },
      ...(closedAt === null
        ? []
        : [{ at: closedAt, what: `dispute ${state}`, details: { dispute: processorId } }]),
    ]),
  ];
  return {
    events: events.sort((one, other) => one.at.getTime() - other.at.getTime()),
    credited: grant === null ? null : fromMicros(grant.amountMicros),
  };
}
