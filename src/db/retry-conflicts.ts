import { backoffMs } from '../backoff.ts';
import { SECOND_MS } from '../durations.ts';
import { isTransactionConflict } from './read-database-error.ts';

/** Between the tries of what met a conflict. */
const BACKOFF = { initialMs: 5, maxMs: 5 * SECOND_MS, jitter: 0.5 };

/**
 * Runs `work`, a whole transaction or one statement outside of any, and runs it again after a serialisation conflict or a deadlock,
 * up to `retries` more times, after a short random pause. Any other error, and the last conflict, is passed on.
 */
export async function retryConflicts<T>(work: () => Promise<T>, retries = 3): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= retries || !isTransactionConflict(error)) throw error;
      await pause(backoffMs(attempt, BACKOFF));
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
