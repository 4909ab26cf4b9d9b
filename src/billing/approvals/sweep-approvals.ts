import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { findCompany, lockCompany } from '../../org/index.ts';
import { forEachCompany } from '../../queue/index.ts';
import { closeApproval } from './close-approval.ts';

/** Ends questions that nobody answered within three days, and says so: nothing was charged (R9). Applies R9.12. */
export async function sweepApprovals(deps: { db: Db; clock: Clock }): Promise<void> {
  const at = deps.clock.now();
  const due = await deps.db.approval.findMany({
    where: { state: 'open', expiresAt: { lte: at } },
    orderBy: { expiresAt: 'asc' },
    take: 200,
  });
  await forEachCompany(due, ({ companyId, token }) =>
    inTransaction(deps.db, async (tx) => {
      await lockCompany(tx, companyId);
      const approval = await tx.approval.findUniqueOrThrow({ where: { token } });
      const company = await findCompany(tx, companyId);
      if (approval.state !== 'open' || company === null) return;
      await closeApproval(tx, company, approval, { state: 'expired', decidedBy: null, at });
    }),
  );
}
