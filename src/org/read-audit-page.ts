import { type Db, inTransaction, type Prisma, type Queryable } from '../db/index.ts';
import { AUDIT_ACTIONS, type AuditArea } from './audit-actions.ts';
import type { AuditEntry } from './list-audit.ts';

/** Which of a company's audit is meant; what is left out narrows nothing. `from` counts, `to` does not. */
export interface AuditFilter {
  companyId: bigint;
  /** A Slack user's id. */
  userId?: string;
  area?: AuditArea;
  from?: Date;
  to?: Date;
}

/** One entry as a list shows it. */
export type ListedAudit = Omit<AuditEntry, 'companyId' | 'companyName' | 'requestId'> & { id: bigint };

/** One page. `first`: the newest entry of the list when it was opened, so that newer ones shift no page. */
export interface AuditPage {
  entries: ListedAudit[];
  /** How many there are, and how many stand before this page. */
  count: number;
  skipped: number;
  first: bigint | null;
}

const PAGE = 1_000;
const NEWEST_FIRST = [{ at: 'desc' }, { id: 'desc' }] satisfies Prisma.AuditOrderByWithRelationInput[];
const SHOWN = { id: true, at: true, actor: true, surface: true, action: true, reason: true, details: true };

/** A page of what was changed in a company, by whom, the newest first (R28). */
export async function readAuditPage(
  db: Db,
  filter: AuditFilter,
  { first, skipped, limit }: { first: bigint | null; skipped: number; limit: number },
): Promise<AuditPage> {
  return await inTransaction(db, async (tx) => {
    const where = { ...whereOf(filter), ...(first === null ? {} : { id: { lte: first } }) };
    const count = await tx.audit.count({ where });
    const newest = first ?? (await tx.audit.aggregate({ where, _max: { id: true } }))._max.id;
    const rows = await tx.audit.findMany({
      where,
      select: SHOWN,
      orderBy: NEWEST_FIRST,
      skip: skipped,
      take: limit,
    });
    return { entries: rows.map(toListed), count, skipped, first: newest };
  });
}

/** The same in pages of its own, at most so many entries. */
export async function* streamAudit(
  db: Queryable,
  filter: AuditFilter,
  { limit }: { limit: number },
): AsyncGenerator<ListedAudit[]> {
  let after: { at: Date; id: bigint } | null = null;
  for (let left = limit; left > 0; ) {
    const older: Prisma.AuditWhereInput =
      after === null ? {} : { OR: [{ at: { lt: after.at } }, { at: after.at, id: { lt: after.id } }] };
    const where = { AND: [whereOf(filter), older] };
    const take = Math.min(PAGE, left);
    const rows = await db.audit.findMany({ where, select: SHOWN, orderBy: NEWEST_FIRST, take });
    if (rows.length > 0) yield rows.map(toListed);
    if (rows.length < take) return;
    left -= rows.length;
    after = rows.at(-1) ?? null;
  }
}

function whereOf({ companyId, userId, area, from, to }: AuditFilter): Prisma.AuditWhereInput {
  return {
    companyId,
    ...(userId === undefined ? {} : { actor: { endsWith: `/${userId}` } }),
    ...(area === undefined ? {} : { action: { in: [...AUDIT_ACTIONS[area]] } }),
    at: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) },
  };
}

type Row = Prisma.AuditGetPayload<{ select: typeof SHOWN }>;

function toListed({ details, ...row }: Row): ListedAudit {
  return { ...row, details: details as Record<string, unknown> };
}
