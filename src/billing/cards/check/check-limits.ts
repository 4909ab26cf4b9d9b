import type { Queryable } from '../../../db/index.ts';
import { DAY_MS } from '../../../durations.ts';

/** The small charge, in cents: from $1.00 to $1.99, which nobody can foresee (R13). Applies R13.3. */
export const MIN_CHECK_CENTS = 100;
export const MAX_CHECK_CENTS = 199;

/** Wrong answers, amounts and codes alike, that a card bears, and those that a company bears within 30 days (R13). */
const TRIES_A_CARD = 3;
const TRIES_A_COMPANY = 6;
const COMPANY_WINDOW_MS = 30 * DAY_MS;

/**
 * How many wrong answers a company has left for a card, counted by what the processor recognises it by; never below zero.
 * Another company's answers about the same card do not count. Applies R13.5.
 */
export async function countTriesLeft(
  db: Queryable,
  company: { companyId: bigint; fingerprint: string },
  at: Date,
): Promise<number> {
  const { companyId, fingerprint } = company;
  const since = new Date(at.getTime() - COMPANY_WINDOW_MS);
  const ofCard = await db.cardCheck.aggregate({ _sum: { tries: true }, where: { companyId, fingerprint } });
  const ofCompany = await db.cardCheck.aggregate({
    _sum: { tries: true },
    where: { companyId, createdAt: { gt: since } },
  });
  const left = Math.min(
    TRIES_A_CARD - (ofCard._sum.tries ?? 0),
    TRIES_A_COMPANY - (ofCompany._sum.tries ?? 0),
  );
  return Math.max(0, left);
}
