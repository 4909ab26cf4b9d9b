import { withAfterCommit } from '../after-commit.ts';
import type { Db, Tx } from './open-db.ts';
import { toCallerError } from './read-database-error.ts';
import { retryConflicts } from './retry-conflicts.ts';
import { traceTransaction } from './trace-transaction.ts';

/** Limits of one transaction. */
export interface TransactionOptions {
  /** READ COMMITTED by default: writers take their row locks explicitly. */
  readonly isolation?: 'RepeatableRead' | 'Serializable';
  /** Longest the transaction may stay open, 20 seconds by default. */
  readonly timeoutMs?: number;
  /** How many times a conflict is tried again, 3 by default. */
  readonly retries?: number;
}

/**
 * Runs `work` in one transaction: all of it happens or, on a throw, none of it.
 *
 * A serialisation conflict or a deadlock runs `work` again from the start, up to three more times, after a short
 * random pause: so `work` must do nothing outside the database. Any other error is passed on; a lost database as
 * RefillError `database-unavailable`.
 */
export async function inTransaction<T>(
  db: Db,
  work: (tx: Tx) => Promise<T>,
  { isolation, timeoutMs, retries }: TransactionOptions = {},
): Promise<T> {
  const options = {
    ...(isolation === undefined ? {} : { isolationLevel: isolation }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  };
  const run = () =>
    withAfterCommit<Tx, T>(db, (begin) =>
      db.$transaction(async (tx) => {
        begin(tx);
        await traceTransaction(tx);
        return await work(tx);
      }, options),
    );
  try {
    return await retryConflicts(run, retries);
  } catch (error) {
    throw toCallerError(error);
  }
}
