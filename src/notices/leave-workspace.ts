import type { Tx } from '../db/index.ts';

/** Unsets a company's channels and gives up what was still to be posted in the workspace that it leaves. */
export async function leaveWorkspace(tx: Tx, companyId: bigint, teamId: string): Promise<void> {
  await tx.noticeChannel.deleteMany({ where: { companyId } });
  await tx.notice.updateMany({
    where: { companyId, teamId, state: { in: ['pending', 'held'] } },
    data: { state: 'failed', nextAttemptAt: null, lastError: 'the company moved to another workspace' },
  });
}

/** Gives up what waits for the end of quiet hours in a company that is closed. */
export async function dropHeld(tx: Tx, companyId: bigint): Promise<void> {
  await tx.notice.updateMany({
    where: { companyId, state: 'held' },
    data: { state: 'dropped', nextAttemptAt: null },
  });
}
