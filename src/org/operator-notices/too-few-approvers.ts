import type { Tx } from '../../db/index.ts';
import { listUnanswerable } from '../approvers.ts';
import type { Company } from '../people.ts';
import { raiseOperatorNotice, resolveOperatorNotice } from './raise-operator-notice.ts';

/**
 * Compares who can approve with `before` (`listUnanswerable` before roles changed): tells the operator where fewer than two
 * people can since, and closes that notice once two can everywhere (R30). Returns the credits that came to it, by name.
 */
export async function followApprovers(
  tx: Tx,
  company: Company,
  before: readonly string[],
  at: Date,
): Promise<string[]> {
  const notice = { kind: 'too-few-approvers', companyId: company.id, at } as const;
  const unanswerable = await listUnanswerable(tx, company);
  const added = unanswerable.filter((label) => !before.includes(label));
  if (added.length > 0)
    await raiseOperatorNotice(tx, { ...notice, details: { credits: unanswerable.join('; ') } });
  if (unanswerable.length === 0) await resolveOperatorNotice(tx, notice);
  return added;
}
