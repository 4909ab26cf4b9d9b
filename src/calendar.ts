/**
 * The one calendar: days, months and billing days of a time zone as instants, whatever its clocks do at midnight.
 *
 * Days are written `2026-11-03` and months `2026-11`, as PostgreSQL and people's forms write them. A day begins at its
 * first instant: one o'clock where clocks skip midnight, the earlier midnight where they repeat it.
 */
import { Temporal } from 'temporal-polyfill';
import { HOUR_MS } from './durations.ts';

/** A span of time, [from, to). */
export interface Period {
  from: Date;
  to: Date;
}

/** When billing periods begin (R3). */
export interface BillingCalendar {
  /** IANA name. */
  timeZone: string;
  /** 1 to 31; 31 means the month's last day. */
  billingDay: number;
}

export type BillingPeriod = 'monthly' | 'annual';

const DAY = /^\d{4}-\d\d-\d\d$/;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/;

/**
 * Whether this is how a zone is named by its region, as `America/New_York`, or UTC. Abbreviations and fixed offsets are
 * not: they mean several zones (BST is London's and Dhaka's) or know no summer time (EST is Panama's).
 */
export function isRegionName(name: string): boolean {
  return name === 'UTC' || /^(?!Etc\/|SystemV\/)[A-Z][A-Za-z_]*(\/[A-Za-z0-9_+-]+)+$/.test(name);
}

