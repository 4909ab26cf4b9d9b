import { RefillError } from '../../errors.ts';
import { faultOfDay, readInstant as readTime } from '../../read-time.ts';

/** An option's day in UTC, or instant with its zone. Throws RefillError `bad-argument` in the words of the option. */
export function readInstant(option: string, text: string): Date {
  const isDay = !/\d:?\d{2}/.test(text.slice(10));
  const read = readTime(isDay ? `${text}T00:00:00Z` : text);
  const fault = isDay ? faultOfDay(text) : 'fault' in read ? read.fault : null;
  if (fault === null && 'at' in read) return read.at;
  throw new RefillError('bad-argument', `${option} takes a day in UTC like 2026-12-01: ${fault}.`);
}
