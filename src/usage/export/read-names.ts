import type { Queryable } from '../../db/index.ts';
import type { UsageNames } from './csv-lines.ts';

/** What a company's members, departments and offices are called. */
export async function readNames(db: Queryable, companyId: bigint): Promise<UsageNames> {
  const select = { where: { companyId }, select: { id: true, name: true } };
  const [members, departments, offices, primary] = await Promise.all([
    db.member.findMany(select),
    db.department.findMany(select),
    db.office.findMany(select),
    db.office.findFirst({ where: { companyId, isPrimary: true }, select: { name: true } }),
  ]);
  const byId = (rows: readonly { id: bigint; name: string }[]): Map<string, string> =>
    new Map(rows.map(({ id, name }) => [id.toString(), name]));
  return {
    members: byId(members),
    departments: byId(departments),
    offices: byId(offices),
    primaryOffice: primary?.name ?? '',
  };
}
