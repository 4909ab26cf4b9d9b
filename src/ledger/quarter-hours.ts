import { RefillError } from '../errors.ts';

const QUARTER_HOUR_MS = 900_000;

/** Throws RefillError `bad-range` unless a period of `what` lies on quarter-hours, by which sums are kept, as every zone's midnights do. */
export function requireQuarterHours({ from, to }: { from: Date; to: Date }, what: 'days' | 'totals'): void {
  if ([from, to].some((bound) => bound.getTime() % QUARTER_HOUR_MS !== 0))
    throw new RefillError('bad-range', `A period of ${what} begins and ends on a quarter-hour.`);
}
