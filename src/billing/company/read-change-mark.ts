import type { Queryable } from '../../db/index.ts';

/** Changes whenever something did that people see of a company's money: entries, audited changes, notices, payments. */
export async function readChangeMark(db: Queryable, companyId: bigint): Promise<string> {
  const rows = await db.$queryRaw<{ mark: string }[]>`
    SELECT concat_ws('.', (SELECT sum(seq) FROM wallet WHERE company_id = ${companyId}),
      (SELECT max(id) FROM audit WHERE company_id = ${companyId}),
      (SELECT max(id) FROM notice WHERE company_id = ${companyId}),
      (SELECT sum(version) FROM purchase_order WHERE company_id = ${companyId})) AS mark`;
  return rows[0]?.mark ?? '';
}
