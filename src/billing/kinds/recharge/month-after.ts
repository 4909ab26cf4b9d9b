import { monthAround, type Period } from '../../../calendar.ts';
import { DAY_MS } from '../../../durations.ts';

/** A month that a change of time zone would leave with less than this is joined to the next. */
const SHORTEST_MS = 2 * DAY_MS;

/**
 * The month that follows one that ended, as it is `now`. It begins where the last one ended, or later; where the zone
 * changed meanwhile, the odd hours between belong to the new one, so that no instant is in two and no sliver is a month.
 */
export function monthAfter(endedAt: Date, timeZone: string, now: Date): Period {
  const inside = new Date(Math.max(now.getTime(), endedAt.getTime() + SHORTEST_MS));
  const month = monthAround(inside, timeZone);
  const isFirstAfter = month.from.getTime() - endedAt.getTime() < SHORTEST_MS;
  return isFirstAfter ? { from: endedAt, to: month.to } : month;
}
