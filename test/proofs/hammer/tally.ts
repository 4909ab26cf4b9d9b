import { isDatabaseUnavailable, readDatabaseError } from '../../../src/db/index.ts';
import { RefillError } from '../../../src/errors.ts';

/** What the ledger may refuse in a random order of operations; anything else is a fault. */
const REFUSALS = new Set([
  'allocation-mismatch',
  'hold-resolved',
  'hold-unknown',
  'key-conflict',
  'office-needed',
  'refund-too-large',
  'reversal-too-large',
  'usage-unknown',
]);
const DEADLOCK = '40P01';
const PAUSE_MS = 5;

/** What all clients met together. */
export class Tally {
  posted = 0;
  conflicts = 0;
  otherOperations = 0;
  refusals = 0;
  retries = 0;
  deadlocks = 0;
  faults = 0;
  firstFault: string | null = null;

  /** Does it again for as long as the connection is lost, and counts. Null: refused, or a fault. */
  async retry<T>(work: () => Promise<T>): Promise<T | null> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isLost(error)) {
          this.#count(error);
          return null;
        }
        this.retries += 1;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  #count(error: unknown): void {
    if (error instanceof RefillError && REFUSALS.has(error.code)) {
      this.refusals += 1;
      return;
    }
    if (readDatabaseError(error)?.sqlState === DEADLOCK) this.deadlocks += 1;
    this.faults += 1;
    this.firstFault ??= String(error).replaceAll(/\s+/g, ' ').slice(0, 400);
  }
}

function isLost(error: unknown): boolean {
  return (
    isDatabaseUnavailable(error) || (error instanceof RefillError && error.code === 'database-unavailable')
  );
}
