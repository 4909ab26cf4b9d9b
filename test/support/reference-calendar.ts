import { MINUTE_MS } from '../../src/durations.ts';

/**
 * A calendar worked out the slow way, which shares nothing with ours: every half hour, or quarter, is looked at as the
 * clock on the wall there shows it, and the first one of a day is where that day begins.
 */
export interface ReferenceCalendar {
  /** The days, each with where it begins. */
  days: { day: string; at: Date }[];
  /** When the wall first shows `2028-02-29 09:30`. */
  at(shown: string): Date;
  /** The same; undefined where no clock shows it. */
  find(shown: string): Date | undefined;
  /** Where billing periods begin: the days of that number, or the last of a month that has none. */
  turns(billingDay: number): Date[];
}

/** From the first whole day after `from`, for so many months of 31 days. Some zones are a quarter of an hour off. */
export function slowCalendar(
  timeZone: string,
  from: Date,
  months: number,
  stepMinutes = 30,
): ReferenceCalendar {
  const wall = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const shown = new Map<string, Date>();
  const days: ReferenceCalendar['days'] = [];
  let today = wall.format(from).slice(0, 10);
  for (let ms = from.getTime(); days.length < months * 31; ms += stepMinutes * MINUTE_MS) {
    const text = wall.format(ms);
    if (!shown.has(text)) shown.set(text, new Date(ms));
    if (text.slice(0, 10) === today) continue;
    today = text.slice(0, 10);
    days.push({ day: today, at: new Date(ms) });
  }
  return {
    days,
    find: (text) => shown.get(text),
    at(text) {
      const at = shown.get(text);
      if (at === undefined) throw new RangeError(`no clock in ${timeZone} shows ${text}`);
      return at;
    },
    turns: (billingDay) => days.filter(({ day }) => isBillingDay(day, billingDay)).map(({ at }) => at),
  };
}

function isBillingDay(day: string, billingDay: number): boolean {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return date === Math.min(billingDay, new Date(Date.UTC(year, month, 0)).getUTCDate());
}
