/**
 * The rule of surprises (R32), without a database: sums of usage in, what is unusual out. Its constants are those that were
 * measured (docs/surprises.md); one that changes has its note there.
 */
import { weekHourOf } from '../../calendar.ts';
import { DAY_MS, HOUR_MS } from '../../durations.ts';
import { dollars, toMicros } from '../../money.ts';
import type { SurpriseRule } from '../../notices/index.ts';

/** Below this no hour is unusual, however quiet the office was. */
const MIN_MICROS = toMicros(dollars('25'));
/** So many times the largest comparable hour. */
const TIMES = 4n;
/** An hour of an office without history. */
const NEW_OFFICE_MICROS = toMicros(dollars('50'));
const NEW_OFFICE_MS = 7 * DAY_MS;
/** Of a country that is called for the first time, at night or at a weekend. */
export const NEW_COUNTRY_MICROS = toMicros(dollars('10'));
export const NEW_COUNTRY_CALLS = 10;
const NIGHT_FROM = 19;
const NIGHT_TO = 7;
const HOURS_A_DAY = 24;
const HOURS_A_THIRD = 8;
const WORKDAYS = 5;
/** How far back an hour is compared with others. */
export const SPEND_HISTORY_MS = 28 * DAY_MS;

/** A clock hour of usage of a part of an office: all of it, a country's or a type's. */
export interface SpendSum {
  hourAt: Date;
  calls: number;
  micros: bigint;
}

/** Up to 60 minutes of usage of a part, from the first of it to the last. */
export interface SpendHour {
  from: Date;
  to: Date;
  calls: number;
  micros: bigint;
}

/** What an hour is compared with. */
export interface SpendHistory {
  hours: readonly SpendSum[];
  /** Since when the office has usage; null: it has none. */
  officeSince: Date | null;
}

export interface Surprise extends SpendHour {
  rule: SurpriseRule;
  /** The largest comparable hour; null where there is none to compare with. */
  usualMicros: bigint | null;
}

/**
 * Judges one hour of spending; null where it is usual. `isAbroad`: the part is a country other than the office's own, to which
 * the rule of known fraud applies as well. Applies R32.1, R32.2 and R32.3.
 */
export function judgeHour(
  hour: SpendHour,
  { hours, officeSince }: SpendHistory,
  { timeZone, isAbroad }: { timeZone: string; isAbroad: boolean },
): Surprise | null {
  if (officeSince === null || hour.from.getTime() - officeSince.getTime() < NEW_OFFICE_MS)
    return hour.micros > NEW_OFFICE_MICROS ? { ...hour, rule: 'new_office', usualMicros: null } : null;
  const before = hours.filter(({ hourAt }) => isWithinHistory(hourAt, hour.from));
  const usualMicros = findLargest(before, hour, timeZone);
  const limit = TIMES * usualMicros > MIN_MICROS ? TIMES * usualMicros : MIN_MICROS;
  if (hour.micros > limit) return { ...hour, rule: 'above_usual', usualMicros };
  const isMuch = hour.micros >= NEW_COUNTRY_MICROS || hour.calls >= NEW_COUNTRY_CALLS;
  const isNew = isMuch && isAbroad && before.every(({ calls }) => calls <= 0);
  return isNew && isOffHours(hour.from, timeZone) && isOffHours(hour.to, timeZone)
    ? { ...hour, rule: 'new_country', usualMicros: null }
    : null;
}

/** Whether a clock hour was over when another one began, at most 28 days before. */
const isWithinHistory = (hourAt: Date, from: Date): boolean =>
  hourAt.getTime() + HOUR_MS <= from.getTime() && hourAt.getTime() >= from.getTime() - SPEND_HISTORY_MS;

/** The largest in the same third of the day, on workdays or not; of both thirds where the hour lies in two. */
function findLargest(before: readonly SpendSum[], { from, to }: SpendHour, timeZone: string): bigint {
  const [first, last] = [thirdOf(from, timeZone), thirdOf(to, timeZone)];
  let most = 0n;
  for (const { hourAt, micros } of before) {
    if (micros <= most) continue;
    const third = thirdOf(hourAt, timeZone);
    if (third === first || third === last) most = micros;
  }
  return most;
}

/** Thirds of the day, 0 to 2 on workdays (Monday to Friday) and 3 to 5 at weekends. */
function thirdOf(at: Date, timeZone: string): number {
  const hour = weekHourOf(at, timeZone);
  const third = Math.floor((hour % HOURS_A_DAY) / HOURS_A_THIRD);
  return hour < WORKDAYS * HOURS_A_DAY ? third : third + HOURS_A_DAY / HOURS_A_THIRD;
}

/** Whether few are expected to work: from 19:00 to 7:00, and at weekends. */
function isOffHours(at: Date, timeZone: string): boolean {
  const weekHour = weekHourOf(at, timeZone);
  const hour = weekHour % HOURS_A_DAY;
  return hour >= NIGHT_FROM || hour < NIGHT_TO || weekHour >= WORKDAYS * HOURS_A_DAY;
}
