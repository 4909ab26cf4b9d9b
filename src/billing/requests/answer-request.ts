import type { Clock } from '../../clock.ts';
import { type CreditRequestState, type Db, inTransaction, type Tx } from '../../db/index.ts';
import type { Money } from '../../money.ts';
import type { ClosedFor } from '../../notices/index.ts';
import {
  actorOf,
  type Company,
  findCompany,
  lockCompany,
  lockForPerson,
  type Person,
  recordAudit,
} from '../../org/index.ts';
import { forEachCompany } from '../../queue/index.ts';
import type { BillingDeps } from '../deps.ts';
import { changedMeanwhile } from '../orders/judge-again.ts';
import { amountOf, type ConfirmedOrder } from '../orders/order.ts';
import { readLines } from '../orders/order-lines.ts';
import { notifyAnswer } from './notify-request.ts';
import { findRequestToAnswer, type RequestRow } from './read-request.ts';
import { limitText } from './request-credits.ts';

interface Answer {
  state: Exclude<CreditRequestState, 'open'>;
  /** `TEAM/USER`; null where no one answered. */
  by: string | null;
  at: Date;
  order?: { id: bigint; amount: Money };
  /** Why it was declined, in that admin's own words. */
  reason?: string;
  /** Of `closed` alone. */
  closedFor?: ClosedFor | null;
}

/**
 * Declines a request, optionally with a reason; nothing is added. One-shot: throws what `findRequestToAnswer` throws,
 * `request-over` for a second answer, and `not-allowed` for somebody without a role in the company.
 */
export async function declineRequest(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  who: Person,
  token: string,
  reason: string,
): Promise<void> {
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, who);
    const request = await findRequestToAnswer(tx, person, token);
    const answer = { state: 'declined', by: actorOf(person), reason: limitText(reason), at } as const;
    await closeRequest(tx, person.company, request, answer);
  });
}

/** A purchase that was begun from a request was credited: the requester is notified. Under the company's lock. */
export async function answerWithPurchase(
  tx: Tx,
  { order, at }: { order: ConfirmedOrder; at: Date },
): Promise<void> {
  const company = order.requestId === null ? null : await findCompany(tx, order.companyId);
  if (order.requestId === null || company === null) return;
  const request = await tx.creditRequest.findUnique({
    where: { companyId_id: { companyId: order.companyId, id: order.requestId } },
  });
  if (request === null || request.state !== 'open') return;
  // Of an order for several offices, what it adds where credits were requested.
  const line = (await readLines(tx, order)).find(({ officeId }) => officeId === request.officeId);
  await closeRequest(tx, company, request, {
    state: 'bought',
    by: actorOf({ teamId: order.teamId ?? '', userId: order.userId }),
    order: { id: order.id, amount: amountOf(line ?? order) },
    at,
  });
}

/** Ends requests without an answer after three days, and notifies everybody who has them. */
export async function sweepRequests(deps: { db: Db; clock: Clock }): Promise<void> {
  const at = deps.clock.now();
  const due = await deps.db.creditRequest.findMany({
    where: { state: 'open', expiresAt: { lte: at } },
    orderBy: { expiresAt: 'asc' },
    take: 200,
  });
  await forEachCompany(due, ({ companyId, token }) =>
    inTransaction(deps.db, async (tx) => {
      await lockCompany(tx, companyId);
      const request = await tx.creditRequest.findUniqueOrThrow({ where: { token } });
      const company = await findCompany(tx, companyId);
      if (request.state !== 'open' || company === null) return;
      await closeRequest(tx, company, request, { state: 'expired', by: null, at });
    }),
  );
}

/** Ends an open request, updates its messages and notifies the requester. The caller holds the company's lock. */
export async function closeRequest(
  tx: Tx,
  company: Company,
  open: RequestRow,
  { state, by, order, reason = '', closedFor = null, at }: Answer,
): Promise<void> {
  const [request] = await tx.creditRequest.updateManyAndReturn({
    where: { companyId: open.companyId, id: open.id, state: 'open' },
    data: { state, answeredBy: by, answeredAt: at, orderId: order?.id ?? null, answer: reason, closedFor },
  });
  if (request === undefined) throw changedMeanwhile('The request');
  await notifyAnswer(tx, company, request, { bought: order?.amount ?? null, at });
  await recordAudit(tx, {
    companyId: open.companyId,
    at,
    actor: by ?? 'operator',
    surface: by === null ? 'operator' : 'slack',
    action: `request-${state}`,
    ...(reason === '' ? {} : { reason }),
    details: {
      request: open.id.toString(),
      order: order?.id.toString() ?? null,
      ...(closedFor === null ? {} : { closedFor }),
    },
  });
}
