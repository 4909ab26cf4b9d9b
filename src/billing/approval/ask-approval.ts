import { randomBytes } from 'node:crypto';
import type { Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { formatDollars, fromMicros, toMicros } from '../../money.ts';
import { listBuyersFor, type Person, recordAudit } from '../../org/index.ts';
import { keyOf, type OrderRow, scopeOf } from '../order-rows.ts';
import { approvalLimit } from './needs-approval.ts';
import { tellApproval } from './tell-approval.ts';

/** How long a question waits for its answer. */
const ANSWER_WITHIN_MS = 3 * 24 * 3_600_000;

/**
 * Asks a second admin instead of charging: the order waits, and one message in the channel has the question (R9).
 * Nothing is promised meanwhile, so it counts in no limit. The caller holds the company's lock and asked everything
 * that may stand against the purchase. Throws RefillError `no-approver` (nobody else could answer) and
 * `no-approval-channel` (there is nowhere to ask); nothing is changed then.
 */
export async function askApproval(
  tx: Tx,
  person: Person,
  order: OrderRow,
  surface: { viewId: string },
  at: Date,
): Promise<OrderRow> {
  const { company } = person;
  const limit = approvalLimit(company);
  if (limit === null) throw new RangeError('no approval is needed');
  const sentence = `Purchases above ${formatDollars(limit)} need a second admin.`;
  const approvers = await listBuyersFor(tx, company, scopeOf(order));
  if (approvers.every((userId) => userId === person.userId))
    throw new RefillError('no-approver', sentence, { limit });
  const waiting = await tx.purchaseOrder.update({
    where: keyOf(order),
    data: {
      state: 'awaiting_approval',
      method: null,
      cardId: null,
      confirmedAt: null,
      failureCode: null,
      nextLookAt: null,
      viewId: surface.viewId,
    },
  });
  const askedBy = `${person.teamId}/${person.userId}`;
  const approval = await tx.approval.create({
    data: {
      companyId: company.id,
      token: randomBytes(18).toString('base64url'),
      orderId: order.id,
      state: 'open',
      limitMicros: toMicros(limit),
      askedBy,
      askedAt: at,
      expiresAt: new Date(at.getTime() + ANSWER_WITHIN_MS),
    },
  });
  const told = await tellApproval(tx, company, { approval, order: waiting, at });
  if (told === null) throw new RefillError('no-approval-channel', sentence, { limit });
  await recordAudit(tx, {
    companyId: company.id,
    at,
    actor: askedBy,
    surface: 'slack',
    action: 'approval-asked',
    details: { order: order.id.toString(), amount: fromMicros(order.amountMicros ?? 0n).toFixed(2) },
  });
  return waiting;
}
