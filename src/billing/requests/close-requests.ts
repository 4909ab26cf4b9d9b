import type { Tx } from '../../db/index.ts';
import type { ClosedFor } from '../../notices/index.ts';
import type { Company } from '../../org/index.ts';
import { closeRequest } from './answer-request.ts';

/** Closes every open request of a company that leaves its workspace. Under the company's lock. */
export async function closeRequestsForMove(
  tx: Tx,
  { company, at }: { company: Company; at: Date },
): Promise<{ requests: number }> {
  return { requests: await closeAll(tx, company, 'move', at) };
}

/** Closes every open request of a company that is closed. Under the company's lock. */
export async function closeRequestsForClosing(
  tx: Tx,
  { company, at }: { company: Company; at: Date },
): Promise<{ requests: number }> {
  return { requests: await closeAll(tx, company, 'closing', at) };
}

/** Closes every open request for credits that are about to be shared otherwise. Under the company's lock. */
export async function closeRequestsForSharing(
  tx: Tx,
  { company, at }: { company: Company; at: Date },
): Promise<void> {
  await closeAll(tx, company, 'sharing', at);
}

async function closeAll(tx: Tx, company: Company, closedFor: ClosedFor, at: Date): Promise<number> {
  const open = await tx.creditRequest.findMany({
    where: { companyId: company.id, state: 'open' },
    orderBy: { id: 'asc' },
  });
  for (const request of open)
    await closeRequest(tx, company, request, { state: 'closed', closedFor, by: null, at });
  return open.length;
}
