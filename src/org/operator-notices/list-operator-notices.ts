import type { Queryable } from '../../db/index.ts';
import { OPERATOR_NOTICES, type OperatorNoticeKind, operatorNoticeKind } from './kinds.ts';

export interface OperatorNotice {
  id: bigint;
  kind: OperatorNoticeKind;
  /** What is wrong and what to do, in a sentence or two. */
  sentence: string;
  company: { id: bigint; name: string } | null;
  subject: string;
  details: unknown;
  /** How often it was raised since it opened. */
  count: number;
  since: Date;
  lastAt: Date;
  resolvedAt: Date | null;
}

/** The open notices, oldest first; with `includeResolved` the newest 200 of all, newest last. */
export async function listOperatorNotices(
  db: Queryable,
  { includeResolved = false }: { includeResolved?: boolean } = {},
): Promise<OperatorNotice[]> {
  const rows = await db.operatorNotice.findMany({
    where: includeResolved ? {} : { resolvedAt: null },
    include: { company: { select: { id: true, name: true } } },
    orderBy: { id: 'desc' },
    ...(includeResolved ? { take: 200 } : {}),
  });
  return rows.toReversed().map(({ companyId: _, announcedAt: __, ...row }) => {
    const kind = operatorNoticeKind.parse(row.kind);
    return { ...row, kind, sentence: OPERATOR_NOTICES[kind] };
  });
}
