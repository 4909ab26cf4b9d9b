import type { Clock } from '../../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { dollars, type Money } from '../../../money.ts';
import { type Company, findCompany, listOffices, lockCompany } from '../../../org/index.ts';
import { newToken } from '../../../token.ts';
import { textOf } from '../../approvals/approvable.ts';
import { askForChange } from '../../approvals/ask-approval.ts';
import { needsApproval } from '../../approvals/needs-approval.ts';
import { startSubscription } from './start-subscription.ts';

interface Funds {
  amount: Money;
  isCharged: boolean;
}

/**
 * General credits of so much every billing period from now on, charged or free (R17): for the pool where credits are
 * shared, else for the primary office. What is charged above the approval limit is asked of the company's admins first
 * (R9). Throws RefillError `company-unknown`, `no-approver`.
 */
export async function addRecurring(
  deps: { db: Db; clock: Clock },
  funds: Funds & { companyId: bigint },
): Promise<{ outcome: 'added' | 'asked' }> {
  const { companyId, amount } = funds;
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const company = await requireCompany(tx, companyId);
    if (!funds.isCharged || !needsApproval(company, amount)) {
      await beginRecurring(tx, companyId, { ...funds, at });
      return { outcome: 'added' };
    }
    const officeId = (await homeOf(tx, company))?.toString() ?? null;
    const change = { kind: 'recurring' as const, officeId, amount: textOf(amount) };
    await askForChange(tx, company, { change, askedBy: 'operator' }, at);
    return { outcome: 'asked' };
  });
}

/** Begins them, under the company's lock. */
export async function beginRecurring(
  tx: Tx,
  companyId: bigint,
  { amount, isCharged, at, approvedBy }: Funds & { at: Date; approvedBy?: string },
): Promise<void> {
  await startSubscription(tx, {
    companyId,
    token: newToken(),
    officeId: await homeOf(tx, await requireCompany(tx, companyId)),
    bundleId: null,
    credit: amount,
    price: isCharged ? amount : dollars('0'),
    actor: 'operator',
    ...(approvedBy === undefined ? {} : { approvedBy }),
    at,
  });
}

async function homeOf(tx: Tx, company: Company): Promise<bigint | null> {
  if (company.pooled) return null;
  return (await listOffices(tx, company.id)).find(({ isPrimary }) => isPrimary)?.id ?? null;
}

async function requireCompany(tx: Tx, companyId: bigint): Promise<Company> {
  const company = await findCompany(tx, companyId);
  if (company === null) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
  return company;
}
