import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { postToAdmins } from '../../notices/index.ts';
import { lockCompany, raiseOperatorNotice, resolveOperatorNotice } from '../../org/index.ts';
import { forEachCompany } from '../../queue/index.ts';

const KIND = 'usage-waits-for-a-rate';

/**
 * Notifies the operator, and each company admin once, that usage waits because no rate covers it; closes the notice when
 * none waits any more. Without it a company whose operator forgot the rates sees a balance that never moves.
 */
export async function sweepUnrated({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  const rows = await db.$queryRaw<{ companyId: bigint }[]>`
    SELECT company_id AS "companyId" FROM usage_inbox WHERE reason = 'unrated' GROUP BY company_id
    UNION SELECT company_id FROM operator_notice WHERE kind = ${KIND} AND resolved_at IS NULL AND company_id IS NOT NULL
    ORDER BY 1`;
  await forEachCompany(rows, ({ companyId }) =>
    inTransaction(db, (tx) => judgeCompany(tx, companyId, clock.now())),
  );
}

async function judgeCompany(tx: Tx, companyId: bigint, at: Date): Promise<void> {
  await lockCompany(tx, companyId);
  const records = await tx.usageInbox.count({ where: { companyId, reason: 'unrated' } });
  const open = await tx.operatorNotice.findFirst({ where: { kind: KIND, companyId, resolvedAt: null } });
  if (records === 0) {
    if (open !== null) await resolveOperatorNotice(tx, { kind: KIND, companyId, at });
    return;
  }
  if (open !== null) return;
  await raiseOperatorNotice(tx, { kind: KIND, companyId, details: { records }, at });
  await postToAdmins(tx, companyId, {
    key: `usage-waiting:${at.toISOString()}`,
    at,
    facts: (companyName) => ({ kind: 'usage_waiting', companyName, records }),
  });
}
