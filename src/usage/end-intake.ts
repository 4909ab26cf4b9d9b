import type { Queryable, Tx } from '../db/index.ts';
import { recordAudit } from '../org/index.ts';
import { cancelExportsOf } from './export/request-export.ts';
import { removeSchedule } from './export/schedules/schedules.ts';

/** What of a company's usage and files ended when it was closed. */
export interface IntakeEnded {
  apiKeys: number;
  webhooks: number;
  schedules: number;
}

/** How many usage records of a company wait in the inbox: never dropped by themselves, and not posted yet. */
export async function countWaiting(db: Queryable, companyId: bigint): Promise<number> {
  return await db.usageInbox.count({ where: { companyId } });
}

/**
 * Ends every way in for a closed company's usage (API keys, webhooks) and its exports, those under way and those that are made by
 * themselves; each in the audit. Again it does nothing. Under the company's lock.
 */
export async function endIntake(tx: Tx, companyId: bigint, at: Date): Promise<IntakeEnded> {
  const record = (action: 'api-key-revoked' | 'webhook-revoked', details: Record<string, string>) =>
    recordAudit(tx, { companyId, at, actor: 'operator', surface: 'operator', action, details });
  const keys = await tx.apiKey.updateManyAndReturn({
    where: { companyId, revokedAt: null },
    data: { revokedAt: at },
    select: { prefix: true },
  });
  for (const { prefix } of keys) await record('api-key-revoked', { prefix });
  const webhooks = await tx.usageWebhook.updateManyAndReturn({
    where: { companyId, revokedAt: null },
    data: { revokedAt: at },
    select: { token: true },
  });
  for (const _ of webhooks) await record('webhook-revoked', {});
  await cancelExportsOf(tx, companyId, at);
  const schedules = await tx.exportSchedule.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
  for (const schedule of schedules) await removeSchedule(tx, schedule, { actor: 'operator', at });
  return { apiKeys: keys.length, webhooks: webhooks.length, schedules: schedules.length };
}
