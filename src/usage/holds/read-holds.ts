import type { Clock } from '../../clock.ts';
import { type Db, type Prisma, rowsToAskFor } from '../../db/index.ts';
import { findHoldRequest, type GrantedHold, toHoldAnswer } from './hold-request.ts';

interface Deps {
  db: Db;
  clock: Clock;
}

/** A hold as it is now. Throws RefillError `hold-unknown`. */
export async function readHold({ db, clock }: Deps, companyId: bigint, id: string): Promise<GrantedHold> {
  return toHoldAnswer(await findHoldRequest(db, companyId, id), clock.now());
}

/** A page of a company's holds by their ids, those of one state where it is given; `after` is the last id of the page before. */
export async function listHolds(
  { db, clock }: Deps,
  companyId: bigint,
  { state, after, limit }: { state: GrantedHold['state'] | null; after: string | null; limit: number },
): Promise<{ holds: GrantedHold[]; next: string | null }> {
  const at = clock.now();
  const rows = await db.holdRequest.findMany({
    where: {
      companyId,
      ...(state === null ? {} : isInState(state, at)),
      ...(after === null ? {} : { id: { gt: after } }),
    },
    orderBy: { id: 'asc' },
    take: rowsToAskFor(limit + 1),
  });
  const holds = rows.slice(0, limit);
  return {
    holds: holds.map((row) => toHoldAnswer(row, at)),
    next: rows.length > limit ? (holds.at(-1)?.id ?? null) : null,
  };
}

function isInState(state: GrantedHold['state'], at: Date): Prisma.HoldRequestWhereInput {
  if (state === 'open') return { state, expiresAt: { gt: at } };
  return state === 'expired' ? { state: 'open', expiresAt: { lte: at } } : { state };
}
