import type { Queryable } from '../db/index.ts';
import { enqueue } from '../queue/index.ts';

/** Messages of one channel go out one at a time, in order. */
export async function enqueueDelivery(
  tx: Queryable,
  notice: { companyId: bigint; noticeId: bigint; channelId: string },
): Promise<void> {
  await enqueue(
    tx,
    'deliver-notice',
    { companyId: notice.companyId, noticeId: notice.noticeId },
    { queue: `channel:${notice.channelId}`, key: `${notice.companyId}:${notice.noticeId}` },
  );
}
