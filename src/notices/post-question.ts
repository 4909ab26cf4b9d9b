import type { Queryable } from '../db/index.ts';
import type { NoticeFacts } from './facts/index.ts';
import { findNoticeChannel } from './find-channel.ts';
import { copiesOf, postNotice } from './post-notice.ts';

/** How many people a question is sent to by direct message; the channel has it for the others. */
const MAX_DIRECT_MESSAGES = 5;

/** A question that a person answers with buttons. */
interface Question {
  companyId: bigint;
  dedupeKey: string;
  facts: Extract<NoticeFacts, { kind: 'approval' | 'credit_request' }>;
  at: Date;
}

/**
 * Sends a question to those who may answer: by direct message to the first five, and to the channel of its kind, where
 * the company chose one, with a mention of these five. Returns where it went. Applies R9.8.
 */
export async function postQuestion(
  tx: Queryable,
  question: Question,
  to: { teamId: string; userIds: readonly string[] },
): Promise<{ channelId: string | null; userIds: string[] }> {
  const { companyId, dedupeKey, facts, at } = question;
  const userIds = to.userIds.slice(0, MAX_DIRECT_MESSAGES);
  const moreAnswerers = to.userIds.length - userIds.length;
  const channel = await findNoticeChannel(tx, companyId, facts.kind);
  if (channel !== null)
    await postNotice(tx, {
      companyId,
      dedupeKey,
      at,
      facts: { ...facts, answererIds: userIds, moreAnswerers },
      to: channel,
    });
  for (const userId of userIds)
    await postNotice(tx, {
      companyId,
      dedupeKey: `${copiesOf(dedupeKey)}${userId}`,
      at,
      facts,
      to: { teamId: to.teamId, channelId: userId },
    });
  return { channelId: channel?.channelId ?? null, userIds };
}

/** Updates every message of a question in place: answered in one of them, it shows its answer in all. */
export async function updateQuestion(tx: Queryable, question: Question): Promise<void> {
  const { companyId, dedupeKey, facts, at } = question;
  const messages = await tx.notice.findMany({
    where: { companyId, OR: [{ dedupeKey }, { dedupeKey: { startsWith: copiesOf(dedupeKey) } }] },
    select: { dedupeKey: true, teamId: true, channelId: true },
    orderBy: { id: 'asc' },
  });
  for (const { dedupeKey: key, teamId, channelId } of messages)
    await postNotice(tx, { companyId, dedupeKey: key, at, facts, to: { teamId, channelId } });
}
