import type { NoticeState, Queryable } from '../db/index.ts';

export interface ListedNotice {
  id: bigint;
  companyId: bigint;
  companyName: string;
  kind: string;
  /** The Slack channel or person it is for. */
  channelId: string;
  state: NoticeState;
  attempts: number;
  lastError: string | null;
  createdAt: Date;
  sentAt: Date | null;
}

/** Notices of a company or of all, the newest first. */
export async function listNotices(
  db: Queryable,
  {
    companyId,
    state,
    limit,
  }: { companyId: bigint | undefined; state: NoticeState | undefined; limit: number },
): Promise<ListedNotice[]> {
  const rows = await db.notice.findMany({
    where: { ...(companyId === undefined ? {} : { companyId }), ...(state === undefined ? {} : { state }) },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit,
    select: {
      id: true,
      companyId: true,
      company: { select: { name: true } },
      kind: true,
      channelId: true,
      state: true,
      attempts: true,
      lastError: true,
      createdAt: true,
      sentAt: true,
    },
  });
  return rows.map(({ company, ...notice }) => ({ ...notice, companyName: company.name }));
}
