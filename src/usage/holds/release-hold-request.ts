import type { IngestDeps } from '../ingest/ingest-deps.ts';
import { decideTogether } from './decide-holds.ts';
import { releaseRequest } from './end-request.ts';
import { type GrantedHold, toHoldAnswer } from './hold-request.ts';

/**
 * Frees a hold whose call or message did not take place; said again, the answer is the same.
 * Throws RefillError `hold-unknown`, `hold-resolved` (it was captured).
 */
export async function releaseHoldRequest(
  { db, clock }: Pick<IngestDeps, 'db' | 'clock'>,
  companyId: bigint,
  id: string,
): Promise<GrantedHold> {
  const at = clock.now();
  return toHoldAnswer(await releaseRequest(decideTogether(db, companyId), { companyId, id, at }), at);
}
