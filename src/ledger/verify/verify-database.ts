import { openDb } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { type VerifyOptions, type VerifySummary, verifyLedger } from './verify-ledger.ts';

/**
 * Verifies all of a database's books on a connection of its own. Going through millions of rows takes longer than any
 * statement of the app may. Each check goes through all of a company's or a wallet's rows, so they are not looked up one by
 * one, which a planner that has no statistics yet would choose, and would not come to an end with; but for the usage of each
 * entry, which is looked up by its key. Stopped by the signal, it throws the error of the statement that was running.
 * Throws RefillError `database-unavailable`.
 */
export async function verifyDatabase(
  database: { url: string; log: Logger },
  options: VerifyOptions,
): Promise<VerifySummary> {
  const { stop } = options;
  stop?.throwIfAborted();
  const db = await openDb({ ...database, poolSize: 1, statementTimeoutMs: 0 });
  let pid = 0;
  const cancel = () => void cancelStatement(database, pid);
  try {
    const [connection] = await db.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    pid = connection?.pid ?? 0;
    stop?.addEventListener('abort', cancel);
    await db.$executeRaw`SELECT set_config('work_mem', '64MB', false), set_config('enable_nestloop', 'off', false)`;
    return await verifyLedger(db, options);
  } finally {
    stop?.removeEventListener('abort', cancel);
    await db.$disconnect();
  }
}

/** Has the server give up what a connection is waiting for, which may take minutes by itself. */
async function cancelStatement(database: { url: string; log: Logger }, pid: number): Promise<void> {
  try {
    const db = await openDb({ ...database, poolSize: 1 });
    await db.$executeRaw`SELECT pg_cancel_backend(${pid}::int)`.finally(() => db.$disconnect());
  } catch (error) {
    database.log.warn({ err: error }, 'the verification is not cancelled; it ends by itself');
  }
}
