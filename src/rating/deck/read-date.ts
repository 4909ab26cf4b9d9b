import { DAY_MS, SECOND_MS } from '../../durations.ts';
import { faultOfDay, faultOfTime } from '../../read-time.ts';
import { type Cell, cleanCell } from './cell.ts';
import type { DateOrder } from './header-units.ts';

/** An everyday date that the operator has to say the order of: what it is as each, null where it is none. */
export interface EverydayDate {
  mdy: Date | null;
  dmy: Date | null;
}

export type ReadDate = Cell<Date | null> | { everyday: EverydayDate };

const ISO =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?$/i;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const EVERYDAY = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?: (\d{1,2}:\d{2}(?::\d{2})?))?$/;
const NAMED = /^(?:(\d{1,2})[-/ .]+([a-z]{3,9})|([a-z]{3,9})[-/ .]+(\d{1,2}))[-/ .,]+(\d{4}|\d{2})$/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * A day or an instant in UTC; empty is null. Days written the American or European way could be either: they take an order.
 * `isEnd`: the row is good until then, a day with all of it and a minute's or second's last one too.
 */
export function readDate(
  text: string,
  what: string,
  { order, isEnd }: { order: DateOrder | null; isEnd: boolean },
): ReadDate {
  const written = cleanCell(text);
  if (written === '') return { value: null };
  const named = readNamed(written);
  const exact = named ?? readExact(written);
  if (exact !== null) return { value: isEnd ? pastEnd(exact, written) : exact.at };
  const everyday = readEveryday(written, isEnd);
  if (everyday !== null && order !== null && everyday[order] !== null) return { value: everyday[order] };
  if (everyday !== null && order === null) return { everyday };
  const serial = /^\d{5}(\.\d+)?$/.test(written) ? ', but the serial number of a spreadsheet' : '';
  return { fault: `the ${what} "${text}" is not a date like 2026-11-01${serial}` };
}

interface Instant {
  at: Date;
  hasTime: boolean;
}

function readExact(written: string): Instant | null {
  const [, year, month, day, time, zone] = ISO.exec(written) ?? COMPACT.exec(written) ?? [];
  return year === undefined ? null : toInstant([year, month, day], time, zone);
}

function readNamed(written: string): Instant | null {
  const [, day1, name1, name2, day2, year = ''] = NAMED.exec(written) ?? [];
  const month = MONTHS.indexOf((name1 ?? name2 ?? '').slice(0, 3).toLowerCase()) + 1;
  return month === 0 ? null : toInstant([inFull(year), String(month), day1 ?? day2]);
}

function readEveryday(written: string, isEnd: boolean): EverydayDate | null {
  const [, first, second, year, time] = EVERYDAY.exec(written) ?? [];
  if (year === undefined) return null;
  const read = (month: string | undefined, day: string | undefined): Date | null => {
    const instant = toInstant(
      [inFull(year), month, day],
      time?.padStart(time.length + (time.indexOf(':') === 1 ? 1 : 0), '0'),
    );
    if (instant === null) return null;
    return isEnd ? pastEnd(instant, written) : instant.at;
  };
  const everyday = { mdy: read(first, second), dmy: read(second, first) };
  return everyday.mdy === null && everyday.dmy === null ? null : everyday;
}

function toInstant(
  [year = '', month = '', day = '']: readonly (string | undefined)[],
  time = '00:00',
  zone = 'Z',
): Instant | null {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = new Date(`${date}T${time}${/^(?:utc|gmt)$/i.test(zone) ? 'Z' : zone.toUpperCase()}`);
  if (faultOfDay(date) !== null || faultOfTime(time) !== null || Number.isNaN(at.getTime())) return null;
  return { at, hasTime: time !== '00:00' };
}

/** Until a day is until its end, until 23:59:59 until midnight. */
function pastEnd({ at, hasTime }: Instant, written: string): Date {
  if (!hasTime && !/\d:\d/.test(written)) return new Date(at.getTime() + DAY_MS);
  return at.getUTCSeconds() === 59
    ? new Date(Math.floor(at.getTime() / SECOND_MS) * SECOND_MS + SECOND_MS)
    : at;
}

const inFull = (year: string): string => (year.length === 2 ? `20${year}` : year);

/** What to say of everyday dates, the first of which is `example`: the order they are probably in, if one fits them all. */
export function describeEveryday(
  example: string,
  read: EverydayDate,
  fits: Readonly<Record<DateOrder, boolean>>,
): string {
  const inWords = (at: Date | null): string =>
    at === null
      ? ''
      : at.toLocaleDateString('en-US', { timeZone: 'UTC', year: 'numeric', month: 'long', day: 'numeric' });
  if (fits.mdy && !fits.dmy)
    return `dates like "${example}" are probably month first (${inWords(read.mdy)}): take them with --dates mdy`;
  if (fits.dmy && !fits.mdy)
    return `dates like "${example}" are probably day first (${inWords(read.dmy)}): take them with --dates dmy`;
  if (!fits.mdy) return `dates like "${example}" fit neither order in all rows: write them like 2026-11-01`;
  return `the date "${example}" is ${inWords(read.mdy)} (--dates mdy) or ${inWords(read.dmy)} (--dates dmy): say which`;
}
