import { startOfDay } from '../../calendar.ts';
import { RefillError } from '../../errors.ts';

/** An option's day in UTC, or instant with its zone. Throws RefillError `bad-argument` in the words of the option. */
export function readInstant(option: string, text: string): Date {
  const day = startOfDay(text, 'UTC');
  if (day !== null) return day;
  const isInstant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text);
  const at = new Date(text);
  if (isInstant && !Number.isNaN(at.getTime())) return at;
  throw new RefillError('bad-argument', `${option} takes a day in UTC like 2026-12-01, not "${text}".`);
}
