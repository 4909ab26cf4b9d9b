import type { Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { dollars, formatDollars, type Money, toMicros } from '../../money.ts';
import { actorOf, isCompanyAdmin, type Person, recordAudit } from '../../org/index.ts';

/** Whether another limit of the company's own lets more be charged without a second admin: a higher one, or none. */
export function isLooser(own: Money | null, to: Money | null): boolean {
  return own !== null && (to === null || to.greaterThan(own));
}

/**
 * Makes the company's own approval limit a looser one, once a second admin said yes (R9). Throws RefillError
 * `not-allowed` where who asked is no company admin any more, `above-operator`.
 */
export async function makeLimitChange(
  tx: Tx,
  person: Person,
  { to }: { to: string | null },
  { at, approvedBy }: { at: Date; approvedBy: string },
): Promise<void> {
  const { id: companyId, approvalLimits } = person.company;
  if (!isCompanyAdmin(person)) throw new RefillError('not-allowed', 'Only company admins change settings.');
  const limit = to === null ? null : dollars(to);
  const { own, operator } = approvalLimits;
  if (limit !== null && operator !== null && limit.greaterThan(operator))
    throw new RefillError('above-operator', `The operator’s limit is ${formatDollars(operator)}.`, {
      limit: operator,
    });
  const approvalLimitMicros = limit === null ? null : toMicros(limit);
  await tx.company.update({ where: { id: companyId }, data: { approvalLimitMicros } });
  await recordAudit(tx, {
    companyId,
    at,
    actor: actorOf(person),
    surface: 'slack',
    action: 'settings-changed',
    details: { approval_limit: `${own?.toFixed(2) ?? 'none'} → ${to ?? 'none'}`, approvedBy },
  });
}
