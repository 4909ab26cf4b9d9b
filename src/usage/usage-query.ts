import { addDays, dayOf, daysPeriod, monthOf, monthPeriod, type Period } from '../calendar.ts';
import { DAY_MS } from '../durations.ts';
import { QUARTER_HOUR_MS } from '../ledger/index.ts';
import type { ExportQuery } from './export/types.ts';

/** A question about usage: which usage, in which time zone, and with which period it is compared. */
export interface UsageQuery extends ExportQuery {
  /** IANA name: whose midnights the days begin at. */
  timeZone: string;
}

/** Whether the period is one calendar month of the zone. */
export function isMonth(period: Period, timeZone: string): boolean {
  const month = monthPeriod(monthOf(period.from, timeZone), timeZone);
  return month?.from.getTime() === period.from.getTime() && month.to.getTime() === period.to.getTime();
}

/**
 * What a month is compared with: the month before it, and of that only as much as has passed of this one. Null where
 * the period is no month, or has not begun. Applies R25.2.
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
  let day = dayOf(from, timeZone);
  for (let start = from; start < to; ) {
    const part = daysPeriod(day, addDays(day, step - 1), timeZone);
    if (part === null) break;
    const end = part.to < to ? part.to : to;
    parts.push({ from: start, to: end });
    start = end;
    day = addDays(day, step);
  }
  return parts;
}
