import type { Queryable } from '../db/index.ts';
import { nameOperator } from './acting-operator.ts';
import type { AuditAction } from './audit-actions.ts';

export interface AuditRecord {
  companyId: bigint;
  at: Date;
  /** `TEAM/USER` of a Slack person, or `operator`; at the command line that becomes `operator:NAME`. */
  actor: string;
  surface: 'slack' | 'operator' | 'processor';
  /** What was done, verb last, e.g. `purchase-confirmed`. */
  action: AuditAction;
  reason?: string;
  details: Record<string, string | number | boolean | null>;
}

/** Keeps who changed money, roles or settings, when, from where and why (R28). Call it in the change's own transaction. */
export async function recordAudit(tx: Queryable, record: AuditRecord): Promise<void> {
  await tx.audit.create({
    data: { ...record, actor: nameOperator(record.actor), reason: record.reason ?? null },
  });
}
