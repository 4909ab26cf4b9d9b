const HOUR_MS = 3_600_000;

/** When a declined charge is tried again, each counted from its first decline (R14). */
export const RETRY_AFTER_MS: readonly number[] = [HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];
