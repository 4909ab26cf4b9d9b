import { MINUTE_MS } from '../../durations.ts';

const LOCAL = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/;
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The instant of a local time like "2026-11-20 09:30:00" in an IANA time zone; undefined where either is none. Of a time
 * that a change of the clocks repeats, one of the two.
 */
export function zonedTime(text: string, zone: string): Date | undefined {
  if (!LOCAL.test(text)) return undefined;
  const local = Date.parse(`${text.replace(' ', 'T')}Z`);
  const format = formatOf(zone);
  if (Number.isNaN(local) || format === undefined) return undefined;
  // The offset is asked for at a guess, and again at what the guess leads to: right on both sides of a change.
  const guess = local - offsetMs(format, local);
  return new Date(local - offsetMs(format, guess));
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
    return format;
  } catch {
    return undefined;
  }
}

function offsetMs(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /^GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}
