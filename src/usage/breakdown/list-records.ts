import type { Queryable } from '../../db/index.ts';
import { type BookedUsage, listUsage, type UsageCursor, type UsageFilter } from '../../ledger/index.ts';

/** Somebody or something of the directory, by name and by the phone system's own id. */
export interface NamedParty {
  name: string;
  externalRef: string | null;
}

/** A record with its owner; null where the owner is unknown or no longer in the directory. */
export type NamedRecord = BookedUsage & {
  member: NamedParty | null;
  department: NamedParty | null;
  office: NamedParty | null;
};

export interface RecordPage {
  records: NamedRecord[];
  /** Where the next page begins; null on the last one. */
  next: UsageCursor | null;
}

/** A page of a company's records, the newest first. What a viewer may see of them is the filter's to say. */
export async function listRecords(
  db: Queryable,
  filter: UsageFilter,
  page: { after: UsageCursor | null; limit: number },
): Promise<RecordPage> {
  const found = await listUsage(db, {
    ...filter,
    limit: page.limit + 1,
    ...(page.after === null ? {} : { after: page.after }),
  });
  const records = found.slice(0, page.limit);
  const last = records.at(-1);
  const idsOf = (pick: (record: BookedUsage) => bigint | null): bigint[] =>
    records.flatMap((record) => pick(record) ?? []);
  const named = (pick: (record: BookedUsage) => bigint | null) => ({
    where: { companyId: filter.companyId, id: { in: idsOf(pick) } },
    select: { id: true, name: true, externalRef: true },
  });
  const [members, departments, offices] = await Promise.all([
    db.member.findMany(named((each) => each.memberId)),
    db.department.findMany(named((each) => each.departmentId)),
    db.office.findMany(named((each) => each.officeId)),
  ]);
  const find = (list: readonly (NamedParty & { id: bigint })[], id: bigint | null): NamedParty | null =>
    list.find((each) => each.id === id) ?? null;
  return {
    records: records.map((record) => ({
      ...record,
      member: find(members, record.memberId),
      department: find(departments, record.departmentId),
      office: find(offices, record.officeId),
    })),
    next:
      found.length > page.limit && last !== undefined
        ? { usageAt: last.usageAt, source: last.source, externalId: last.externalId }
        : null,
  };
}
