import type { Queryable } from '../db/index.ts';
import type { NoticeKind } from './facts/index.ts';
import { topicOf } from './topics.ts';

export interface Channel {
  teamId: string;
  channelId: string;
}

/** The channel for a kind of notice: its topic's, else the company's general one; null where none is chosen. */
export async function findNoticeChannel(
  tx: Queryable,
  companyId: bigint,
  kind: NoticeKind,
): Promise<Channel | null> {
  const topic = topicOf(kind);
  const rows = await tx.noticeChannel.findMany({ where: { companyId, kind: { in: [topic, 'any'] } } });
  return rows.find((row) => row.kind === topic) ?? rows[0] ?? null;
}
