import { inTransaction } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { type Money, toMicros } from '../../money.ts';
import {
  actorOf,
  canBuyFor,
  findOwnScope,
  listBuyersFor,
  lockForPerson,
  type Person,
  recordAudit,
} from '../../org/index.ts';
import { newToken } from '../../token.ts';
import type { BillingDeps } from '../deps.ts';
import { assertWithinRange } from '../orders/limits.ts';
import { notifyAnswerers, type RequestSent } from './notify-request.ts';

/** How long a request waits for somebody. */
const ANSWER_WITHIN_MS = 3 * DAY_MS;
export const MAX_REASON_LENGTH = 200;

/**
 * Asks those who may add them for credits of the requester's own office (or the shared ones); `amount` null: whoever
 * answers chooses. One open request a person. Returns where it went. Throws RefillError `may-buy` (who may buy need not
 * ask), `request-open`, `no-answerer` (there is no admin to answer), `amount-below-minimum`, `amount-above-maximum`.
 * Applies R9.18.
 */
export async function requestCredits(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  who: Person,
  wish: { amount: Money | null; reason: string },
): Promise<RequestSent> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, who);
    const { company } = person;
    if (wish.amount !== null) assertWithinRange(company, wish.amount);
    const scope = await findOwnScope(tx, person);
    if (canBuyFor(person, scope)) throw new RefillError('may-buy', 'You can add these credits yourself.');
    const askedBy = actorOf(person);
    const open = await tx.creditRequest.count({ where: { companyId: company.id, askedBy, state: 'open' } });
    if (open > 0) throw new RefillError('request-open', 'Your last request is still open.');
    const userIds = await listBuyersFor(tx, company, scope);
    if (userIds.length === 0) throw new RefillError('no-answerer', 'There is no admin to answer.');
    const request = await tx.creditRequest.create({
      data: {
        companyId: company.id,
        token: newToken(),
        askedBy,
        officeId: scope.kind === 'office' ? scope.officeId : null,
        amountMicros: wish.amount === null ? null : toMicros(wish.amount),
        reason: limitText(wish.reason),
        state: 'open',
        askedAt: at,
        expiresAt: new Date(at.getTime() + ANSWER_WITHIN_MS),
      },
    });
    const sent = await notifyAnswerers(tx, company, request, { userIds, at });
    await recordAudit(tx, {
      companyId: company.id,
      at,
      actor: askedBy,
      surface: 'slack',
      action: 'credits-requested',
      details: { request: request.id.toString(), amount: wish.amount?.toFixed(2) ?? null },
    });
    return sent;
  });
}

/** What somebody typed for others to read, at most as long as it is stored. */
export function limitText(text: string): string {
  return [...text.trim()].slice(0, MAX_REASON_LENGTH).join('');
}
