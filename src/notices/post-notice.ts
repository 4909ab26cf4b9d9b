import { Prisma, type Queryable } from '../db/index.ts';
import { enqueue } from '../queue/index.ts';
import type { NoticeFacts, NoticeKind } from './facts/index.ts';
import { topicOf } from './topics.ts';

export interface NoticeRequest {
  companyId: bigint;
  /** The same key again is the same message: it is brought up to date, never posted twice. */
  dedupeKey: string;
  facts: NoticeFacts;
  at: Date;
  /** Where it goes instead of a channel of the company's choice: a person, by their user id. */
  to?: { teamId: string; channelId: string };
}

/**
 * Puts a notice into the outbox in the caller's transaction, or revises the one already there when its facts
 * changed. Returns null when the company has chosen no channel for this kind.
 */
export async function postNotice(
  tx: Queryable,
  request: NoticeRequest,
): Promise<{ channelId: string } | null> {
  const channel = request.to ?? (await findNoticeChannel(tx, request.companyId, request.facts.kind));
  if (channel === null) return null;
  const facts = JSON.stringify(request.facts);
  const rows = await tx.$queryRaw<{ id: bigint }[]>(Prisma.sql`
    INSERT INTO notice (company_id, dedupe_key, kind, team_id, channel_id, facts, revision, state, next_attempt_at, created_at)
    VALUES (${request.companyId}, ${request.dedupeKey}, ${request.facts.kind}, ${channel.teamId}, ${channel.channelId},
            ${facts}::jsonb, 1, 'pending', ${request.at}, ${request.at})
    ON CONFLICT (company_id, dedupe_key) DO UPDATE
      SET facts = excluded.facts, revision = notice.revision + 1, state = 'pending', attempts = 0,
          next_attempt_at = excluded.next_attempt_at,
          -- What stands nowhere yet goes where its kind goes now.
          team_id = CASE WHEN notice.message_ts IS NULL THEN excluded.team_id ELSE notice.team_id END,
          channel_id = CASE WHEN notice.message_ts IS NULL THEN excluded.channel_id ELSE notice.channel_id END
      WHERE notice.facts <> excluded.facts
    RETURNING id`);
  const noticeId = rows[0]?.id;
  if (noticeId !== undefined)
    await enqueueDelivery(tx, { companyId: request.companyId, noticeId, channelId: channel.channelId });
  return { channelId: channel.channelId };
}

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

/** The channel for a kind of notice: its topic's own, else the company's general one. */
export async function findNoticeChannel(
  tx: Queryable,
  companyId: bigint,
  kind: NoticeKind,
): Promise<{ teamId: string; channelId: string } | null> {
  const topic = topicOf(kind);
  const rows = await tx.noticeChannel.findMany({ where: { companyId, kind: { in: [topic, 'any'] } } });
  return rows.find((row) => row.kind === topic) ?? rows[0] ?? null;
}
