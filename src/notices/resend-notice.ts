import { type Db, inTransaction } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { recordAudit } from '../org/index.ts';
import type { NoticeKind } from './facts/index.ts';
import { findNoticeChannel } from './find-channel.ts';
import { isPerson, reviveNotice } from './revive-notice.ts';

/**
 * Sends a notice that failed again: in the channel that its kind has now, or to the person it is for.
 * Throws RefillError `notice-unknown` and `notice-not-failed`.
 */
export async function resendNotice(
  db: Db,
  { companyId, id, at }: { companyId: bigint; id: bigint; at: Date },
): Promise<{ channelId: string }> {
  return await inTransaction(db, async (tx) => {
    const notice = await tx.notice.findUnique({ where: { companyId_id: { companyId, id } } });
    if (notice === null)
      throw new RefillError('notice-unknown', `There is no notice ${id}: see refill notice list.`);
    if (notice.state !== 'failed')
      throw new RefillError(
        'notice-not-failed',
        notice.state === 'sent'
          ? `Notice ${id} was sent; posting it again would say it twice.`
          : `Notice ${id} is not sent yet, and is tried again by itself.`,
      );
    const chosen = isPerson(notice)
      ? null
      : await findNoticeChannel(tx, companyId, notice.kind as NoticeKind);
    const channel = chosen ?? notice;
    await reviveNotice(tx, notice, channel, at);
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'notice-resent',
      details: { notice: id.toString(), kind: notice.kind, channel: channel.channelId },
    });
    return { channelId: channel.channelId };
  });
}
