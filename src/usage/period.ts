import { DAY_MS } from '../durations.ts';

/** Periods as people name them, as instants: whole days of a time zone, whatever its clocks do at midnight (R25). */

/** Usage time, [from, to). */
export interface Period {
  from: Date;
  to: Date;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The calendar day of an instant in a zone, `2026-11-03`. */
export function dayOf(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/**
 * The first instant of a day (`2026-11-03`) in a zone: midnight, or what comes for it where clocks skip or repeat it.
 * Null for a day that no calendar has.
 */
export function startOfDay(day: string, timeZone: string): Date | null {
  const asUtc = Date.parse(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(asUtc)) return null;
  if (new Date(asUtc).toISOString().slice(0, 10) !== day) return null;
  const offsets = [asUtc - DAY_MS, asUtc + DAY_MS].map((near) => offsetAt(near, timeZone));
  const candidates = offsets.map((offset) => asUtc - offset).toSorted((a, b) => a - b);
  const first = candidates.find(
    (ms) => dayOf(new Date(ms), timeZone) === day && dayOf(new Date(ms - 1), timeZone) < day,
  );
  return new Date(first ?? candidates[0] ?? asUtc);
}

/** Whole days, the last one with them. Null for days that are none, or the wrong way round. */
export function daysPeriod(firstDay: string, lastDay: string, timeZone: string): Period | null {
  const from = startOfDay(firstDay, timeZone);
  const last = startOfDay(lastDay, timeZone);
  if (from === null || last === null || last < from) return null;
  const next = new Date(Date.parse(`${lastDay}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  const to = startOfDay(next, timeZone);
  return to === null ? null : { from, to };
}

/** A calendar month (`2026-11`) in a zone; null for what is no month. */
export function monthPeriod(month: string, timeZone: string): Period | null {
  const [, year = '', number = ''] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) ?? [];
  const lastDay = new Date(Date.UTC(Number(year), Number(number), 0)).getUTCDate();
  return daysPeriod(`${month}-01`, `${month}-${lastDay}`, timeZone);
}

/** The month (`2026-11`) that an instant lies in, or one so many months before it. */
export function monthOf(at: Date, timeZone: string, before = 0): string {
  const [year = '', month = ''] = dayOf(at, timeZone).split('-');
  return new Date(Date.UTC(Number(year), Number(month) - 1 - before, 1)).toISOString().slice(0, 7);
}

/**
 * Reads a period as somebody types it: nothing (this month), `last month`, `today`, `yesterday`, `november`, `nov 2025`,
 * `2026-11`, `2026-11-03`, `2026-11-03 to 2026-11-09`. A month without a year is the latest that has begun. Null for
 * anything else.
 */
export function readPeriod(typed: string, timeZone: string, now: Date): Period | null {
  const text = typed.trim().toLowerCase().replace(/\s+/g, ' ');
  if (text === '' || text === 'this month') return monthPeriod(monthOf(now, timeZone), timeZone);
  if (text === 'last month') return monthPeriod(monthOf(now, timeZone, 1), timeZone);
  const today = dayOf(now, timeZone);
  if (text === 'today') return daysPeriod(today, today, timeZone);
  if (text === 'yesterday') {
    const day = new Date(Date.parse(`${today}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
    return daysPeriod(day, day, timeZone);
  }
  if (/^\d{4}-\d\d$/.test(text)) return monthPeriod(text, timeZone);
  const [, first, last] = /^(\d{4}-\d\d-\d\d)(?: ?(?:to|-|–|\.\.) ?(\d{4}-\d\d-\d\d))?$/.exec(text) ?? [];
  if (first !== undefined) return daysPeriod(first, last ?? first, timeZone);
  return readMonthName(text, timeZone, now);
}

function readMonthName(text: string, timeZone: string, now: Date): Period | null {
  const [, name = '', year] = /^([a-z]{3,9})\.?(?: (\d{4}))?$/.exec(text) ?? [];
  const index = MONTHS.indexOf(name.slice(0, 3));
  const whole = new Date(Date.UTC(2026, index, 1)).toLocaleString('en-US', {
    month: 'long',
    timeZone: 'UTC',
  });
  if (index < 0 || !whole.toLowerCase().startsWith(name)) return null;
  const [thisYear = '', thisMonth = ''] = dayOf(now, timeZone).split('-');
  const latest = index + 1 <= Number(thisMonth) ? Number(thisYear) : Number(thisYear) - 1;
  return monthPeriod(`${year ?? latest}-${String(index + 1).padStart(2, '0')}`, timeZone);
}

/** How far a zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(ms: number, timeZone: string): number {
  const zone = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const name = zone.formatToParts(new Date(ms)).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name) ?? [];
  const ahead = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
  return sign === '-' ? -ahead : ahead;
}
