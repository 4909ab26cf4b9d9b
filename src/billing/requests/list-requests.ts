import type { Db } from '../../db/index.ts';
import { fromMicros, type Money } from '../../money.ts';
import { canBuyFor, labelScope, type Person, userOf } from '../../org/index.ts';
import { scopeOf } from '../orders/order.ts';

/** A request for credits that waits for an answer. */
export interface OpenRequest {
  token: string;
  userId: string | null;
  scopeLabel: string;
  /** Null: the admin chooses. */
  amount: Money | null;
  reason: string;
}

/** The requests that a person may answer, the oldest first. */
export async function listRequestsToAnswer(
  db: Db,
  person: Person,
  { at, limit }: { at: Date; limit: number },
): Promise<OpenRequest[]> {
  const rows = await db.creditRequest.findMany({
    where: { companyId: person.company.id, state: 'open', expiresAt: { gt: at } },
    orderBy: { askedAt: 'asc' },
    take: 100,
  });
  return rows
    .filter((row) => canBuyFor(person, scopeOf(row)))
    .slice(0, limit)
    .map((row) => ({
      token: row.token,
      userId: userOf(row.askedBy),
      scopeLabel: labelScope(person, scopeOf(row)),
      amount: row.amountMicros === null ? null : fromMicros(row.amountMicros),
      reason: row.reason,
    }));
}
