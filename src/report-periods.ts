/** When what is reported every week or month is due, and which period it is about. */
import {
  addDays,
  dayOf,
  daysPeriod,
  mondayOf,
  monthOf,
  monthPeriod,
  type Period,
  zonedTime,
} from './calendar.ts';
import { DAY_MS } from './durations.ts';

type Every = 'week' | 'month';

/** When people begin to read. */
const HOUR = '09:00';

/** The next Monday, or first of a month, at nine in the morning after an instant. */
export function nextReportAt(every: Every, after: Date, timeZone: string): Date {
  const today = dayOf(after, timeZone);
  const days =
    every === 'week'
      ? [0, 7].map((later) => addDays(mondayOf(today), later))
      : [0, -1].map((before) => `${monthOf(after, timeZone, before)}-01`);
  const found = days
    .map((day) => zonedTime(`${day} ${HOUR}`, timeZone))
    .find((at) => at !== undefined && at > after);
  return found ?? new Date(after.getTime() + DAY_MS);
}

/** The last whole week from Monday on, or month; `before`: the one so many before it. Null where the zone has none. */
export function lastReportPeriod(every: Every, now: Date, timeZone: string, before = 0): Period | null {
  if (every === 'month') return monthPeriod(monthOf(now, timeZone, before + 1), timeZone);
  const monday = addDays(mondayOf(dayOf(now, timeZone)), -7 * (before + 1));
  return daysPeriod(monday, addDays(monday, 6), timeZone);
}
