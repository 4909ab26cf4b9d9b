import type { Queryable } from '../db/index.ts';
import { logMoneyEvent } from '../money-events.ts';
import { currentRequestId } from '../trace.ts';
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

/** Details that may stand in the log: ids, amounts, states. A name, an address or a card's digits stay in the audit. */
const LOGGED_DETAILS = new Set([
  'order',
  'attempt',
  'amount',
  'refund',
  'dispute',
  'invoice',
  'owed',
  'subscription',
  'period',
  'request',
  'adjustment',
  'kind',
  'limit',
  'wallet',
  'isOn',
  'threshold',
  'cap',
  'approval_limit',
  'role',
  'teamId',
  'userId',
  'count',
]);

/**
 * Keeps who changed money, roles or settings, when, from where and why (R28). Call it in the change's own transaction.
 * Applies R28.1.
 */
export async function recordAudit(tx: Queryable, record: AuditRecord): Promise<void> {
  const actor = nameOperator(record.actor);
  await tx.audit.create({
    data: { ...record, actor, reason: record.reason ?? null, requestId: currentRequestId() },
  });
  const { companyId, action, surface } = record;
  const details = Object.fromEntries(
    Object.entries(record.details).filter(([name]) => LOGGED_DETAILS.has(name)),
  );
  logMoneyEvent(tx, 'change-recorded', { companyId, action, actor, surface, details });
}
