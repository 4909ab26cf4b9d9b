import { withAfterCommit } from '../after-commit.ts';
import { backoffMs } from '../backoff.ts';
import { SECOND_MS } from '../durations.ts';
import type { Db, Tx } from './open-db.ts';
import { isTransactionConflict, toCallerError } from './read-database-error.ts';
import { traceTransaction } from './trace-transaction.ts';

/** Between the tries of a transaction that met a conflict. */
const BACKOFF = { initialMs: 5, maxMs: 5 * SECOND_MS, jitter: 0.5 };

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
  { isolation, timeoutMs, retries = 3 }: TransactionOptions = {},
): Promise<T> {
  const options = {
    ...(isolation === undefined ? {} : { isolationLevel: isolation }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await withAfterCommit<Tx, T>(db, (begin) =>
        db.$transaction(async (tx) => {
          begin(tx);
          await traceTransaction(tx);
          return await work(tx);
        }, options),
      );
    } catch (error) {
      if (attempt >= retries || !isTransactionConflict(error)) throw toCallerError(error);
      await pause(backoffMs(attempt, BACKOFF));
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
