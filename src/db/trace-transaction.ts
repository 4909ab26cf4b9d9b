import { currentRequestId } from '../trace.ts';
import { Prisma } from './generated/client.ts';
import type { Tx } from './open-db.ts';

/** What SQL functions that enqueue jobs read (`ledger_traced`); it ends with the transaction. */
const SETTING = 'refill.request_id';

/** Has the jobs that SQL enqueues in this transaction carry the request id of what is done here; without one, nothing. */
export async function traceTransaction(tx: Tx): Promise<void> {
  const requestId = currentRequestId();
  if (requestId !== null) await tx.$executeRaw`SELECT set_config(${SETTING}, ${requestId}, true)`;
}

/**
 * The same for a statement that is its whole transaction: `SELECT … ${whereTraced()}`, without FROM, where PostgreSQL evaluates the
 * condition before what is selected.
 */
export function whereTraced(): Prisma.Sql {
  return Prisma.sql`WHERE set_config(${SETTING}, ${currentRequestId() ?? ''}, true) IS NOT NULL`;
}
