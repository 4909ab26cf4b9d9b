import { DAY_MS } from '../durations.ts';
import { QUARTER_HOUR_MS } from '../ledger/index.ts';
import type { ExportQuery } from './export/types.ts';
import { dayOf, daysPeriod, monthOf, monthPeriod, type Period, readPeriod } from './period.ts';

/** Usage that somebody wants to see: which, in whose days, and since when it is compared. */
export interface UsageQuery extends ExportQuery {
  /** IANA name: whose midnights the days begin at. */
  timeZone: string;
}

/**
 * Reads a period as somebody types it: all that `readPeriod` knows, and `this week`, `last week` (from Monday) and
 * days of one month, `oct 3-9` or `november 5`, the latest that have begun. Null for anything else.
 */
export function readTypedPeriod(typed: string, timeZone: string, now: Date): Period | null {
  const text = typed.trim().toLowerCase().replace(/\s+/g, ' ');
  if (text === 'this week') return weekPeriod(timeZone, now, 0);
  if (text === 'last week') return weekPeriod(timeZone, now, 1);
  const [, month, first, last] = /^([a-z]{3,9})\.? (\d{1,2})(?: ?(?:-|–|to) ?(\d{1,2}))?$/.exec(text) ?? [];
  if (month === undefined || first === undefined) return readPeriod(text, timeZone, now);
  const whole = readPeriod(month, timeZone, now);
  if (whole === null) return null;
  const name = dayOf(whole.from, timeZone).slice(0, 8);
  return daysPeriod(
    `${name}${first.padStart(2, '0')}`,
    `${name}${(last ?? first).padStart(2, '0')}`,
    timeZone,
  );
}

function weekPeriod(timeZone: string, now: Date, before: number): Period | null {
  const today = Date.parse(`${dayOf(now, timeZone)}T00:00:00Z`);
  const sinceMonday = (new Date(today).getUTCDay() + 6) % 7;
  const monday = today - (sinceMonday + 7 * before) * DAY_MS;
  return daysPeriod(isoDay(monday), isoDay(monday + 6 * DAY_MS), timeZone);
}

/** Whether the period is one calendar month of the zone. */
export function isMonth(period: Period, timeZone: string): boolean {
  const month = monthPeriod(monthOf(period.from, timeZone), timeZone);
  return month?.from.getTime() === period.from.getTime() && month.to.getTime() === period.to.getTime();
}

/**
 * What a month is compared with: the month before it, and of that only as much as has passed of this one. Null where
 * the period is no month, or has not begun.
 */
export function periodBefore(
  period: Period,
  timeZone: string,
  now: Date,
): (Period & { isPart: boolean }) | null {
  if (!isMonth(period, timeZone) || now <= period.from) return null;
  const before = monthPeriod(monthOf(period.from, timeZone, 1), timeZone);
  if (before === null) return null;
  if (now >= period.to) return { ...before, isPart: false };
  const passed = Math.floor((now.getTime() - period.from.getTime()) / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  const to = new Date(Math.min(before.to.getTime(), before.from.getTime() + passed));
  return { from: before.from, to, isPart: true };
}

/** Consecutive parts of a period, at most twenty: days of up to two weeks, else weeks, else months. */
export function splitPeriod({ from, to }: Period, timeZone: string): Period[] {
  const days = Math.round((to.getTime() - from.getTime()) / DAY_MS);
  const step = days <= 14 ? 1 : days <= 140 ? 7 : Math.ceil(days / 20);
  const parts: Period[] = [];
  let day = Date.parse(`${dayOf(from, timeZone)}T00:00:00Z`);
  for (let start = from; start < to; ) {
    const part = daysPeriod(isoDay(day), isoDay(day + (step - 1) * DAY_MS), timeZone);
    if (part === null) break;
    const end = part.to < to ? part.to : to;
    parts.push({ from: start, to: end });
    start = end;
    day += step * DAY_MS;
  }
  return parts;
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
