import { Prisma } from '../db/index.ts';

/** Which usage a list or total covers; one type for screens and exports, so that they match (R26). */
export interface UsageFilter {
  companyId: bigint;
  /** Usage time, [from, to). */
  from: Date;
  to: Date;
  officeIds?: readonly bigint[];
  departmentIds?: readonly bigint[];
  memberIds?: readonly bigint[];
  categories?: readonly string[];
  /** What a viewer may see: nothing outside these offices and departments is returned. */
  within?: { officeIds: readonly bigint[]; departmentIds: readonly bigint[] };
}

/** The filter as conditions on a table named `u`, whose usage time is in `timeColumn`. */
export function filterUsage(filter: UsageFilter, timeColumn: 'bucket_at' | 'usage_at'): Prisma.Sql[] {
  const time = Prisma.raw(`u.${timeColumn}`);
  const oneOf = (column: string, type: string, wanted: readonly (bigint | string)[] | undefined) =>
    wanted === undefined
      ? []
      : [Prisma.sql`${Prisma.raw(`u.${column}`)} = ANY (${wanted.map(String)}::${Prisma.raw(type)}[])`];
  return [
    Prisma.sql`u.company_id = ${filter.companyId} AND ${time} >= ${filter.from} AND ${time} < ${filter.to}`,
    ...oneOf('office_id', 'bigint', filter.officeIds),
    ...oneOf('department_id', 'bigint', filter.departmentIds),
    ...oneOf('member_id', 'bigint', filter.memberIds),
    ...oneOf('category', 'text', filter.categories),
    ...(filter.within === undefined ? [] : [isWithin(filter.within)]),
  ];
}

function isWithin({ officeIds, departmentIds }: NonNullable<UsageFilter['within']>): Prisma.Sql {
  const list = (ids: readonly bigint[]): Prisma.Sql => Prisma.sql`${ids.map(String)}::bigint[]`;
  return Prisma.sql`(u.office_id = ANY (${list(officeIds)}) OR u.department_id = ANY (${list(departmentIds)}))`;
}
