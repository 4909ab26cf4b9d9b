import { isTollFree } from '../places/places.ts';
import type { DeckKind, DeckRow } from './deck.ts';
import type { DeckColumn } from './deck-columns.ts';
import {
  type Cell,
  readDirection,
  readEffective,
  readIncrement,
  readKind,
  readLicence,
  readOrigin,
  readPrefix,
  readPrice,
} from './read-cells.ts';

/** A row of the file, and where it stands in it. */
export interface FileRow {
  line: number;
  effectiveAt: Date | null;
  row: DeckRow;
}

/** Whole minutes, unless a deck says otherwise (R19). */
const DEFAULT_INCREMENT_SECONDS = 60;

const PRICED_BY_LICENCE: ReadonlySet<DeckKind> = new Set(['call', 'local', 'toll_free']);

/** Reads one record of a deck file; with a message for each fault. `hasCommas`: a comma may stand for the decimal point. */
export function readRow(
  record: readonly string[],
  columns: ReadonlyMap<DeckColumn, number>,
  { line, hasCommas }: { line: number; hasCommas: boolean },
): { row: FileRow } | { faults: string[] } {
  const cell = (column: DeckColumn): string => record[columns.get(column) ?? -1] ?? '';
  const faults: string[] = [];
  const take = <T>(read: Cell<T>, fallback: T): T => {
    if ('value' in read) return read.value;
    faults.push(read.fault);
    return fallback;
  };
  const kind = take(readKind(cell('kind')), 'call');
  const { first, next } = incrementsOf(cell);
  const direction = take(readDirection(cell('direction')), null);
  const prefix = take(readPrefix(cell('prefix'), kind), '');
  const row: DeckRow = {
    // Nobody calls from a toll-free number: what comes in at one is a call to a line of the company.
    kind: kind === 'call' && direction === 'inbound' && isTollFree(`+${prefix}`) ? 'toll_free' : kind,
    licence: take(readLicence(cell('licence')), null),
    direction,
    origin: take(readOrigin(cell('origin')), null),
    prefix,
    destination: cell('destination').trim(),
    rate: take(readPrice(cell('rate'), 'rate', hasCommas), '0'),
    firstSeconds: take(readIncrement(first, 'first', DEFAULT_INCREMENT_SECONDS), DEFAULT_INCREMENT_SECONDS),
    nextSeconds: take(readIncrement(next, 'next', DEFAULT_INCREMENT_SECONDS), DEFAULT_INCREMENT_SECONDS),
    fee: take(readPrice(cell('fee') === '' ? '0' : cell('fee'), 'connection fee', hasCommas), '0'),
  };
  if (row.licence !== null && !PRICED_BY_LICENCE.has(kind))
    faults.push(`licence ${row.licence} has no meaning for ${kind}: only calls are priced by licence`);
  const effectiveAt = take(readEffective(cell('effective')), null);
  return faults.length > 0 ? { faults } : { row: { line, effectiveAt, row } };
}

/** Two columns, or one like `60/60`, `30-6` or `60`, which then stands for both. */
function incrementsOf(cell: (column: DeckColumn) => string): { first: string; next: string } {
  const both = cell('increments').trim();
  const [first = '', next = first] = both.split(/\s*[/\-+:]\s*/);
  return { first: cell('first') || first, next: cell('next') || next };
}
