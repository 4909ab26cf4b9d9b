import type { Tx } from '../db/index.ts';
import { WEEK_MS } from '../durations.ts';
import { type NoticeKind, noticeFacts } from './facts/index.ts';
import { findNoticeChannel } from './find-channel.ts';
import { hasMended } from './quiet/may-wait.ts';
import { isPerson, reviveNotice } from './revive-notice.ts';

/** Notices that failed longer ago are out of date. */
const NEWS_MS = WEEK_MS;

/**
 * Sends notices that failed, once a company has chosen another channel: of the last week, the oldest first, each in the
 * channel that its kind has now. What is over by then is dropped (R27.8).
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
    if (await isOver(tx, notice))
      await tx.notice.update({ where: keyOf(notice), data: { state: 'dropped' } });
    else await reviveNotice(tx, notice, channel, at);
  }
}

type NoticeRow = NonNullable<Awaited<ReturnType<Tx['notice']['findUnique']>>>;

/** Whether what a notice reports is over and nobody has a message of it, or a newer one reports the same credits. */
async function isOver(tx: Tx, { companyId, dedupeKey, kind, facts, messageTs }: NoticeRow): Promise<boolean> {
  if (messageTs !== null) return false;
  if (hasMended(noticeFacts.parse(facts))) return true;
  return kind === 'low_balance' && (await tx.balanceAlert.count({ where: { companyId, dedupeKey } })) === 0;
}

const keyOf = ({ companyId, id }: NoticeRow) => ({ companyId_id: { companyId, id } });
