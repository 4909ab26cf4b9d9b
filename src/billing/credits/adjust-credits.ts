import type { CreditAdjustmentKind, Queryable, Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { debitCredits, grantCredits } from '../../ledger/index.ts';
import { type Money, toMicros } from '../../money.ts';
import { listOffices, lockCompany, nameOperator, recordAudit } from '../../org/index.ts';
import { readScopeBalance, scopeOf } from '../orders/order.ts';

export interface CreditAdjustment {
  companyId: bigint;
  /** `opening`: a balance brought from another system; `grant`: given; `deduction`: taken. */
  kind: CreditAdjustmentKind;
  /** Whose general credits; null: the shared ones. */
  officeId: bigint | null;
  /** More than zero. */
  amount: Money;
  /** Why; it stands in the audit and in the explanation of the balance. */
  reason: string;
  /** Who decided, e.g. `operator`; at the command line the name comes by itself. */
  actor: string;
  at: Date;
}

/**
 * Gives or takes general credits of a company by hand, with a reason. Nothing is charged, and it counts in no limit. A
 * deduction above the credits there are leaves the rest owed. Answers the balance after it. Call it in a transaction.
 * Throws RefillError `bad-argument` (no amount, no reason, a scope that the company does not have).
 */
export async function adjustCredits(
  tx: Tx,
  adjustment: CreditAdjustment,
): Promise<{ id: bigint; balance: Money }> {
  checkAdjustment(adjustment);
  const { companyId, kind, officeId, amount, actor, at } = adjustment;
  const reason = adjustment.reason.trim();
  await lockCompany(tx, companyId);
  await checkScope(tx, companyId, officeId);
  const micros = toMicros(amount);
  const { id } = await tx.creditAdjustment.create({
    data: {
      companyId,
      kind,
      officeId,
      amountMicros: kind === 'deduction' ? -micros : micros,
      reason,
      actor: nameOperator(actor),
      createdAt: at,
    },
  });
  const reference = id.toString();
  const posting = { companyId, officeId, amount, key: `adjustment:${id}`, reference, actor, reason, at };
  if (kind === 'deduction') await debitCredits(tx, posting);
  else {
    const { grantId } = await grantCredits(tx, { ...posting, kind: 'general', source: 'adjustment' });
    await tx.creditAdjustment.update({ where: { companyId_id: { companyId, id } }, data: { grantId } });
  }
  await recordAudit(tx, {
    companyId,
    at,
    actor,
    surface: 'operator',
    action: kind === 'deduction' ? 'credits-deducted' : 'credits-granted',
    reason,
    details: { adjustment: reference, kind, amount: amount.toFixed(), office: officeId?.toString() ?? null },
  });
  return { id, balance: await readScopeBalance(tx, companyId, scopeOf({ officeId }), at) };
}

function checkAdjustment({ amount, reason }: CreditAdjustment): void {
  if (!amount.isPositive() || amount.isZero())
    throw new RefillError('bad-argument', 'Give an amount above $0.00.');
  if (reason.trim() === '') throw new RefillError('bad-argument', 'Give a reason; it stands in the audit.');
}

/** Shared credits have no office, an office's are named: neither is guessed. */
async function checkScope(tx: Queryable, companyId: bigint, officeId: bigint | null): Promise<void> {
  const { pooled } = await tx.company.findUniqueOrThrow({ where: { id: companyId } });
  if (pooled && officeId !== null)
    throw new RefillError('bad-argument', 'This company shares its credits: leave --office out.');
  if (pooled) return;
  const offices = await listOffices(tx, companyId);
  if (offices.some(({ id }) => id === officeId)) return;
  const names = offices.map(({ name }) => name).join(', ');
  throw new RefillError('bad-argument', `Name the office with --office. This company has: ${names}.`);
}
