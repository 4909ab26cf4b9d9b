import { exactCell, textCell } from '../../csv.ts';
import type { UsageFields } from '../../ledger/index.ts';

/** What the ids in a record are called. */
export interface UsageNames {
  members: ReadonlyMap<string, string>;
  departments: ReadonlyMap<string, string>;
  offices: ReadonlyMap<string, string>;
  /** Usage of no known office is the primary office's (R5). */
  primaryOffice: string;
}

const CATEGORIES: Record<string, string> = {
  internal: 'Internal call',
  local: 'Local call',
  domestic: 'Domestic call',
  toll_free: 'Toll-free call',
  international: 'International call',
  sms: 'SMS',
  mms: 'MMS',
  fax: 'Fax',
  ai_conversation: 'AI conversation',
};
const DIRECTIONS: Record<string, string> = { inbound: 'In', outbound: 'Out' };

/** Texts of cells that come again and again; emptied when it has taken in too many. */
const MAX_CACHED = 10_000;

/** The first line: what each column holds, with the zone of its times. */
export function headerLine(timeZone: string): string {
  return `${[
    textCell(`Time (${timeZone})`),
    'Type',
    'Direction',
    'Member',
    'Department',
    'Office',
    'Company number',
    'Other number',
    'Duration (seconds)',
    'Billed (seconds)',
    'Quantity',
    'Cost (USD)',
    'Price',
    'Source',
    'Reference',
  ].join(',')}\r\n`;
}

export interface LineWriter {
  toLine(fields: UsageFields): string;
  /** What the lines so far cost together. */
  costMicros(): bigint;
}

/**
 * Makes lines of CSV from records of the ledger (`UsageSnapshot.pages`): times as ISO 8601 with their offset, decimals exact,
 * names for ids, text that no spreadsheet runs, and numbers and ids that none changes (R26).
 */
export function createLineWriter(names: UsageNames): LineWriter {
  let costMicros = 0n;
  const seen = new Map<string, string>();
  const cell = (text: string): string => {
    const known = seen.get(text);
    if (known !== undefined) return known;
    if (seen.size >= MAX_CACHED) seen.clear();
    // Its own copy: a part of a longer text keeps all of that in memory for as long as it is remembered.
    const own = Buffer.from(text).toString();
    const made = textCell(tidy(own));
    seen.set(own, made);
    return made;
  };
  const named = (of: ReadonlyMap<string, string>, id: string): string =>
    id === '' ? '' : cell(of.get(id) ?? `No longer listed (${id})`);
  const toLine = (fields: UsageFields): string => {
    // By index: destructuring fifteen cells by name costs as much as all the other work on a line.
    const text = (place: number): string => fields[place] ?? '';
    const category = text(1);
    const office = text(5);
    const micros = fields[11] ?? '0';
    costMicros += BigInt(micros);
    const where = office === '' ? cell(names.primaryOffice) : named(names.offices, office);
    return `${isoTime(text(0))},${cell(CATEGORIES[category] ?? category)},${DIRECTIONS[text(2)] ?? ''},${named(names.members, text(3))},${named(names.departments, text(4))},${where},${exactCell(tidy(text(6)))},${exactCell(tidy(text(7)))},${decimal(text(8), 3, 0)},${text(9)},${text(10)},${decimal(micros, 6, 4)},${cell(text(12))},${cell(text(13))},${exactCell(tidy(text(14)))}\r\n`;
  };
  return { toLine, costMicros: () => costMicros };
}

/** Text that stays on one line: a tab or a line's end in it is a blank. */
function tidy(text: string): string {
  return BREAK.test(text) ? text.replace(BREAKS, ' ') : text;
}
const BREAK = /[\t\r\n]/;
const BREAKS = /[\t\r\n]/g;

/** `2026-11-03 09:15:22.5-08` → `2026-11-03T09:15:22-08:00`; whole seconds, as a phone bill has them. */
export function isoTime(stamp: string): string {
  const offset = /[+-]\d\d(:\d\d)?/.exec(stamp.slice(19))?.[0] ?? '+00';
  return `${stamp.slice(0, 10)}T${stamp.slice(11, 19)}${offset.length === 3 ? `${offset}:00` : offset}`;
}

/** A whole number of 10^-places as a decimal, exactly, with at least so many decimals: `12345`, 3, 0 → `12.345`. */
export function decimal(whole: string, places: number, atLeast: number): string {
  const digits = whole.padStart(places + 1, '0');
  let end = digits.length;
  while (end > digits.length - places + atLeast && digits[end - 1] === '0') end -= 1;
  const point = digits.length - places;
  return end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
}
