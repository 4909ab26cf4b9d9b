import { DAY_MS } from '../../../../durations.ts';

/** `<!date^…>` as the reader sees it: Slack's tokens, filled in the reader's time zone. */

const part = (at: Date, zone: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-US', { timeZone: zone, ...options }).format(at);

const ordinal = (day: number): string => {
  const tail = day % 100 > 10 && day % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `${day}${tail}`;
};

/** The calendar day in a zone, as `2026-11-24`. */
export const dayKey = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at);

/** "Today", "Yesterday" or "Tomorrow" when the day is one of these, seen from `now`. */
export function nearDay(at: Date, now: Date, zone: string): string | undefined {
  const dayNumber = (each: Date) => Date.parse(`${dayKey(each, zone)}T00:00:00Z`) / DAY_MS;
  const names: Record<string, string> = { '0': 'Today', '-1': 'Yesterday', '1': 'Tomorrow' };
  return names[String(dayNumber(at) - dayNumber(now))];
}

/** "2:14 PM" in the zone. */
export const clockTime = (at: Date, zone: string): string =>
  part(at, zone, { hour: 'numeric', minute: '2-digit' }).replace('\u202f', ' ');

/** "Tuesday, November 24th", with the year when it is not this one. */
export function longDay(at: Date, now: Date, zone: string): string {
  const day = ordinal(Number(part(at, zone, { day: 'numeric' })));
  const year = part(at, zone, { year: 'numeric' });
  const tail = year === part(now, zone, { year: 'numeric' }) ? '' : `, ${year}`;
  return `${part(at, zone, { weekday: 'long' })}, ${part(at, zone, { month: 'long' })} ${day}${tail}`;
}

function ago(at: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - at.getTime()) / 1000);
  const format = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto' });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(-Math.round(seconds / size), unit);
  }
  return 'just now';
}

type Fill = (at: Date, now: Date, zone: string) => string;

const date: Fill = (at, _, zone) => part(at, zone, { month: 'long', day: 'numeric', year: 'numeric' });
const short: Fill = (at, _, zone) => part(at, zone, { month: 'short', day: 'numeric', year: 'numeric' });
const long: Fill = (at, _, zone) =>
  part(at, zone, { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
const pretty =
  (otherwise: Fill): Fill =>
  (at, now, zone) =>
    nearDay(at, now, zone)?.toLowerCase() ?? otherwise(at, now, zone);

const tokens: Readonly<Record<string, Fill>> = {
  date_num: (at, _, zone) => dayKey(at, zone),
  date_slash: (at, _, zone) => part(at, zone, { month: '2-digit', day: '2-digit', year: 'numeric' }),
  date,
  date_short: short,
  date_long: long,
  date_pretty: pretty(date),
  date_short_pretty: pretty(short),
  date_long_pretty: pretty(long),
  time: (at, _, zone) => clockTime(at, zone),
  time_secs: (at, _, zone) => part(at, zone, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  ago: (at, now) => ago(at, now),
};

/** Fills a format such as `{date_short} at {time}`; unknown tokens stay as they are. */
export function fillDateFormat(format: string, epochSeconds: number, now: Date, zone: string): string {
  const at = new Date(epochSeconds * 1000);
  return format.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(tokens, name) ? (tokens[name]?.(at, now, zone) ?? whole) : whole,
  );
}
