/**
 * Days and instants as people and programs write them, read or refused in words. JavaScript's own reading takes February 30
 * for March 2, and a day without a zone for one of this machine.
 */

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?$/;
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];
/** Clocks are at most so far from UTC, in hours: Kiribati's. */
const MAX_OFFSET_HOURS = 14;
const MAX_SHOWN = 40;

/** What is wrong with a day, null where it is one like `2026-11-20`. */
export function faultOfDay(text: string): string | null {
  const [, year = '', month = '', day = ''] = DAY.exec(text) ?? [];
  if (year === '') return `"${text.slice(0, MAX_SHOWN)}" is not a day like 2026-11-20`;
  const name = MONTHS[Number(month) - 1];
  if (name === undefined) return `"${text}" is no day: months go from 01 to 12`;
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) >= 1 && Number(day) <= last
    ? null
    : `"${text}" is no day: ${name} ${year} has ${last} days`;
}

/** What is wrong with a time of day, null where it is one like `09:30` or `09:30:00`. */
export function faultOfTime(text: string): string | null {
  const [, hour = '', minute = '', second = '00'] = TIME.exec(text) ?? [];
  if (hour === '') return `"${text.slice(0, MAX_SHOWN)}" is not a time like 09:30`;
  if (hour === '24') return `"${text}" is no time: midnight is 00:00 of the next day`;
  if (Number(hour) > 23) return `"${text}" is no time: hours go from 00 to 23`;
  if (Number(minute) > 59) return `"${text}" is no time: minutes go from 00 to 59`;
  if (second === '60') return `"${text}" is no time: leap seconds are written as the second before`;
  return Number(second) > 59 ? `"${text}" is no time: seconds go from 00 to 59` : null;
}

/** What is wrong with a local time, null where it is one like `2026-11-20 09:30:00`. */
export function faultOfLocalTime(text: string): string | null {
  const [, day, time = '', offset] = INSTANT.exec(text) ?? [];
  if (day === undefined || offset !== undefined)
    return `"${text.slice(0, MAX_SHOWN)}" is not a local time like 2026-11-20 09:30:00`;
  return faultOfDay(day) ?? faultOfTime(time);
}

/** A time that says how far it is from UTC, `2026-11-20T09:30:00Z` or `… 09:30+05:30`; or what is wrong with it. */
export function readInstant(text: string): { at: Date } | { fault: string } {
  const example = 'like 2026-11-20T09:30:00Z';
  const [, day, time = '', offset] = INSTANT.exec(text.trim()) ?? [];
  if (day === undefined) return { fault: `"${text.slice(0, MAX_SHOWN)}" is not a time ${example}` };
  const fault = faultOfDay(day) ?? faultOfTime(time);
  if (fault !== null) return { fault };
  if (offset === undefined)
    return {
      fault: `"${text}" does not say how far it is from UTC: end it with Z, or with an offset like +05:30`,
    };
  const [, sign = '', hours = '00', minutes = '00'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset) ?? [];
  if (Number(hours) > MAX_OFFSET_HOURS || Number(minutes) > 59)
    return { fault: `"${text}" is not a time ${example}: no clock is ${sign}${hours}:${minutes} from UTC` };
  const seconds = time.length === 5 ? `${time}:00` : time;
  return { at: new Date(`${day}T${seconds}${sign === '' ? 'Z' : `${sign}${hours}:${minutes}`}`) };
}
