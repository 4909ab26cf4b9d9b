import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { OPERATOR_NOTICES, operatorNoticeKind } from './kinds.ts';

/** Posts a line to the operator's channel; null where none is configured. */
export type OperatorPost = ((line: string) => Promise<void>) | null;

/**
 * Logs each new operator notice once and posts it to the operator's channel. A notice is claimed before it is posted, so
 * that several processes post it once; where Slack does not take it, it is claimed again by the next sweep.
 */
export async function announceOperatorNotices({
  db,
  clock,
  log,
  post,
}: {
  db: Db;
  clock: Clock;
  log: Logger;
  post: OperatorPost;
}): Promise<void> {
  const fresh = await db.operatorNotice.findMany({
    where: { announcedAt: null, resolvedAt: null },
    include: { company: { select: { id: true, name: true } } },
    orderBy: { id: 'asc' },
    take: 50,
  });
  for (const { id, kind, company, subject } of fresh) {
    const claim = await db.operatorNotice.updateMany({
      where: { id, announcedAt: null },
      data: { announcedAt: clock.now() },
    });
    if (claim.count === 0) continue;
    const sentence = OPERATOR_NOTICES[operatorNoticeKind.parse(kind)];
    log.warn({ notice: id.toString(), kind, company: company?.id.toString() ?? null, subject }, sentence);
    if (post === null) continue;
    try {
      await post(`${company === null ? '' : `${company.name} (${company.id}): `}${sentence}`);
    } catch (error) {
      await db.operatorNotice.updateMany({ where: { id }, data: { announcedAt: null } });
      log.warn({ err: error, notice: id.toString() }, 'an operator notice could not be posted');
      return;
    }
  }
}
