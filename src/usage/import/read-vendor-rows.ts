import { type ClockChange, clockChangeAt, zonedTime } from '../../calendar.ts';
import { HOUR_MS, MINUTE_MS } from '../../durations.ts';
import type { NumberKey } from '../../number-key.ts';
import { faultOfLocalTime } from '../../read-time.ts';
import { readTimeZone } from '../../read-zone.ts';
import type { OfficeCountryOf } from '../ingest/office-country.ts';
import { readVendorEvent } from '../ingest/read-vendor-event.ts';
import type { ImportRow } from './file-shapes.ts';
import type { ReadRow } from './read-rows.ts';

const TIMES = ['date_started', 'date_connected', 'date_ended'] as const;
const MINUTES = /^\d+(\.\d+)?$/;
/** The vendor writes seconds, and their millionths where there are any. */
const WITH_SECONDS = /:\d{2}:\d{2}(\.\d+)?$/;
/** Minutes are written with two decimals, for talking and for holding. */
const MINUTES_ROUNDED_MS = 2 * MINUTE_MS * 0.01;

/**
 * A row of the vendor's export of calls. Times are local in the row's time zone, without saying so; how long the call was
 * connected is the time between them, as its minutes are rounded and leave out what it was on hold. The call's end dates the
 * row, so that the webhook's own event of it is always the newer one.
 */
export function readCallRow(row: ImportRow, numberKey: NumberKey, officeCountryOf: OfficeCountryOf): ReadRow {
  const times: Partial<Record<(typeof TIMES)[number], number>> = {};
  const clocks = new LocalTimes(row, officeCountryOf({}));
  for (const name of TIMES) {
    const read = clocks.read(name);
    if (typeof read === 'string') return { message: read };
    if (read !== null) times[name] = read;
  }
  const minutes = readMinutes(row);
  if (typeof minutes === 'string') return { message: minutes };
  const duration = readDuration(times, minutes);
  if (typeof duration === 'string') return { message: duration };
  const at = times.date_ended ?? times.date_connected ?? times.date_started ?? null;
  const event = {
    ...row,
    date_started: times.date_started ?? null,
    date_connected: times.date_connected ?? null,
    date_ended: times.date_ended ?? null,
    state: 'hangup',
    duration,
    event_timestamp: at,
    target: targetOf(row),
  };
  return toRead(readVendorEvent(event, numberKey, officeCountryOf), clocks);
}

/** A row of the vendor's export of texts: one for each message, to one number or several. */
export function readTextRow(row: ImportRow, numberKey: NumberKey, officeCountryOf: OfficeCountryOf): ReadRow {
  const clocks = new LocalTimes(row, officeCountryOf({}));
  const at = clocks.read('date');
  if (typeof at === 'string') return { message: at };
  const { direction = '' } = row;
  const isInternal = direction === 'internal';
  const text = textOf(row);
  const event = {
    id: row.message_id,
    created_date: at,
    event_timestamp: at,
    direction: isInternal ? 'outbound' : direction,
    is_internal: isInternal,
    from_number: row.from_phone,
    to_number: (row.to_phone ?? '').split(',').map((number) => number.trim()),
    mms: isMms(row.mms ?? ''),
    text,
    target: targetOf(row),
  };
  const read = toRead(readVendorEvent(event, numberKey, officeCountryOf), clocks);
  return 'legs' in read && text === null && !event.mms ? { ...read, isWithoutText: true } : read;
}

/** A message to several numbers, one of which cannot be read, is refused whole: its row is mended, and imported again. */
function toRead(read: ReturnType<typeof readVendorEvent>, { change }: LocalTimes): ReadRow {
  if ('ignored' in read) return { message: read.ignored };
  return 'legs' in read && read.unreadable === undefined
    ? { legs: read.legs, ...(change === null ? {} : { clockChange: change }) }
    : { message: read.unreadable ?? 'it cannot be read' };
}

/** The local times of a row, in the row's time zone; and what a change of the clocks made of one of them. */
class LocalTimes {
  change: ClockChange | null = null;
  private readonly zone: ReturnType<typeof readTimeZone>;

  constructor(
    private readonly row: ImportRow,
    country: string,
  ) {
    this.zone = readTimeZone(row.timezone ?? '', country);
  }

  /** Milliseconds since 1970; null for an empty cell, or what is wrong with it. */
  read(name: string): number | null | string {
    const cell = this.row[name] ?? '';
    if (cell === '') return null;
    if ('fault' in this.zone) return `timezone: ${this.zone.fault}`;
    const at = zonedTime(cell, this.zone.zone);
    if (at === undefined) return `${name}: ${faultOfLocalTime(cell)}`;
    if (!WITH_SECONDS.test(cell))
      return `${name}: "${cell.slice(0, 60)}" lost its seconds in a spreadsheet: give the file as it was exported`;
    this.change ??= clockChangeAt(cell, this.zone.zone);
    return at.getTime();
  }
}

/** Minutes of talking and holding; null where the row has none. */
function readMinutes(row: ImportRow): number | null | string {
  const talked = row.talk_duration ?? '';
  const held = row.hold_duration ?? '';
  for (const [name, cell] of Object.entries({ talk_duration: talked, hold_duration: held }))
    if (cell !== '' && !MINUTES.test(cell)) return `${name}: "${cell.slice(0, 60)}" is no number of minutes`;
  return talked === '' ? null : Number(talked) + Number(held);
}

/** How long the call was connected, in milliseconds; null where it was not. */
function readDuration(
  times: Partial<Record<(typeof TIMES)[number], number>>,
  minutes: number | null,
): number | null | string {
  const { date_connected: connected, date_ended: ended } = times;
  if (connected === undefined) return null;
  const told = minutes === null ? null : minutes * MINUTE_MS;
  if (ended === undefined)
    return told === null ? 'talk_duration: "" is no number of minutes' : Math.round(told);
  const between = ended - connected;
  // Local times of a night when the clocks change are an hour apart from what they seem.
  const isClockChange = told !== null && Math.abs(Math.abs(between - told) - HOUR_MS) <= MINUTES_ROUNDED_MS;
  if (isClockChange) return Math.round(told);
  return between < 0 ? 'date_ended: it lies before date_connected' : between;
}

/** Texts stand in a column of this name when they are in plain, too: only base64, which no person writes, is none. */
const ENCRYPTED = /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?:[\w+/]{4}){10,}(?:[\w+/]{2}==|[\w+/]{3}=)?$/;

/** The message's text, or null where the export does not have it in plain. */
function textOf(row: ImportRow): string | null {
  const text = row.encrypted_aes_text ?? '';
  return text === '' || ENCRYPTED.test(text) ? null : text;
}

/** The address of a picture, or a yes. */
function isMms(cell: string): boolean {
  return cell !== '' && !/^(?:false|no|0|none|null)$/i.test(cell);
}

const TYPES: Readonly<Record<string, string>> = { userprofile: 'user', callcenter: 'call_center' };

function targetOf(row: ImportRow): Record<string, string> {
  const { target_id: id = '', email = '', office_id: office = '' } = row;
  if (id === '') return {};
  const type = (row.target_type || row.target_kind || 'user').toLowerCase();
  return {
    id,
    type: TYPES[type] ?? type,
    ...(email === '' ? {} : { email }),
    ...(office === '' ? {} : { office_id: office }),
  };
}
