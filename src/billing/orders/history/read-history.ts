import type { Db } from '../../../db/index.ts';
import { readReversibleGrants } from '../../../ledger/index.ts';
import { fromMicros, type Money } from '../../../money.ts';
import type { OrderRow } from '../order.ts';

/** Something that happened to an order, at its time. */
export interface OrderEvent {
  at: Date;
  what: string;
  details: Record<string, string | null>;
}

/** One line of an order, with what it credited and what was taken back. */
export interface LineFacts {
  /** Null: the credits that the company shares. */
  office: string | null;
  amount: Money;
  /** Null: nothing yet. */
  credited: Money | null;
  /** What refunds and lost disputes took back of it. */
  reversed: Money;
}

/** Returns every recorded event of an order, oldest first. */
export async function readOrderHistory(
  db: Db,
  order: OrderRow,
): Promise<{ events: OrderEvent[]; lines: LineFacts[] }> {
  const of = { companyId: order.companyId, orderId: order.id };
  const [attempts, disputes, approval, audits, lines] = await Promise.all([
    db.paymentAttempt.findMany({ where: of, include: { card: true }, orderBy: { number: 'asc' } }),
    db.dispute.findMany({ where: of, orderBy: { id: 'asc' } }),
    db.approval.findFirst({ where: of }),
    db.audit.findMany({
      where: { companyId: order.companyId, details: { path: ['order'], equals: order.id.toString() } },
      orderBy: { id: 'asc' },
    }),
    readOrderLines(db, order),
  ]);
  const events: OrderEvent[] = [
    { at: order.createdAt, what: 'begun', details: {} },
    ...audits.map(({ at, action, actor, reason }) => ({ at, what: action, details: { by: actor, reason } })),
    ...attempts.flatMap((attempt): OrderEvent[] => {
      const details = {
        number: attempt.number.toString(),
        card: `${attempt.card.brand} ${attempt.card.last4}`,
        intent: attempt.intentId,
        request: attempt.requestId,
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
    lines,
  };
}

/** Returns the lines of an order, each with what it credited and what was taken back. */
export async function readOrderLines(
  db: Db,
  order: Pick<OrderRow, 'companyId' | 'id'>,
): Promise<LineFacts[]> {
  const { companyId, id: orderId } = order;
  const lines = await db.orderLine.findMany({
    where: { companyId, orderId },
    include: { office: true },
    orderBy: { position: 'asc' },
  });
  const grantIds = lines.flatMap(({ grantId }) => grantId ?? []);
  const grants = await readReversibleGrants(db, { companyId, grantIds });
  return lines.map(({ office, amountMicros, grantId }) => {
    const grant = grants.find((each) => each.grantId === grantId);
    return {
      office: office?.name ?? null,
      amount: fromMicros(amountMicros),
      credited: grant === undefined ? null : fromMicros(grant.amountMicros),
      reversed: fromMicros(grant?.reversedMicros ?? 0n),
    };
  });
}
