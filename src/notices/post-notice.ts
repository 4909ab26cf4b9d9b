import { dayOf } from '../calendar.ts';
import { Prisma, type Queryable } from '../db/index.ts';
import { listCompanyAdmins } from '../org/index.ts';
import { enqueueDelivery } from './enqueue-delivery.ts';
import type { NoticeFacts } from './facts/index.ts';
import { type Channel, findNoticeChannel } from './find-channel.ts';
import { hasMended, mayWait } from './quiet/may-wait.ts';
import { readQuietEnd } from './quiet/quiet-hours.ts';
import { updateSummary } from './summary/update-summary.ts';

export interface NoticeRequest {
  companyId: bigint;
  /** The same key again is the same message: it is updated, never posted twice. */
  dedupeKey: string;
  facts: NoticeFacts;
  at: Date;
  /** Where it goes instead of a channel of the company's choice: a person, by their user id. */
  to?: Channel;
}

/**
 * Puts a notice into the outbox in the caller's transaction, or revises the one already there when its facts
 * changed. What may wait is held until quiet hours end, unless it stands in the channel already; what is told within another
 * notice revises that one. A company that is closed is notified of nothing but its closing, and of refunds until it is complete.
 * Returns null when the company has chosen no channel for this kind: what cannot wait then goes to its company admins.
 */
export async function postNotice(
  tx: Queryable,
  request: NoticeRequest,
): Promise<{ channelId: string } | null> {
  const { companyId, dedupeKey, facts, at } = request;
  const channel = request.to ?? (await findNoticeChannel(tx, companyId, facts.kind));
  if (channel === null) {
    await sendToAdmins(tx, request, null);
    return null;
  }
  if (request.to === undefined) await updateCopies(tx, request);
  const heldUntil = request.to === undefined && mayWait(facts) ? await readQuietEnd(tx, companyId, at) : null;
  const rows = await tx.$queryRaw<{ id: bigint; state: string; partOf: bigint | null }[]>(Prisma.sql`
    INSERT INTO notice (company_id, dedupe_key, kind, team_id, channel_id, facts, revision, state, next_attempt_at, created_at)
    SELECT ${companyId}::bigint, ${dedupeKey}, ${facts.kind}, ${channel.teamId}, ${channel.channelId}, ${JSON.stringify(facts)}::jsonb, 1,
      ${heldUntil === null ? 'pending' : 'held'}::notice_state, ${heldUntil ?? at}::timestamptz, ${at}::timestamptz
    FROM company
    WHERE company.id = ${companyId} AND (closing_at IS NULL OR ${facts.kind} = 'company_status'
      OR ${facts.kind} = 'refund' AND closed_at IS NULL)
    ON CONFLICT (company_id, dedupe_key) DO UPDATE
      SET facts = excluded.facts, revision = notice.revision + 1, attempts = 0,
          state = CASE WHEN notice.part_of IS NOT NULL THEN 'merged'
                       WHEN notice.state = 'dropped' AND ${hasMended(facts)} THEN 'dropped'
                       WHEN notice.message_ts IS NULL THEN excluded.state ELSE 'pending' END::notice_state,
          next_attempt_at = CASE WHEN notice.message_ts IS NULL THEN excluded.next_attempt_at ELSE ${at} END,
          -- What was dropped was never told: it is told now for the first time.
          created_at = CASE WHEN notice.state = 'dropped' THEN excluded.created_at ELSE notice.created_at END,
          -- What stands nowhere yet goes where its kind goes now.
          team_id = CASE WHEN notice.message_ts IS NULL THEN excluded.team_id ELSE notice.team_id END,
          channel_id = CASE WHEN notice.message_ts IS NULL THEN excluded.channel_id ELSE notice.channel_id END
      WHERE notice.facts <> excluded.facts
    RETURNING id, state::text, part_of AS "partOf"`);
  const [row] = rows;
  if (row?.state === 'pending')
    await enqueueDelivery(tx, { companyId, noticeId: row.id, channelId: channel.channelId });
  if (row?.partOf != null) await updateSummary(tx, { companyId, id: row.partOf, at });
  return { channelId: channel.channelId };
}

/** A notice's copy for one person. */
type Copy = Required<Pick<NoticeRequest, 'dedupeKey' | 'to'>>;

/**
 * Sends a notice that cannot wait to each company admin by direct message, where no channel takes it, and updates the messages
 * that they have of it. Once a day they are told how to mend that. A question goes to those who may answer it as it is, and to nobody
 * else. `channelId` is the channel that cannot be posted to; null where none is chosen. `post` posts a copy. Applies R27.9.
 */
export async function sendToAdmins(
  tx: Queryable,
  notice: Omit<NoticeRequest, 'to'>,
  channelId: string | null,
  post: (copy: Copy) => Promise<unknown> = (copy) => postNotice(tx, { ...notice, ...copy }),
): Promise<void> {
  const { companyId, dedupeKey, facts, at } = notice;
  if (mayWait(facts)) return await updateCopies(tx, notice);
  const { name, timeZone, workspace } = await tx.company.findUniqueOrThrow({
    where: { id: companyId },
    select: { name: true, timeZone: true, workspace: { select: { teamId: true } } },
  });
  if (workspace === null) return;
  const mend = { kind: 'no_channel', companyName: name, channelId } as const;
  for (const userId of await listCompanyAdmins(tx, companyId)) {
    const to = { teamId: workspace.teamId, channelId: userId };
    if (!isQuestion(facts)) await post({ dedupeKey: `${copiesOf(dedupeKey)}${userId}`, to });
    const told = `no-channel:${dayOf(at, timeZone)}:${userId}`;
    await postNotice(tx, { companyId, at, to, dedupeKey: told, facts: mend });
  }
}

/** Updates the direct messages that company admins have of a notice, wherever it goes by now; who is none any more reads no more. */
export async function updateCopies(
  tx: Queryable,
  { companyId, dedupeKey, facts, at }: Omit<NoticeRequest, 'to'>,
): Promise<void> {
  if (isQuestion(facts)) return;
  const prefix = copiesOf(dedupeKey);
  const copies = await tx.notice.findMany({
    where: { companyId, dedupeKey: { startsWith: prefix } },
    select: { dedupeKey: true, teamId: true, channelId: true },
    orderBy: { id: 'asc' },
  });
  if (copies.length === 0) return;
  const admins = await listCompanyAdmins(tx, companyId);
  for (const { dedupeKey: key, ...to } of copies)
    if (admins.includes(key.slice(prefix.length)))
      await postNotice(tx, { companyId, dedupeKey: key, facts, at, to });
}

/** What people answer with buttons: `postQuestion` chooses whom it goes to. */
const isQuestion = ({ kind }: NoticeFacts): boolean => kind === 'approval' || kind === 'credit_request';

/** How the keys of a notice's copies begin, which go to people. */
export const copiesOf = (dedupeKey: string): string => `${dedupeKey}:to:`;
