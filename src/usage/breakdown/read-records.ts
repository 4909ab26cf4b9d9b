import type { Db } from '../../db/index.ts';
import { type BookedUsage, type UsageCursor, usageTotals } from '../../ledger/index.ts';
import type { Person } from '../../org/index.ts';
import { allowQuery } from '../export/allow-query.ts';
import type { ExportQuery } from '../export/types.ts';
import { listRecords } from './list-records.ts';

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
  const [{ records, next }, totals] = await Promise.all([
    listRecords(db, filter, page),
    usageTotals(db, { ...filter, by: [] }),
  ]);
  return {
    lines: records.map(({ member, department, office: _office, ...record }) => ({
      ...record,
      who: member?.name ?? department?.name ?? null,
    })),
    count: totals[0]?.records ?? 0,
    next,
  };
}
