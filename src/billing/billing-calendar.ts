import { DAY_MS, SECOND_MS } from '../durations.ts';

/**
 * When billing periods begin: at local midnight of the billing day, 31 meaning the month's last day (R3). Pure.
 *
 * A period is never recomputed from its number. It begins where the one before ended and ends at a turn of the
 * calendar in force when it is opened, so a changed time zone or billing day makes one period shorter or longer and
 * can neither double nor skip one.
 */
export interface BillingCalendar {
  /** IANA name. */
  timeZone: string;
  /** 1 to 31. */
  billingDay: number;
}

export type Period = 'monthly' | 'annual';

interface LocalDay {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
}

const MONTHS: Record<Period, number> = { monthly: 1, annual: 12 };

/** The first turn of the calendar after an instant: when what is credited now is invoiced. */
export function nextTurn(calendar: BillingCalendar, after: Date): Date {
  let month = monthOf(localDay(calendar.timeZone, after)) - 1;
  while (turnOf(calendar, month) <= after) month += 1;
  return turnOf(calendar, month);
}

/** The last turn of the calendar before an instant: where a period that ends then began. */
export function lastTurn(calendar: BillingCalendar, before: Date): Date {
  let month = monthOf(localDay(calendar.timeZone, before)) + 1;
  while (turnOf(calendar, month) >= before) month -= 1;
  return turnOf(calendar, month);
}

/** The end of the local day so many days after an instant's: what may be done on that day is done before this. */
export function endOfDay(timeZone: string, at: Date, daysLater: number): Date {
  const { year, month, day } = localDay(timeZone, at);
  const next = new Date(Date.UTC(year, month - 1, day + daysLater + 1));
  return startOfDay(timeZone, {
    year: next.getUTCFullYear(),
    month: next.getUTCMonth() + 1,
    day: next.getUTCDate(),
  });
}

/** The local day of the first turn after an instant, as a date at noon UTC. */
export function nextBillingDay(calendar: BillingCalendar, after: Date): Date {
  const { year, month, day } = localDay(calendar.timeZone, nextTurn(calendar, after));
  return new Date(Date.UTC(year, month - 1, day, 12));
}

/**
 * Where a period that begins at `start` ends: one month, or twelve, after the turn nearest to its start. A start
 * that is itself a turn gives a whole period; one that is not, after a purchase or a change of the calendar, gives
 * one between half a month shorter and half a month longer.
 */
export function endOfPeriod(calendar: BillingCalendar, start: Date, period: Period): Date {
  const around = monthOf(localDay(calendar.timeZone, start));
  const distance = (month: number): number => Math.abs(turnOf(calendar, month).getTime() - start.getTime());
  const nearest = [around - 1, around, around + 1].reduce((best, month) =>
    distance(month) < distance(best) ? month : best,
  );
  return turnOf(calendar, nearest + MONTHS[period]);
}

/** The day of an instant as a calendar on the wall shows it there. */
export function localDay(timeZone: string, at: Date): LocalDay {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at);
  const [year = 0, month = 0, day = 0] = parts.split('-').map(Number);
  return { year, month, day };
}

/** Months counted from the year 0, so that they can be added to. */
function monthOf({ year, month }: LocalDay): number {
  return year * 12 + month - 1;
}

function turnOf({ timeZone, billingDay }: BillingCalendar, monthNumber: number): Date {
  const year = Math.floor(monthNumber / 12);
  const month = (monthNumber % 12) + 1;
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return startOfDay(timeZone, { year, month, day: Math.min(billingDay, lastDay) });
}

/** The first instant of a local day, which is not midnight where the clocks go ahead at midnight. */
function startOfDay(timeZone: string, { year, month, day }: LocalDay): Date {
  const midnightUtc = Date.UTC(year, month - 1, day);
  const candidates = [-DAY_MS, 0, DAY_MS].map(
    (nearby) => midnightUtc - offsetMs(timeZone, new Date(midnightUtc + nearby)),
  );
  const isThatDay = (ms: number): boolean => localDay(timeZone, new Date(ms)).day === day;
  const within = candidates.filter(isThatDay);
  return new Date(within.length > 0 ? Math.min(...within) : Math.max(...candidates));
}

/** How far local time is ahead of UTC. */
function offsetMs(timeZone: string, at: Date): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  );
  return local - Math.floor(at.getTime() / SECOND_MS) * SECOND_MS;
}
