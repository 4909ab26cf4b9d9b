import type { Queryable } from '../db/index.ts';

export interface AuditEntry {
  companyId: bigint;
  companyName: string;
  at: Date;
  /** `TEAM/USER` of a Slack person, `operator:NAME`, or what of the app did it. */
  actor: string;
  surface: string;
  action: string;
  reason: string | null;
  /** Of the request, command or sweep that it came of, as the log's lines have it; null before there were any. */
  requestId: string | null;
  details: Record<string, unknown>;
}

/** Who changed what, of a company or of all, the newest first (R28). `from` counts, `to` does not. */
export async function listAudit(
  db: Queryable,
  asked: {
    companyId?: bigint | undefined;
    actor?: string | undefined;
    action?: string | undefined;
    from?: Date | undefined;
    to?: Date | undefined;
    limit: number;
  },
): Promise<AuditEntry[]> {
  const { companyId, actor, action, from, to, limit } = asked;
  const rows = await db.audit.findMany({
    where: {
      ...(companyId === undefined ? {} : { companyId }),
      ...(actor === undefined ? {} : { actor: { contains: actor } }),
      ...(action === undefined ? {} : { action }),
      at: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) },
    },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: limit,
    include: { company: { select: { name: true } } },
  });
  return rows.map(({ company, details, ...entry }) => ({
    ...entry,
    companyName: company.name,
    details: details as Record<string, unknown>,
  }));
}
