/** How long to wait between tries: doubling from `initialMs` up to `maxMs`. */
export interface Backoff {
  initialMs: number;
  maxMs: number;
  /** Share by which a wait is drawn shorter or longer, so that those who failed together do not return together. */
  jitter?: number;
}

/** More would be longer than any wait; 2 to the power of a counter that never stops is not a number to work with. */
const MAX_DOUBLINGS = 40;

/**
 * Milliseconds to wait before the next try, after `earlierWaits` waits before this one (0 after the first failure).
 * Kept by hand: the waits stand in rows that outlive the process, which libraries for retries know nothing of.
 */
export function backoffMs(earlierWaits: number, { initialMs, maxMs, jitter = 0 }: Backoff): number {
  const doublings = Math.min(Math.max(earlierWaits, 0), MAX_DOUBLINGS);
  const waitMs = Math.min(initialMs * 2 ** doublings, maxMs);
  return jitter === 0 ? waitMs : waitMs * (1 - jitter + 2 * jitter * Math.random());
}