/** Whether this is a time zone that people and the database know by this name, which names its region. */
export function isTimeZone(name: string): boolean {
  if (!isRegionName(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
export function utcOffsetMs(at: Date, timeZone: string): number {
  return zoned(at, timeZone).offsetNanoseconds / 1e6;
}

/** An instant as clocks show it there, in whole seconds with their offset: `2026-11-03T09:15:22-08:00`. */
export function zonedStamp(at: Date, timeZone: string): string {
  return zoned(at, timeZone).toString({ smallestUnit: 'second', timeZoneName: 'never' });
}

/** The day of an instant as a calendar on the wall shows it there. */
export function dayOf(at: Date, timeZone: string): string {
  return zoned(at, timeZone).toPlainDate().toString();
}

/** The month that an instant lies in, or one so many months before it. */
export function monthOf(at: Date, timeZone: string, before = 0): string {
  return yearMonthOf(at, timeZone).subtract({ months: before }).toString();
}

/** The day so many days later; earlier for a negative number. Throws a RangeError for what is no day. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** 1 for Monday to 7 for Sunday. Throws a RangeError for what is no day. */
export function weekdayOf(day: string): number {
  return Temporal.PlainDate.from(day).dayOfWeek;
}

/** The Monday of a day's week. Throws a RangeError for what is no day. */
export function mondayOf(day: string): string {
  return addDays(day, 1 - weekdayOf(day));
}

/** Hours of the week by zone and quarter-hour, as clocks change on one. */
const weekHours = new Map<string, Map<number, number>>();
const MAX_WEEK_HOURS = 20_000;

/**
 * The hour of the week as clocks show it there, from 0 (Monday, midnight to one) to 167. Remembered: a month of usage asks for the same
 * hours again and again.
 */
export function weekHourOf(at: Date, timeZone: string): number {
  const quarter = Math.floor(at.getTime() / (HOUR_MS / 4));
  const known = weekHours.get(timeZone) ?? new Map<number, number>();
  weekHours.set(timeZone, known);
  const remembered = known.get(quarter);
  if (remembered !== undefined) return remembered;
  const local = zoned(at, timeZone);
  const hour = (local.dayOfWeek - 1) * 24 + local.hour;
  if (known.size >= MAX_WEEK_HOURS) known.clear();
  known.set(quarter, hour);
  return hour;
}

/** A day as a date at noon UTC, which is that day in every zone that bills: for text that names days. */
export function noonOf(day: string): Date {
  return new Date(`${day}T12:00:00Z`);
}

/** The first instant of a day. Null for a day that no calendar has. */
export function startOfDay(day: string, timeZone: string): Date | null {
  const date = readDay(day);
  return date === null ? null : firstInstantOf(date, timeZone);
}

/** The end of the local day so many days after an instant's: what may be done on that day is done before this. */
export function endOfDay(at: Date, timeZone: string, daysLater: number): Date {
  const day = zoned(at, timeZone).toPlainDate();
  return firstInstantOf(day.add({ days: daysLater + 1 }), timeZone);
}

/** The first instant of the local day so many months before an instant's; of a month that has no such day, its last one. */
export function monthsBefore(at: Date, timeZone: string, months: number): Date {
  return firstInstantOf(zoned(at, timeZone).toPlainDate().subtract({ months }), timeZone);
}

/** Whole days, the last one with them. Null for days that are none, or the wrong way round. */
export function daysPeriod(firstDay: string, lastDay: string, timeZone: string): Period | null {
  const [first, last] = [readDay(firstDay), readDay(lastDay)];
  if (first === null || last === null || Temporal.PlainDate.compare(last, first) < 0) return null;
  return { from: firstInstantOf(first, timeZone), to: firstInstantOf(last.add({ days: 1 }), timeZone) };
}

/** A calendar month in a zone; null for what is no month. */
export function monthPeriod(month: string, timeZone: string): Period | null {
  if (!MONTH.test(month)) return null;
  const first = Temporal.PlainDate.from(`${month}-01`);
  return { from: firstInstantOf(first, timeZone), to: firstInstantOf(first.add({ months: 1 }), timeZone) };
}

/** The calendar month that an instant lies in. */
export function monthAround(at: Date, timeZone: string): Period {
  const first = yearMonthOf(at, timeZone).toPlainDate({ day: 1 });
  return { from: firstInstantOf(first, timeZone), to: firstInstantOf(first.add({ months: 1 }), timeZone) };
}

const hourOf = (text: string, timeZone: string): string =>
  `${timeZone} ${text.slice(0, 10)} ${text.slice(11, 13)}`;

/** Hours of local time by zone, in which every minute stands as far from UTC as the first. */
const evenHours = new Map<string, number>();
const MAX_EVEN_HOURS = 10_000;

/**
 * The instant of a local time like `2026-11-20 09:30:00` in a time zone; undefined where either is none, and zones are
 * named as `isTimeZone` has it. Of a time that a change of the clocks repeats, the first; one that it skips counts on
 * from before the change. Hours are remembered: a file of usage asks for three times in each row.
 */
export function zonedTime(text: string, timeZone: string): Date | undefined {
  const asUtc = LOCAL_TIME.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN;
  if (Number.isNaN(asUtc)) return undefined;
  const hour = hourOf(text, timeZone);
  const known = evenHours.get(hour);
  if (known !== undefined) return new Date(known + asUtc - Math.floor(asUtc / HOUR_MS) * HOUR_MS);
  if (!isTimeZone(timeZone)) return undefined;
  try {
    const local = Temporal.PlainDateTime.from(text.replace(' ', 'T'));
    const from = local.round({ smallestUnit: 'hour', roundingMode: 'floor' });
    const [first, next] = [from, from.add({ hours: 1 })].map((each) => instantOf(each, timeZone));
    if (first !== undefined && next !== undefined && next - first === HOUR_MS) {
      if (evenHours.size >= MAX_EVEN_HOURS) evenHours.clear();
      evenHours.set(hour, first);
    }
    return new Date(instantOf(local, timeZone));
  } catch {
    return undefined; // February 30, or the hour 24
  }
}

export type ClockChange = 'repeated' | 'skipped';

/**
 * What a change of the clocks makes of a local time: it comes twice where they go back, and never where they go forward;
 * null for every other time. `zonedTime` reads the first as the earlier of the two, the second as if they had not changed.
 */
export function clockChangeAt(text: string, timeZone: string): ClockChange | null {
  if (evenHours.has(hourOf(text, timeZone))) return null;
  const local = Temporal.PlainDateTime.from(text.replace(' ', 'T'));
  const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
    local.toZonedDateTime(timeZone, { disambiguation }),
  );
  if (earlier === undefined || later === undefined || earlier.equals(later)) return null;
  return earlier.toPlainDateTime().equals(local) ? 'repeated' : 'skipped';
}

/** The first billing day to begin after an instant: when what is credited now is invoiced. */
export function nextTurn(calendar: BillingCalendar, after: Date): Date {
  let month = yearMonthOf(after, calendar.timeZone).subtract({ months: 1 });
  while (turnOf(calendar, month) <= after) month = month.add({ months: 1 });
  return turnOf(calendar, month);
}

/** The last billing day to begin before an instant: where a period that ends then began. */
export function lastTurn(calendar: BillingCalendar, before: Date): Date {
  let month = yearMonthOf(before, calendar.timeZone).add({ months: 1 });
  while (turnOf(calendar, month) >= before) month = month.subtract({ months: 1 });
  return turnOf(calendar, month);
}

/**
 * Where a period that begins at `start` ends: one month, or twelve, after the turn nearest to its start. A start
 * that is itself a turn gives a whole period; one that is not, after a purchase or a change of the calendar, gives
 * one between half a month shorter and half a month longer. Applies R3.2, R3.3 and R3.4.
 *
 * A period is never recomputed from its number. It begins where the one before ended and ends at a turn of the
 * calendar in force when it is opened, so a changed time zone or billing day makes one period shorter or longer and
 * can neither double nor skip one (R3).
 */
export function endOfBillingPeriod(calendar: BillingCalendar, start: Date, period: BillingPeriod): Date {
  const around = yearMonthOf(start, calendar.timeZone);
  const months = [around.subtract({ months: 1 }), around, around.add({ months: 1 })];
  const distance = (month: Temporal.PlainYearMonth): number =>
    Math.abs(turnOf(calendar, month).getTime() - start.getTime());
  const nearest = months.reduce((best, month) => (distance(month) < distance(best) ? month : best));
  return turnOf(calendar, nearest.add({ months: period === 'annual' ? 12 : 1 }));
}

function turnOf({ timeZone, billingDay }: BillingCalendar, month: Temporal.PlainYearMonth): Date {
  return firstInstantOf(month.toPlainDate({ day: Math.min(billingDay, month.daysInMonth) }), timeZone);
}

function zoned(at: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
}

function yearMonthOf(at: Date, timeZone: string): Temporal.PlainYearMonth {
  return zoned(at, timeZone).toPlainDate().toPlainYearMonth();
}

function firstInstantOf(date: Temporal.PlainDate, timeZone: string): Date {
  return new Date(date.toZonedDateTime(timeZone).epochMilliseconds);
}

function instantOf(local: Temporal.PlainDateTime, timeZone: string): number {
  return local.toZonedDateTime(timeZone).epochMilliseconds;
}

function readDay(day: string): Temporal.PlainDate | null {
  if (!DAY.test(day)) return null;
  try {
    return Temporal.PlainDate.from(day);
  } catch {
    return null;
  }
}
