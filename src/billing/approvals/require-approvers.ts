import type { Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import type { Money } from '../../money.ts';
import { type Company, listWalletsWithoutApprover, type ScopeWithoutApprover } from '../../org/index.ts';

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
