import type { Db } from '../../db/index.ts';
import { type BookedUsage, listUsage, type UsageCursor, usageTotals } from '../../ledger/index.ts';
import type { Person } from '../../org/index.ts';
import { allowQuery } from '../export/allow-query.ts';
import type { ExportQuery } from '../export/types.ts';

/** A record as it is shown: the member's name, else the department's, else none. */
export type UsageLine = BookedUsage & { who: string | null };

export interface UsagePage {
  lines: UsageLine[];
  /** How many records there are in all. */
  count: number;
  /** Where the next page begins; null on the last one. */
  next: UsageCursor | null;
}

/**
 * A page of the records that were asked for, the newest first, within what this person may see (R25).
 * Throws RefillError `not-allowed`.
 */
export async function readRecords(
  db: Db,
  person: Person,
  query: ExportQuery,
  page: { after: UsageCursor | null; limit: number },
): Promise<UsagePage> {
  const filter = allowQuery(person, query);
  const found = await listUsage(db, {
    ...filter,
    limit: page.limit + 1,
    ...(page.after === null ? {} : { after: page.after }),
  });
  const records = found.slice(0, page.limit);
  const last = records.at(-1);
  const idsOf = (pick: (record: BookedUsage) => bigint | null): bigint[] =>
    records.flatMap((record) => pick(record) ?? []);
  const select = { id: true, name: true };
  const companyId = person.company.id;
  const [totals, members, departments] = await Promise.all([
    usageTotals(db, { ...filter, by: [] }),
    db.member.findMany({ where: { companyId, id: { in: idsOf((each) => each.memberId) } }, select }),
    db.department.findMany({ where: { companyId, id: { in: idsOf((each) => each.departmentId) } }, select }),
  ]);
  return {
    lines: records.map((record) => ({
      ...record,
      who:
        members.find(({ id }) => id === record.memberId)?.name ??
        departments.find(({ id }) => id === record.departmentId)?.name ??
        null,
    })),
    count: totals[0]?.records ?? 0,
    next:
      found.length > page.limit && last !== undefined
        ? { usageAt: last.usageAt, source: last.source, externalId: last.externalId }
        : null,
  };
}
