import { addDays, dayOf, daysPeriod, mondayOf, monthOf, monthPeriod, type Period } from '../calendar.ts';

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/**
 * Reads a period as people type it, in whole days of a time zone (R25): nothing (this month), `last month`, `today`,
 * `yesterday`, `this week` and `last week` (from Monday), `november`, `nov 2025`, `2026-11`, `2026-11-03`,
 * `2026-11-03 to 2026-11-09`, `oct 3-9`, `november 5`. A month without a year is the latest that has begun. Null for
 * anything else.
 */
export function readPeriod(typed: string, timeZone: string, now: Date): Period | null {
  const text = typed.trim().toLowerCase().replace(/\s+/g, ' ');
  const today = dayOf(now, timeZone);
  const days = (first: string, last: string): Period | null => daysPeriod(first, last, timeZone);
  const monday = mondayOf(today);
  switch (text) {
    case '':
    case 'this month':
      return monthPeriod(monthOf(now, timeZone), timeZone);
    case 'last month':
      return monthPeriod(monthOf(now, timeZone, 1), timeZone);
    case 'today':
      return days(today, today);
    case 'yesterday':
      return days(addDays(today, -1), addDays(today, -1));
    case 'this week':
      return days(monday, addDays(monday, 6));
    case 'last week':
      return days(addDays(monday, -7), addDays(monday, -1));
  }
  if (/^\d{4}-\d\d$/.test(text)) return monthPeriod(text, timeZone);
  const [, first, last] = /^(\d{4}-\d\d-\d\d)(?: ?(?:to|-|–|\.\.) ?(\d{4}-\d\d-\d\d))?$/.exec(text) ?? [];
  if (first !== undefined) return days(first, last ?? first);
  return readNamedMonth(text, today, timeZone) ?? readNamedDays(text, today, timeZone);
}

/** `november`, `nov. 2025` */
function readNamedMonth(text: string, today: string, timeZone: string): Period | null {
  const [, name = '', year] = /^([a-z]{3,9})\.?(?: (\d{4}))?$/.exec(text) ?? [];
  const month = monthNamed(name, today, year);
  return month === null ? null : monthPeriod(month, timeZone);
}

/** `oct 3-9`, `november 5` */
function readNamedDays(text: string, today: string, timeZone: string): Period | null {
  const [, name = '', first = '', last = first] =
    /^([a-z]{3,9})\.? (\d{1,2})(?: ?(?:-|–|to) ?(\d{1,2}))?$/.exec(text) ?? [];
  const month = monthNamed(name, today);
  const day = (number: string): string => `${month}-${number.padStart(2, '0')}`;
  return month === null ? null : daysPeriod(day(first), day(last), timeZone);
}

/** The month of a name or its beginning, of the year, or the latest of them that has begun; null where none is called so. */
function monthNamed(name: string, today: string, year?: string): string | null {
  const index = name === '' ? -1 : MONTHS.findIndex((whole) => whole.startsWith(name));
  if (index < 0) return null;
  const number = String(index + 1).padStart(2, '0');
  const thisYear = Number(today.slice(0, 4));
  return `${year ?? (number <= today.slice(5, 7) ? thisYear : thisYear - 1)}-${number}`;
}
