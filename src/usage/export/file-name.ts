import { dayOf } from '../../calendar.ts';
import type { ExportQuery } from './types.ts';

const MAX_CHARACTERS = 80;

/** The default name of a file of this usage: `usage-2026-11-01-to-2026-11-30.csv`. */
export function fileNameFor({ from, to }: ExportQuery, timeZone: string): string {
  const [first, last] = [dayOf(from, timeZone), dayOf(new Date(to.getTime() - 1), timeZone)];
  return first === last ? `usage-${first}.csv` : `usage-${first}-to-${last}.csv`;
}

/**
 * A typed name as a file's name on any system, ending in `.csv`; null where nothing of it can be one. Folders, control
 * characters and what Windows reserves go.
 */
export function tidyFileName(typed: string): string | null {
  const name = typed
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\\/:*?"<>|]+/gu, ' ')
    .trim()
    .replace(/(\.csv)+$/i, '')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  const short = [...name].slice(0, MAX_CHARACTERS).join('').trim();
  return short === '' ? null : `${short}.csv`;
}
