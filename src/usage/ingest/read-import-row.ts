import { isTimeZone, zonedTime } from '../../calendar.ts';
import { MINUTE_MS } from '../../durations.ts';
import type { NumberKey } from '../../number-key.ts';
import type { LegEvent } from './merge-legs.ts';
import type { OfficeCountryOf } from './office-country.ts';
import { readApiRecord } from './read-api-record.ts';
import { readVendorEvent } from './read-vendor-event.ts';
import type { UsageEvent } from './usage-event.ts';

export type ImportRow = Record<string, string>;
export type ReadRow = { event: UsageEvent } | { legs: LegEvent[] } | { message: string };

const NUMBERS = new Set(['duration_seconds', 'recipients', 'pages']);
const FLAGS = new Set(['internal', 'failed', 'responded']);
const TIMES = ['date_started', 'date_connected', 'date_ended'] as const;

/** The vendor's export of calls is recognised by its column names. */
export function isVendorExport(columns: readonly string[]): boolean {
  return columns.includes('call_id') && !columns.includes('kind');
}

/** A row of a file with the API's fields as columns; empty cells are absent. Throws nothing. */
export function readOwnRow(row: ImportRow, officeCountryOf: OfficeCountryOf): ReadRow {
  const record = Object.fromEntries(
    Object.entries(row)
      .filter(([, cell]) => cell !== '')
      .map(([name, cell]) => [name, toValue(name, cell)]),
  );
  const read = readApiRecord(record, officeCountryOf);
  return 'event' in read ? { event: read.event } : { message: read.message };
}

function toValue(name: string, cell: string): unknown {
  if (NUMBERS.has(name) && /^\d+(\.\d+)?$/.test(cell)) return Number(cell);
  if (FLAGS.has(name) && /^(true|false|yes|no)$/i.test(cell)) return /^(true|yes)$/i.test(cell);
  return cell;
}

/**
 * A row of the vendor's export: durations are minutes there, and times are local in the row's time zone, without saying
 * so. The call's end dates the row, so that the webhook's own event of it, which is exact, is always the newer one.
 */
export function readVendorRow(
  row: ImportRow,
  numberKey: NumberKey,
  officeCountryOf: OfficeCountryOf,
): ReadRow {
  const zone = row.timezone ?? '';
  const times: Record<string, number | null> = {};
  for (const name of TIMES) {
    const cell = row[name] ?? '';
    const at = cell === '' ? null : zonedTime(cell, zone);
    if (at === undefined)
      return isTimeZone(zone)
        ? { message: `${name}: "${cell.slice(0, 60)}" in "${zone}" is no time` }
        : {
            message: `timezone: "${zone.slice(0, 60)}" names no region: write it like America/New_York, or UTC`,
          };
    times[name] = at?.getTime() ?? null;
  }
  const minutes = row.duration || row.talk_duration || row.talk_time || '';
  if (times.date_connected !== null && !/^\d+(\.\d+)?$/.test(minutes))
    return { message: `duration: "${minutes.slice(0, 60)}" is no number of minutes` };
  const targetId = row.target_id ?? '';
  const event = {
    ...row,
    ...times,
    state: 'hangup',
    duration: minutes === '' ? null : Math.round(Number(minutes) * MINUTE_MS),
    event_timestamp: times.date_ended ?? times.date_connected ?? times.date_started ?? null,
    target: targetId === '' ? {} : { ...targetOf(row), id: targetId },
  };
  const read = readVendorEvent(event, numberKey, officeCountryOf);
  if ('ignored' in read) return { message: read.ignored };
  return 'legs' in read && read.unreadable === undefined
    ? { legs: read.legs }
    : { message: read.unreadable ?? '' };
}

function targetOf(row: ImportRow): Record<string, string> {
  return {
    type: row.target_type || row.target_kind || 'user',
    ...(row.target_email || row.email ? { email: row.target_email || row.email || '' } : {}),
    ...(row.office_id ? { office_id: row.office_id } : {}),
  };
}
