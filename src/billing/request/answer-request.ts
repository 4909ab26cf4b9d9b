import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { fromMicros, type Money } from '../../money.ts';
import {
  actorOf,
  type Company,
  findCompany,
  lockCompany,
  type Person,
  recordAudit,
} from '../../org/index.ts';
import { forEachCompany } from '../../queue/index.ts';
import type { OrderRow } from '../order-rows.ts';
import type { BillingDeps } from '../types.ts';
import { findRequestToAnswer, type RequestRow } from './read-request.ts';
import { tellRequest } from './tell-request.ts';

interface Answer {
  state: 'bought' | 'dismissed' | 'expired';
  /** `TEAM/USER`; null where nobody answered. */
  by: string | null;
  order: { id: bigint; amount: Money } | null;
  at: Date;
}

/** Nobody buys for it. One-shot: throws what `findRequestToAnswer` throws, `request-over` for a second click. */
export async function dismissRequest(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  person: Person,
  token: string,
): Promise<void> {
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, person.company.id);
    const request = await findRequestToAnswer(tx, person, token);
    const by = actorOf(person);
    await closeRequest(tx, person.company, request, { state: 'dismissed', by, order: null, at });
  });
}

/** A purchase that was begun from a request was credited: who asked is told. Its caller holds the company's lock. */
export async function answerWithPurchase(tx: Tx, company: Company, order: OrderRow, at: Date): Promise<void> {
  if (order.requestId === null) return;
  const request = await tx.creditRequest.findUnique({
    where: { companyId_id: { companyId: order.companyId, id: order.requestId } },
  });
  if (request === null || request.state !== 'open') return;
  await closeRequest(tx, company, request, {
    state: 'bought',
    by: actorOf({ teamId: order.teamId ?? '', userId: order.userId }),
    order: { id: order.id, amount: fromMicros(order.amountMicros ?? 0n) },
    at,
  });
}

/** Ends requests that nobody answered within three days, and says so. */
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
      await closeRequest(tx, company, request, { state: 'expired', by: null, order: null, at });
    }),
  );
}

/** Ends an open request, updates its message and notifies who asked. */
export async function closeRequest(
  tx: Tx,
  company: Company,
  open: RequestRow,
  answer: Answer,
): Promise<void> {
  const { state, by, order, at } = answer;
  const request = await tx.creditRequest.update({
    where: { companyId_id: { companyId: open.companyId, id: open.id } },
    data: { state, answeredBy: by, answeredAt: at, orderId: order?.id ?? null },
  });
  await tellRequest(tx, company, { request, bought: order?.amount ?? null, at });
  await recordAudit(tx, {
    companyId: open.companyId,
    at,
    actor: by ?? 'operator',
    surface: by === null ? 'operator' : 'slack',
    action: `request-${state}`,
    details: { request: open.id.toString(), order: order?.id.toString() ?? null },
  });
}
