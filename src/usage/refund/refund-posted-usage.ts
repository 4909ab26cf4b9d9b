import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type BookedUsage, explainUsage, refundUsage } from '../../ledger/index.ts';
import type { Money } from '../../money.ts';
import { recordAudit } from '../../org/index.ts';

export interface PostedUsageRefund {
  companyId: bigint;
  /** The id under which it was sent. */
  externalId: string;
  /** Only where several senders used the id. */
  source?: string;
  /** All that it still costs, unless given. */
  amount?: Money;
  keepLapsed: boolean;
  reason: string;
  /** Names this refund: the same key again refunds nothing. */
  key: string;
}

export interface RefundedUsage {
  source: string;
  refunded: Money;
  /** What the usage still costs. */
  cost: Money;
  isRepeated: boolean;
}

/**
 * The operator gives back what a posted call, message or conversation cost, or part of it, with a reason that people read in
 * the balance history (R8). Throws RefillError `usage-unknown`, `usage-ambiguous`, `refund-too-large`, `key-conflict`.
 */
export async function refundPostedUsage(
  { db, clock }: { db: Db; clock: Clock },
  { key, ...refund }: PostedUsageRefund,
): Promise<RefundedUsage> {
  const { companyId, externalId, reason } = refund;
  return inTransaction(db, async (tx) => {
    const { source } = await findPosted(tx, refund);
    const by = { actor: 'operator', reason, at: clock.now() };
    const { outcome, returned } = await refundUsage(tx, {
      ...refund,
      source,
      key: `operator-refund:${source}:${externalId}:${key}`,
      ...by,
    });
    if (outcome === 'posted')
      await recordAudit(tx, {
        companyId,
        surface: 'operator',
        action: 'usage-refunded',
        details: { source, id: externalId, amount: returned.toString() },
        ...by,
      });
    const { cost } = await findPosted(tx, { ...refund, source });
    return { source, refunded: returned, cost, isRepeated: outcome === 'duplicate' };
  });
}

/** The usage as it is after its last correction. */
async function findPosted(
  db: Queryable,
  { companyId, externalId, source }: Pick<PostedUsageRefund, 'companyId' | 'externalId' | 'source'>,
): Promise<BookedUsage> {
  const explained = await explainUsage(db, { companyId, externalId });
  const posted = explained
    .map(({ revisions }) => revisions.at(-1))
    .filter((usage) => usage !== undefined)
    .filter((usage) => source === undefined || usage.source === source);
  const [usage, other] = posted;
  if (usage === undefined)
    throw new RefillError('usage-unknown', `Nothing was posted as "${externalId}" in this company.`);
  if (other !== undefined)
    throw new RefillError(
      'usage-ambiguous',
      `Several senders used the id "${externalId}": ${posted.map((one) => one.source).join(', ')}. Say which with --source.`,
    );
  return usage;
}
