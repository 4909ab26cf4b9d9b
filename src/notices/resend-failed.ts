import type { Tx } from '../db/index.ts';
import { WEEK_MS } from '../durations.ts';
import type { NoticeKind } from './facts/index.ts';
import { findNoticeChannel } from './find-channel.ts';
import { isPerson, reviveNotice } from './revive-notice.ts';

/** Notices that failed longer ago are out of date. */
const NEWS_MS = WEEK_MS;

/**
 * Sends notices that failed, once a company has chosen another channel: of the last week, the oldest first, each in the
 * channel that its kind has now.
 */
export async function resendFailed(tx: Tx, companyId: bigint, at: Date): Promise<void> {
  const failed = await tx.notice.findMany({
    where: { companyId, state: 'failed', createdAt: { gt: new Date(at.getTime() - NEWS_MS) } },
    orderBy: { id: 'asc' },
  });
  for (const notice of failed) {
    const channel = await findNoticeChannel(tx, companyId, notice.kind as NoticeKind);
    // What was for a workspace that the company has left mentions people who are not here.
    if (channel === null || channel.teamId !== notice.teamId || isPerson(notice)) continue;
    await reviveNotice(tx, notice, channel, at);
  }
}
