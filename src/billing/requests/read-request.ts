import type { Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { fromMicros, type Money } from '../../money.ts';
import { canBuyFor, listBuyersFor, type Person, type Scope, userOf } from '../../org/index.ts';
import { scopeOf } from '../orders/order.ts';

export type RequestRow = NonNullable<Awaited<ReturnType<Queryable['creditRequest']['findUnique']>>>;

/** What a purchase that answers a request begins with. */
export interface RequestStart {
  token: string;
  amount: Money | null;
  scope: Scope;
}

/**
 * An open request, for somebody who may buy these credits. Throws RefillError `request-unknown`, `request-over` (its
 * details have `state` and `by`, the user who answered, or null) and `not-answerer` (whose details name the `buyers`).
 */
export async function findRequestToAnswer(db: Queryable, person: Person, token: string): Promise<RequestRow> {
  const request = await db.creditRequest.findFirst({ where: { token, companyId: person.company.id } });
  if (request === null) throw new RefillError('request-unknown', 'That request is not known any more.');
  if (!canBuyFor(person, scopeOf(request))) {
    throw new RefillError('not-answerer', 'Only admins who may add these credits answer.', {
      buyers: await listBuyersFor(db, person.company, scopeOf(request)),
    });
  }
  if (request.state !== 'open') {
    const by = userOf(request.answeredBy);
    throw new RefillError('request-over', 'That request was answered.', { state: request.state, by });
  }
  return request;
}

/** What the purchase window is filled in with. Throws what `findRequestToAnswer` throws. */
export async function readRequestStart(db: Queryable, person: Person, token: string): Promise<RequestStart> {
  const request = await findRequestToAnswer(db, person, token);
  return {
    token,
    amount: request.amountMicros === null ? null : fromMicros(request.amountMicros),
    scope: scopeOf(request),
  };
}
