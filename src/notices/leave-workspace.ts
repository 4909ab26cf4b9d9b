import type { Tx } from '../db/index.ts';

/** Unsets a company's channels and gives up what was still to be posted in the workspace that it leaves. */
export async function leaveWorkspace(tx: Tx, companyId: bigint, teamId: string): Promise<void> {
  await tx.noticeChannel.deleteMany({ where: { companyId } });
  await tx.notice.updateMany({
    where: { companyId, teamId, state: { in: ['pending', 'held'] } },
    data: { state: 'failed', nextAttemptAt: null, lastError: 'the company moved to another workspace' },
  });
}
