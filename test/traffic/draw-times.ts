import { dayOf, startOfDay } from '../../src/calendar.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/durations.ts';
import type { Draw } from '../proofs/decks/draw.ts';
import { ARRIVAL, type Range } from './parameters.ts';

/** A number of a range, each equally likely. */
export function within(draw: Draw, [least, most]: Range): number {
  return least + (most - least) * (draw.below(1_000_001) / 1_000_000);
}

/** A number of a range, each order of magnitude equally likely. */
export function withinLog(draw: Draw, [least, most]: Range): number {
  return least <= 0 ? within(draw, [least, most]) : least * (most / least) ** within(draw, [0, 1]);
}

export const wholeWithin = (draw: Draw, range: Range): number => Math.round(within(draw, range));

/** When a piece arrives that began at `at` and lasted so long. */
export function arrivalOf(draw: Draw, at: number, lastedMs: number): number {
  const late = draw.isTrue(ARRIVAL.late) ? within(draw, ARRIVAL.lateMinutes) * MINUTE_MS : 0;
  return at + lastedMs + within(draw, ARRIVAL.seconds) * SECOND_MS + late;
}

/** When a day begins somewhere, in milliseconds. */
export function startOf(day: string, timeZone: string): number {
  const start = startOfDay(day, timeZone);
  if (start === null) throw new RangeError(`${day} is no day`);
  return start.getTime();
}

/** A local hour of a day that many days after an instant, in milliseconds. */
export function atHour(after: number, days: number, hour: number, timeZone: string): number {
  return startOf(dayOf(new Date(after + days * DAY_MS), timeZone), timeZone) + hour * HOUR_MS;
}
