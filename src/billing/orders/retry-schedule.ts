import { HOUR_MS } from '../../durations.ts';

/** When a declined charge is tried again, each counted from its first decline (R14). Applies R14.1. */
export const RETRY_AFTER_MS: readonly number[] = [HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];
