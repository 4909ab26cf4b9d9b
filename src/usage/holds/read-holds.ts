import type { z } from 'zod';
import type { Db } from '../../db/index.ts';
import { findHoldRequest, type GrantedHold, type holdState, toHoldAnswer } from './hold-request.ts';

/** A hold as it is now. Throws RefillError `hold-unknown`. */
export async function readHold(db: Db, companyId: bigint, id: string): Promise<GrantedHold> {
  return toHoldAnswer(await findHoldRequest(db, companyId, id));
}

/** A page of a company's holds by their ids, those of one state where it is given; `after` is the last id of the page before. */
export async function listHolds(
  db: Db,
  companyId: bigint,
  { state, after, limit }: { state: z.output<typeof holdState> | null; after: string | null; limit: number },
): Promise<{ holds: GrantedHold[]; next: string | null }> {
  const rows = await db.holdRequest.findMany({
    where: {
      companyId,
      ...(state === null ? {} : { state }),
      ...(after === null ? {} : { id: { gt: after } }),
    },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  const holds = rows.slice(0, limit);
  return {
    holds: holds.map(toHoldAnswer),
    next: rows.length > limit ? (holds.at(-1)?.id ?? null) : null,
  };
}
