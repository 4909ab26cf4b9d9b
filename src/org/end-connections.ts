import type { Tx } from '../db/index.ts';
import { KINDS_ENDED_BY_CLOSING } from './operator-notices/kinds.ts';
import { forgetSource } from './phone-system/connect-phone-system.ts';

/**
 * Ends what a company that is closed has of its own outside billing and usage: the connection to its phone system's directory,
 * codes that link a workspace, the digest in its channel, what its phone system enforces, and operator notices that are obsolete
 * with it. Its people, roles and workspace stay, so that they can look. Again it does nothing. Under the company's lock.
 */
export async function endConnections(tx: Tx, companyId: bigint, at: Date): Promise<void> {
  await forgetSource(tx, companyId, at);
  await tx.linkCode.updateMany({
    where: { companyId, redeemedAt: null, expiresAt: { gt: at } },
    data: { expiresAt: at },
  });
  await tx.digestSchedule.deleteMany({ where: { companyId } });
  await tx.enforcement.updateMany({
    where: { companyId },
    data: { isSet: false, isEnforced: false, lostAt: null },
  });
  await tx.$executeRaw`
    UPDATE operator_notice SET resolved_at = greatest(since, ${at})
    WHERE company_id = ${companyId} AND kind = ANY (${[...KINDS_ENDED_BY_CLOSING]}::text[]) AND resolved_at IS NULL`;
}
