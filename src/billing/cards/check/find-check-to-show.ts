import type { z } from 'zod';
import type { Queryable } from '../../../db/index.ts';
import { type CheckFacts, type checkState, isOpenCheck, toCheckFacts } from '../card.ts';
import type { AskedIn } from '../claim-card.ts';

export type CheckEnd = Exclude<z.infer<typeof checkState>, CheckFacts['state']>;

/** A check as it is shown to whoever added the card. */
export interface CheckShown {
  /** The direct message that follows it; null: it was claimed elsewhere. */
  message: AskedIn | null;
  teamId: string;
  userId: string;
  card: { cardId: bigint; brand: string; last4: string };
  state: CheckEnd | CheckFacts['state'];
  /** The check, while it is under way. */
  check: CheckFacts | null;
  failureCode: string | null;
}

/** A check, or the last one of a card. Null where there is none. */
export async function findCheckToShow(
  db: Queryable,
  of: { companyId: bigint; checkId: bigint } | { companyId: bigint; cardId: bigint },
): Promise<CheckShown | null> {
  const { companyId } = of;
  const check = await db.cardCheck.findFirst({
    where: 'checkId' in of ? { companyId, id: of.checkId } : { companyId, cardId: of.cardId },
    include: { card: true },
    orderBy: { id: 'desc' },
  });
  if (check === null) return null;
  const { messageChannelId: channelId, messageTs: ts, teamId, userId, failureCode } = check;
  return {
    message: channelId === null || ts === null ? null : { channelId, ts },
    teamId,
    userId,
    card: { cardId: check.cardId, brand: check.card.brand, last4: check.card.last4 },
    state: check.state as CheckShown['state'],
    check: isOpenCheck(check) ? toCheckFacts(check) : null,
    failureCode,
  };
}
