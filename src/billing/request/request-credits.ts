import { randomBytes } from 'node:crypto';
import { inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type Money, toMicros } from '../../money.ts';
import { actorOf, canBuyFor, findOwnScope, lockCompany, type Person, recordAudit } from '../../org/index.ts';
import { assertWithinRange } from '../limits.ts';
import type { BillingDeps } from '../types.ts';
import { tellRequest } from './tell-request.ts';

/** How long a request waits for somebody. */
const ANSWER_WITHIN_MS = 3 * 24 * 3_600_000;
export const LONGEST_REASON = 200;

/**
 * Asks in the channel for credits of the asker's own office (or the shared ones); `amount` null: whoever answers
 * chooses. One open request a person. Returns where it was asked. Throws RefillError `may-buy` (who may buy need not
 * ask), `request-open`, `no-request-channel`, `amount-below-minimum`, `amount-above-maximum`.
 */
export async function requestCredits(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  person: Person,
  wish: { amount: Money | null; reason: string },
): Promise<{ channelId: string }> {
  const { company } = person;
  const at = deps.clock.now();
  if (wish.amount !== null) assertWithinRange(company, wish.amount);
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, company.id);
    const scope = await findOwnScope(tx, person);
    if (canBuyFor(person, scope)) throw new RefillError('may-buy', 'You can add these credits yourself.');
    const askedBy = actorOf(person);
    const open = await tx.creditRequest.count({ where: { companyId: company.id, askedBy, state: 'open' } });
    if (open > 0) throw new RefillError('request-open', 'Your last request is still open.');
    const request = await tx.creditRequest.create({
      data: {
        companyId: company.id,
        token: randomBytes(18).toString('base64url'),
        askedBy,
        officeId: scope.kind === 'office' ? scope.officeId : null,
        amountMicros: wish.amount === null ? null : toMicros(wish.amount),
        reason: [...wish.reason.trim()].slice(0, LONGEST_REASON).join(''),
        state: 'open',
        askedAt: at,
        expiresAt: new Date(at.getTime() + ANSWER_WITHIN_MS),
      },
    });
    const channel = await tellRequest(tx, company, { request, bought: null, at });
    if (channel === null) throw new RefillError('no-request-channel', 'There is no channel to ask in.');
    await recordAudit(tx, {
      companyId: company.id,
      at,
      actor: askedBy,
      surface: 'slack',
      action: 'credits-requested',
      details: { request: request.id.toString(), amount: wish.amount?.toFixed(2) ?? null },
    });
    return channel;
  });
}
