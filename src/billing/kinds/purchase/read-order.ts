import { findPerson, type Person } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { describeOrder, findOwnOrder } from './describe-order.ts';
import type { OrderFacts } from './types.ts';

/** The person's own purchase as it stands. Throws RefillError `order-unknown`. */
export async function readOrder(deps: BillingDeps, person: Person, token: string): Promise<OrderFacts> {
  return await describeOrder(deps, await findOwnOrder(deps.db, person, token), person);
}

/** A purchase with its buyer, for drawing it where the buyer looks; null when the buyer may not see it any more. */
export async function findOrderToShow(
  deps: BillingDeps,
  key: { companyId: bigint; orderId: bigint },
): Promise<{ order: OrderFacts; person: Person } | null> {
  const row = await deps.db.purchaseOrder.findUnique({
    where: { companyId_id: { companyId: key.companyId, id: key.orderId } },
  });
  if (row === null || row.teamId === null) return null;
  const person = await findPerson(deps.db, { teamId: row.teamId, userId: row.userId });
  if (person === null || person.company.id !== key.companyId) return null;
  return { order: await describeOrder(deps, row, person), person };
}
