import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { type Db, inTransaction } from '../db/index.ts';
import { MINUTE_MS, SECOND_MS } from '../durations.ts';
import type { Logger } from '../log.ts';
import type { JobPayload } from '../queue/index.ts';
import { enqueueDelivery } from './enqueue-delivery.ts';
import { type NoticeFacts, noticeFacts } from './facts/index.ts';
import { readFactsNow } from './low-now.ts';
import { sendToAdmins } from './post-notice.ts';
import { isPerson } from './revive-notice.ts';

/**
 * Posts a notice, or edits its message when `messageTs` is given. Returns where the message is: a person's user id is
 * good for posting alone, the message is edited in the conversation that Slack opened for it.
 */
export type NoticeSender = (message: {
  teamId: string;
  channelId: string;
  facts: NoticeFacts;
  messageTs: string | null;
}) => Promise<{ ts: string; channelId: string }>;

/**
 * Why a message did not go out. `permanent`: a retry cannot help until a setting changes; `isOfChannel`: it is the channel that does not
 * take it, not the app's token or the message.
 */
export class NoticeDeliveryError extends Error {
  override readonly name = 'NoticeDeliveryError';
  readonly permanent: boolean;
  readonly isOfChannel: boolean;
  /** How long the other side asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    options: { permanent: boolean; isOfChannel?: boolean; retryAfterMs?: number; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.permanent = options.permanent;
    this.isOfChannel = options.isOfChannel ?? false;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

const BACKOFF = { initialMs: 2 * SECOND_MS, maxMs: 10 * MINUTE_MS };

export interface NoticeDeps {
  db: Db;
  clock: Clock;
  log: Logger;
  send: NoticeSender;
}

/**
 * Sends what the outbox holds for one notice. The row is read before and marked after the call, so a kill in
 * between sends it again rather than never; the message's ts makes every later revision an edit. Applies R27.1.
 */
export async function deliverNotice(
  deps: NoticeDeps,
  { companyId, noticeId }: JobPayload<'deliver-notice'>,
): Promise<void> {
  const where = { companyId_id: { companyId, id: noticeId } };
  const now = deps.clock.now();
  const notice = await deps.db.notice.findUnique({ where });
  if (notice === null || notice.state !== 'pending') return;
  if (notice.nextAttemptAt !== null && notice.nextAttemptAt > now) return;
  const { teamId, channelId, messageTs, revision } = notice;
  const facts = await readFactsNow(deps.db, notice, now);
  if (facts === null) {
    const unchanged = { companyId, id: noticeId, state: 'pending', revision } as const;
    await deps.db.notice.updateMany({ where: unchanged, data: { state: 'dropped', nextAttemptAt: null } });
    return;
  }
  let sent: Awaited<ReturnType<NoticeSender>>;
  try {
    sent = await deps.send({ teamId, channelId, messageTs, facts });
  } catch (error) {
    await recordFailure(deps, notice, error);
    return;
  }
  await inTransaction(deps.db, async (tx) => {
    const now = deps.clock.now();
    const [row] = await tx.$queryRaw<{ revision: number }[]>`
      UPDATE notice SET message_ts = ${sent.ts}, channel_id = ${sent.channelId}, sent_revision = ${notice.revision}, sent_at = ${now},
        state = CASE WHEN revision = ${notice.revision} THEN 'sent'::notice_state ELSE 'pending' END,
        attempts = 0, next_attempt_at = ${now}, last_error = NULL
      WHERE company_id = ${companyId} AND id = ${noticeId} AND sent_revision < ${notice.revision} AND part_of IS NULL
      RETURNING revision`;
    if (row !== undefined && row.revision > notice.revision)
      await enqueueDelivery(tx, { companyId, noticeId, channelId });
  });
}

async function recordFailure(
  deps: NoticeDeps,
  notice: { companyId: bigint; id: bigint; attempts: number; kind: string; channelId: string },
  error: unknown,
): Promise<void> {
  const known = error instanceof NoticeDeliveryError ? error : null;
  const attempts = notice.attempts + 1;
  const waitMs = known?.retryAfterMs ?? backoffMs(notice.attempts, BACKOFF);
  const isOver = known?.permanent === true;
  deps.log[isOver ? 'error' : 'warn'](
    { err: error, noticeId: notice.id.toString(), kind: notice.kind, channel: notice.channelId, attempts },
    isOver ? 'a notice cannot be delivered' : 'a notice was not delivered; it will be tried again',
  );
  const { companyId, id, channelId } = notice;
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const { dedupeKey, facts } = await tx.notice.update({
      where: { companyId_id: { companyId, id } },
      data: {
        attempts,
        lastError: error instanceof Error ? error.message : String(error),
        ...(isOver
          ? { state: 'failed', nextAttemptAt: null }
          : { nextAttemptAt: new Date(at.getTime() + waitMs) }),
      },
    });
    if (isOver && known?.isOfChannel === true && !isPerson(notice))
      await sendToAdmins(tx, { companyId, dedupeKey, facts: noticeFacts.parse(facts), at }, channelId);
  });
}

/** Wakes every notice that is due but was not sent: its job was lost, or its waiting time is over. */
export async function sweepNotices(deps: { db: Db; clock: Clock }): Promise<void> {
  const due = await deps.db.notice.findMany({
    where: { state: 'pending', nextAttemptAt: { lte: deps.clock.now() } },
    select: { companyId: true, id: true, channelId: true },
    orderBy: { nextAttemptAt: 'asc' },
    take: 200,
  });
  for (const { companyId, id, channelId } of due) {
    await enqueueDelivery(deps.db, { companyId, noticeId: id, channelId });
  }
}
