import type { Queryable } from '../../db/index.ts';
import { raiseOperatorNotice, resolveOperatorNotice } from '../../org/index.ts';

/**
 * Keeps the operator's notices of a dispute as it stands at the processor, whatever it takes back: one is open while its bank waits
 * for an answer, and another where its state is none that this version knows.
 */
export async function followDisputeNotice(
  db: Queryable,
  dispute: { companyId: bigint; processorId: string; state: string; at: Date },
): Promise<void> {
  const { companyId, processorId: subject, state, at } = dispute;
  if (state === 'unknown')
    await raiseOperatorNotice(db, { kind: 'dispute-of-unknown-kind', companyId, subject, at });
  const notice = { kind: 'payment-disputed', companyId, subject, at } as const;
  if (state === 'open' || state === 'inquiry')
    await raiseOperatorNotice(db, { ...notice, details: { state } });
  else await resolveOperatorNotice(db, notice);
}
