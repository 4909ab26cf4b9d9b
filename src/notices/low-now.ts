import type { Queryable } from '../db/index.ts';
import { MINUTE_MS } from '../durations.ts';
import { readBalance } from '../ledger/index.ts';
import { type NoticeFacts, noticeFacts } from './facts/index.ts';

/** What is sent within this time of its making is sent as it is stored. */
const FRESH_MS = MINUTE_MS;

type Wallets = Awaited<ReturnType<typeof readBalance>>['wallets'];
type LowBalance = Extract<NoticeFacts, { kind: 'low_balance' }>;

/** The alert with the balance of now; null where it is no longer low, or out by now, which has its own notice. */
export function lowNow(facts: LowBalance, wallets: Wallets): LowBalance | null {
  const wallet = wallets.find(({ walletId }) => walletId.toString() === facts.token);
  if (wallet === undefined || facts.recovered !== null || wallet.level[facts.class] !== 'low') return null;
  return { ...facts, available: wallet.available[facts.class].toFixed() };
}

interface Waiting {
  companyId: bigint;
  facts: unknown;
  attempts: number;
  messageTs: string | null;
  createdAt: Date;
}

/**
 * What a notice says that is sent now: a low notice that waited for its first message has the balance of now, as usage that goes on
 * revises nothing. Null where nobody needs it any more. Applies R27.8.
 */
export async function readFactsNow(
  db: Queryable,
  { companyId, facts: stored, attempts, messageTs, createdAt }: Waiting,
  now: Date,
): Promise<NoticeFacts | null> {
  const facts = noticeFacts.parse(stored);
  const hasWaited = attempts > 0 || now.getTime() - createdAt.getTime() > FRESH_MS;
  // Notices of earlier versions do not name their credits.
  if (facts.kind !== 'low_balance' || facts.level !== 'low' || facts.token === '') return facts;
  if (messageTs !== null || !hasWaited) return facts;
  return lowNow(facts, (await readBalance(db, companyId, now)).wallets);
}
