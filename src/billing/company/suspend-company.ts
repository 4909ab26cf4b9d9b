import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { postNotice } from '../../notices/index.ts';
import { type Company, findCompany, lockCompany, recordAudit } from '../../org/index.ts';
import { announce } from '../orders/moments.ts';
import { UNDER_WAY_STATES } from '../orders/order-state.ts';

interface Deps {
  db: Db;
  clock: Clock;
}

/**
 * Suspends a company for its operator: nothing can be bought, no recharge or renewal is charged, and its people may only look
 * (R30); usage is posted as before (R6), and its phone system gets no hold where it enforces credits. A payment that is under way
 * is completed; answers how many are. Throws RefillError `company-unknown`, `company-suspended` where it is suspended or closed
 * already, `bad-argument` without a reason. Applies R30.11.
 */
export async function suspendCompany(
  { db, clock }: Deps,
  companyId: bigint,
  reason: string,
): Promise<{ underWay: number }> {
  if (reason.trim() === '') throw new RefillError('bad-argument', '--reason is required.');
  const at = clock.now();
  return await inTransaction(db, async (tx) => {
    const company = await lockKnown(tx, companyId);
    if (company.state !== 'active')
      throw new RefillError('company-suspended', `${company.name} is ${company.state} already.`, {
        state: company.state,
      });
    await tx.company.update({
      where: { id: companyId },
      data: { suspendedAt: at, suspendedReason: reason.trim() },
    });
    await record(tx, company, { event: 'suspended', reason: reason.trim(), at });
    return {
      underWay: await tx.purchaseOrder.count({ where: { companyId, state: { in: UNDER_WAY_STATES } } }),
    };
  });
}

/**
 * Ends a suspension. Periods of bundles and recurring funds that were over meanwhile are missed: neither charged nor credited;
 * what is due now is charged from now on. Answers how many were missed. Throws RefillError `company-unknown`,
 * `company-not-suspended`, `company-suspended` for a company that is closed.
 */
export async function resumeCompany(
  { db, clock }: Deps,
  companyId: bigint,
  reason: string,
): Promise<{ missedPeriods: number }> {
  const at = clock.now();
  return await inTransaction(db, async (tx) => {
    const company = await lockKnown(tx, companyId);
    if (company.state === 'active')
      throw new RefillError('company-not-suspended', `${company.name} is not suspended.`);
    if (company.state === 'closed')
      throw new RefillError('company-suspended', `${company.name} is closed, which cannot be undone.`, {
        state: 'closed',
      });
    const answers = await announce('companyResumes', tx, { company, at });
    const missedPeriods = answers.reduce((sum, missed) => sum + missed, 0);
    await tx.company.update({
      where: { id: companyId },
      data: { suspendedAt: null, suspendedReason: null },
    });
    await record(tx, company, { event: 'resumed', reason: reason.trim(), at });
    return { missedPeriods };
  });
}

async function lockKnown(tx: Tx, companyId: bigint): Promise<Company> {
  await lockCompany(tx, companyId);
  const company = await findCompany(tx, companyId);
  if (company === null) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
  return company;
}

async function record(
  tx: Tx,
  company: Company,
  { event, reason, at }: { event: 'suspended' | 'resumed'; reason: string; at: Date },
): Promise<void> {
  const companyId = company.id;
  await recordAudit(tx, {
    companyId,
    at,
    actor: 'operator',
    surface: 'operator',
    action: event === 'suspended' ? 'company-suspended' : 'company-resumed',
    reason,
    details: {},
  });
  await postNotice(tx, {
    companyId,
    dedupeKey: `company-${event}:${at.toISOString()}`,
    at,
    facts: { kind: 'company_status', event, companyName: company.name },
  });
}
