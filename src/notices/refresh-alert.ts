import type { Db } from '../db/index.ts';
import { MINUTE_MS } from '../durations.ts';
import type { JobPayload } from '../queue/index.ts';
import { singleNotice } from './facts/single-notice.ts';

/** Decides anew what some credits need, and revises the notice about them. */
export type Watch = (watched: JobPayload<'watch-balance'>) => Promise<void>;

/** What is sent within this time of its making is not asked about again. */
const FRESH_MS = MINUTE_MS;

interface Waiting {
  companyId: bigint;
  id: bigint;
  attempts: number;
  createdAt: Date;
}

/**
 * Brings a low or out notice that waited to be sent, or each such line of a summary, to the balance of now: usage that went on
 * meanwhile revised nothing. False where there is none. Applies R27.8.
 */
export async function refreshAlerts(
  { db, watch, now }: { db: Db; watch: Watch; now: Date },
  { companyId, id, attempts, createdAt }: Waiting,
): Promise<boolean> {
  if (attempts === 0 && now.getTime() - createdAt.getTime() <= FRESH_MS) return false;
  const alerts = await db.notice.findMany({
    where: { companyId, kind: 'low_balance', OR: [{ id }, { partOf: id }] },
    select: { facts: true },
    orderBy: { id: 'asc' },
  });
  for (const { facts: stored } of alerts) {
    const facts = singleNotice.parse(stored);
    // Notices of earlier versions do not name their credits.
    if (facts.kind !== 'low_balance' || facts.recovered !== null || facts.token === '') continue;
    await watch({ companyId, walletId: BigInt(facts.token), class: facts.class });
  }
  return alerts.length > 0;
}
