import { inTransaction, type Tx } from '../../db/index.ts';
import { lockBook, readHoldState, releaseHold } from '../../ledger/index.ts';
import type { IngestDeps } from '../ingest/ingest-deps.ts';
import {
  findHoldRequest,
  type GrantedHold,
  type HoldRow,
  holdKey,
  refuseResolved,
  toHoldAnswer,
} from './hold-request.ts';

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
  return await inTransaction(db, async (tx) => {
    await lockBook(tx, companyId);
    const row = await findHoldRequest(tx, companyId, id);
    if (row.state === 'captured') throw refuseResolved(row);
    if (row.state === 'released') return toHoldAnswer(row, at);
    await freeHold(tx, row, at);
    const where = { companyId_id: { companyId, id } };
    return toHoldAnswer(await tx.holdRequest.update({ where, data: { state: 'released' } }), at);
  });
}

/** Frees what a hold keeps back, unless it has expired, or never kept anything. */
export async function freeHold(tx: Tx, { companyId, id, isKept }: HoldRow, at: Date): Promise<void> {
  const key = holdKey(id);
  if (isKept && (await readHoldState(tx, companyId, key)) === 'open')
    await releaseHold(tx, { companyId, key, at });
}
