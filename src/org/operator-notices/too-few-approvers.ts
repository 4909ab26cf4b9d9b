import type { Tx } from '../../db/index.ts';
import { listUnanswerable } from '../approvers.ts';
import type { Company } from '../people.ts';
import { raiseOperatorNotice, resolveOperatorNotice } from './raise-operator-notice.ts';

/** Tells the operator which credits fewer than two people can approve for since `at`; `credits` are their names (R30). */
export async function raiseTooFewApprovers(
  tx: Tx,
  company: Company,
  credits: readonly string[],
  at: Date,
): Promise<void> {
  await raiseOperatorNotice(tx, {
    kind: 'too-few-approvers',
    companyId: company.id,
    details: { credits: credits.join('; ') },
    at,
  });
}

/** Closes that notice once two people can approve for all credits again. */
export async function resolveOnceAnswerable(tx: Tx, company: Company, at: Date): Promise<void> {
  if ((await listUnanswerable(tx, company)).length > 0) return;
  await resolveOperatorNotice(tx, { kind: 'too-few-approvers', companyId: company.id, at });
}
