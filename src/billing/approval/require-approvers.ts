import type { Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import type { Money } from '../../money.ts';
import { type Company, listWalletsWithoutApprover, type ScopeWithoutApprover } from '../../org/index.ts';
import { approvalLimit } from './needs-approval.ts';

/**
 * Judges a limit that the operator sets: returns the credits about which fewer than two people could answer (R9); none
 * where there is to be no limit. Throws RefillError `no-second-admin` where there are such credits and it is not forced.
 */
export async function requireApprovers(
  tx: Tx,
  company: Company,
  { limit, isForced }: { limit: Money | null; isForced: boolean },
): Promise<ScopeWithoutApprover[]> {
  const lacking = limit === null ? [] : await listWalletsWithoutApprover(tx, company);
  if (lacking.length === 0 || isForced) return lacking;
  const names = lacking.map(({ label }) => label).join(', ');
  throw new RefillError(
    'no-second-admin',
    `Fewer than two admins could approve for ${names}. Add admins first (refill people grant), or repeat with --force and answer there yourself (refill approval answer).`,
  );
}

/** The credits that an approval limit is in force for, and about which fewer than two people could answer, by name. */
export async function listUnanswerable(tx: Tx, company: Company): Promise<string[]> {
  if (approvalLimit(company) === null) return [];
  return (await listWalletsWithoutApprover(tx, company)).map(({ label }) => label);
}
