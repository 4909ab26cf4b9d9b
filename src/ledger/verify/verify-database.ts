import { type Db, openDb } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { type VerifyOptions, type VerifySummary, verifyOn } from './verify-ledger.ts';

/** How many checks run at a time: what two cores can do, and half of what the smallest server admits beside the app. */
const LANES = 2;

/**
 * Verifies all of a database's books on connections of its own, which see one moment: the first exports its snapshot, the other
 * takes it over. Going through millions of rows takes longer than any statement of the app may. Each check goes through all of
 * a company's rows, so they are not looked up one by one, which a planner that has no statistics yet would choose, and would not
 * come to an end with. Stopped by the signal, it throws the error of a statement that was running.
 * Throws RefillError `database-unavailable`.
 */
export async function verifyDatabase(
  database: { url: string; log: Logger },
  options: VerifyOptions,
): Promise<VerifySummary> {
  const { stop } = options;
  stop?.throwIfAborted();
  const lanes: Db[] = [];
  const pids: number[] = [];
  const cancel = () => void cancelStatements(database, pids);
  try {
    let snapshot: string | undefined;
    for (let lane = 0; lane < LANES; lane += 1) {
      const db = await openDb({ ...database, poolSize: 1, statementTimeoutMs: 0 });
      lanes.push(db);
      const begun = await beginReading(db, snapshot);
      pids.push(begun.pid);
      snapshot = begun.snapshot;
    }
    stop?.addEventListener('abort', cancel);
    const [first, ...others] = lanes;
    if (first === undefined) throw new Error('there is no connection');
    return await verifyOn([first, ...others], options);
  } finally {
    stop?.removeEventListener('abort', cancel);
    for (const db of lanes) await db.$disconnect();
  }
}

/** Begins a transaction that sees one moment, a given one or the present, on a connection that has no other. */
async function beginReading(db: Db, snapshot?: string): Promise<{ pid: number; snapshot: string }> {
  await db.$executeRaw`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`;
  // What a snapshot is called can be no parameter there.
  if (snapshot !== undefined && /^[0-9A-F-]+$/i.test(snapshot))
    await db.$executeRawUnsafe(`SET TRANSACTION SNAPSHOT '${snapshot}'`);
  const [begun] = await db.$queryRaw<{ pid: number; snapshot: string }[]>`
    SELECT pg_backend_pid() AS pid, coalesce(${snapshot ?? null}, pg_export_snapshot()) AS snapshot,
      set_config('work_mem', '64MB', true), set_config('enable_nestloop', 'off', true), set_config('enable_sort', 'off', true),
      set_config('idle_in_transaction_session_timeout', '0', true)`;
  if (begun === undefined) throw new Error('the database did not answer');
  return begun;
}

/** Cancels the statements that these connections wait for: left alone, they may run for minutes. */
async function cancelStatements(database: { url: string; log: Logger }, pids: number[]): Promise<void> {
  try {
    const db = await openDb({ ...database, poolSize: 1 });
    await db.$executeRaw`SELECT pg_cancel_backend(pid) FROM unnest(${pids}::int[]) AS pid`.finally(() =>
      db.$disconnect(),
    );
  } catch (error) {
    database.log.warn({ err: error }, 'the verification is not cancelled; it ends by itself');
  }
}
