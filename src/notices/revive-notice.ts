import type { Tx } from '../db/index.ts';
import { enqueueDelivery } from './enqueue-delivery.ts';

interface FailedNotice {
  companyId: bigint;
  id: bigint;
  channelId: string;
}

/** A channel that the company chose, not a person's direct messages. */
const CHANNEL = /^[CG]/;

/** Whether a notice is for a person instead of a channel. */
export function isPerson({ channelId }: Pick<FailedNotice, 'channelId'>): boolean {
  return !CHANNEL.test(channelId);
}

/** Puts a notice that failed back into the outbox, for this channel; in another channel it becomes a new message. */
export async function reviveNotice(
  tx: Tx,
  notice: FailedNotice,
  { teamId, channelId }: { teamId: string; channelId: string },
  at: Date,
): Promise<void> {
  await tx.notice.update({
    where: { companyId_id: { companyId: notice.companyId, id: notice.id } },
    data: {
      teamId,
      channelId,
      ...(channelId === notice.channelId ? {} : { messageTs: null }),
      state: 'pending',
      attempts: 0,
      nextAttemptAt: at,
    },
  });
  await enqueueDelivery(tx, { companyId: notice.companyId, noticeId: notice.id, channelId });
}
