import { MINUTE_MS } from '../durations.ts';
import { RefillError } from '../errors.ts';

/** Usage is summed by quarter-hour, as the midnight of every time zone lies on one. */
export const QUARTER_HOUR_MS = 15 * MINUTE_MS;

interface Period {
  from: Date;
  to: Date;
}

/** Whether a period begins and ends on quarter-hours. */
export function isOnQuarterHours({ from, to }: Period): boolean {
  return [from, to].every((bound) => bound.getTime() % QUARTER_HOUR_MS === 0);
}

/** Throws RefillError `bad-range` unless a period of `what` is on quarter-hours. */
export function requireQuarterHours(period: Period, what: 'days' | 'totals'): void {
  if (!isOnQuarterHours(period))
    throw new RefillError('bad-range', `A period of ${what} begins and ends on a quarter-hour.`);
}
