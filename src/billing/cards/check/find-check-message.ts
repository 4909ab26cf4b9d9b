import type { Queryable } from '../../../db/index.ts';
import type { CheckFacts } from '../card.ts';
import type { AskedIn } from '../claim-card.ts';
import { toCheckFacts } from '../read-cards.ts';

export type CheckEnd = 'confirmed' | 'locked' | 'expired' | 'failed';
const ENDS: readonly string[] = ['confirmed', 'locked', 'expired', 'failed'] satisfies CheckEnd[];

/** The direct message that follows a check, and what it has to say now. */
interface CheckMessage extends AskedIn {
  teamId: string;
  card: { brand: string; last4: string };
  state: CheckEnd | CheckFacts['state'];
  /** The check, while it is under way. */
  check: CheckFacts | null;
  failureCode: string | null;
}

/** Of this check, or of the last one of this card. Null where it was not asked for in a message, or is not there. */
export async function findCheckMessage(
  db: Queryable,
  of: { companyId: bigint; checkId: bigint } | { companyId: bigint; cardId: bigint },
): Promise<CheckMessage | null> {
  const { companyId } = of;
  const check = await db.cardCheck.findFirst({
    where: 'checkId' in of ? { companyId, id: of.checkId } : { companyId, cardId: of.cardId },
    include: { card: true },
    orderBy: { id: 'desc' },
  });
  if (check === null || check.messageChannelId === null || check.messageTs === null) return null;
  return {
    channelId: check.messageChannelId,
    ts: check.messageTs,
    teamId: check.teamId,
    card: { brand: check.card.brand, last4: check.card.last4 },
    state: check.state as CheckEnd | CheckFacts['state'],
    check: ENDS.includes(check.state) ? null : toCheckFacts(check),
    failureCode: check.failureCode,
  };
}
