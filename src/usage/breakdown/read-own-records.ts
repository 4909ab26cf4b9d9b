import type { Period } from '../../calendar.ts';
import type { Db } from '../../db/index.ts';
import { type BookedUsage, listUsage } from '../../ledger/index.ts';
import type { Person } from '../../org/index.ts';

/** A person's own record: when, with whom and how long. What it cost is not theirs to see. */
export type OwnRecord = Omit<BookedUsage, 'cost' | 'price'>;

export interface OwnRecords {
  records: OwnRecord[];
  hasMore: boolean;
}

/**
 * The newest records of a person's own calls and messages in a period, without cost (R30). Null where the company's
 * directory was not matched with this Slack user.
 */
export async function readOwnRecords(
  db: Db,
  person: Person,
  period: Period,
  limit: number,
): Promise<OwnRecords | null> {
  const companyId = person.company.id;
  const members = await db.member.findMany({
    where: { companyId, slackUserId: person.userId },
    select: { id: true },
  });
  if (members.length === 0) return null;
  const memberIds = members.map(({ id }) => id);
  const found = await listUsage(db, { companyId, ...period, memberIds, limit: limit + 1 });
  const records = found.slice(0, limit).map(({ cost: _cost, price: _price, ...own }) => own);
  return { records, hasMore: found.length > limit };
}
