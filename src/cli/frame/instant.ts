import { RefillError } from '../../errors.ts';
import { faultOfDay, readInstant } from '../../read-time.ts';
import type { ValueParser } from './params.ts';

/** A day in UTC, or an instant with its zone. Throws RefillError `bad-argument` in the words of the option. */
export const instant: ValueParser<Date> = (typed, name) => {
  const isDay = !/\d:?\d{2}/.test(typed.slice(10));
  const read = readInstant(isDay ? `${typed}T00:00:00Z` : typed);
  const fault = isDay ? faultOfDay(typed) : 'fault' in read ? read.fault : null;
  if (fault === null && 'at' in read) return read.at;
  throw new RefillError('bad-argument', `${name} takes a day in UTC like 2026-12-01: ${fault}.`);
};
