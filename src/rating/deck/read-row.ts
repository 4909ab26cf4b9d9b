import { isTollFree } from '../places/places.ts';
import { type Cell, cleanCell } from './cell.ts';
import type { DeckColumn } from './column-names.ts';
import type { DeckKind, DeckRow } from './deck.ts';
import type { DeckColumns } from './deck-columns.ts';
import { type DateOrder, foreignCurrency, type PriceUnit } from './header-units.ts';
import { Memo } from './memo.ts';
import { readDirection, readIncrement, readKind, readLicence, readOrigin } from './read-cells.ts';
import { type EverydayDate, type ReadDate, readDate } from './read-date.ts';
import { readPrefixes } from './read-prefix.ts';
import { readPrice } from './read-price.ts';
import { type RowState, readFlag, readStateInPrice, readStatus, saysEnded } from './read-state.ts';

/** A row of the file, and where it stands in it. */
export interface FileRow {
  line: number;
  /** From when on it is in force; null: from when its file begins. */
  from: Date | null;
  /** Until when; null: until a newer row. */
  to: Date | null;
  /** Its key ends: a shorter prefix prices. */
  isClosed: boolean;
  /** The file did not say the increments. */
  hasDefaultIncrements: boolean;
  row: DeckRow;
}

/** What the reading of a row depends on besides its cells. */
export interface RowContext {
  line: number;
  /** A comma may stand for the decimal point. */
  hasCommas: boolean;
  /** How everyday dates are written; null: nobody said. */
  dates: DateOrder | null;
  force: boolean;
  /** What cells of this file were read as, a table for each thing that is read. */
  memo: RowMemo;
}

export interface RowMemo {
  dates: Memo<ReadDate>;
  prices: Memo<Cell<string>>;
  increments: Memo<Cell<Increments>>;
  origins: Memo<Cell<string | null>>;
}

interface Increments {
  first: number | null;
  next: number | null;
}

/** Tables for one file, empty. */
export function createRowMemo(): RowMemo {
  return { dates: new Memo(), prices: new Memo(), increments: new Memo(), origins: new Memo() };
}

export interface ReadRow {
  rows: FileRow[];
  faults: string[];
  /** A date that takes an order, for the file to judge. */
  everyday: { text: string; date: EverydayDate } | null;
}

/** Whole minutes, unless a deck says otherwise (R19). */
const DEFAULT_INCREMENT_SECONDS = 60;
const PRICED_BY_LICENCE: ReadonlySet<DeckKind> = new Set(['call', 'local', 'toll_free']);
const IN_TIME: ReadonlySet<DeckKind> = PRICED_BY_LICENCE;

/** Reads one record of a deck file: a row for each of its prefixes, or what is wrong with it. */
export function readRow(record: readonly string[], columns: DeckColumns, context: RowContext): ReadRow {
  const { places } = columns;
  const cell = (column: DeckColumn): string => record[places.get(column) ?? -1] ?? '';
  const faults: string[] = [];
  const take = <T>(read: Cell<T>, fallback: T): T => {
    if ('value' in read) return read.value;
    faults.push(read.fault);
    return fallback;
  };
  let everyday: ReadRow['everyday'] = null;
  const takeDate = (column: 'effective' | 'ends', what: string): Date | null => {
    const order = context.dates ?? columns.dates;
    const read = context.memo.dates.get(`${column} ${cell(column)}`, () =>
      readDate(cell(column), what, { order, isEnd: column === 'ends' }),
    );
    if (!('everyday' in read)) return take(read, null);
    everyday = { text: cell(column), date: read.everyday };
    return null;
  };
  const kind = take(readKind(cell('kind')), 'call');
  const direction = take(readDirection(cell('direction')), null);
  const state = readState(cell, take);
  const isPriced = state === 'open';
  const increments = take(
    context.memo.increments.get(`${cell('first')} | ${cell('next')} | ${cell('increments')}`, () =>
      readIncrements(cell, columns),
    ),
    { first: null, next: null },
  );
  const isNpanxx = places.has('npanxx');
  const wanted = { kind, isNpanxx, force: context.force };
  const prefixes = take(readPrefixes(cell(isNpanxx ? 'npanxx' : 'prefix'), wanted), []);
  const priceOf = (column: 'rate' | 'fee', what: string, unit: PriceUnit): string =>
    take(
      context.memo.prices.get(`${column} ${unit.currency} ${unit.per} ${cell(column)}`, () =>
        readPrice(cell(column), what, { hasCommas: context.hasCommas, unit }),
      ),
      '0',
    );
  const rateUnit = take(readRateUnit(cell('unit'), columns.rate), columns.rate);
  const shared = {
    licence: take(readLicence(cell('licence')), null),
    direction,
    origin: take(
      context.memo.origins.get(cell('origin'), () => readOrigin(cell('origin'))),
      null,
    ),
    destination: (cell('destination') || cell('country')).trim(),
    rate: isPriced ? priceOf('rate', 'rate', rateUnit) : '0',
    firstSeconds: increments.first ?? DEFAULT_INCREMENT_SECONDS,
    nextSeconds: increments.next ?? DEFAULT_INCREMENT_SECONDS,
    fee: isPriced && cell('fee') !== '' ? priceOf('fee', 'connection fee', columns.fee) : '0',
    isBlocked: state === 'blocked',
  };
  if (shared.licence !== null && !PRICED_BY_LICENCE.has(kind))
    faults.push(`licence ${shared.licence} has no meaning for ${kind}: only calls are priced by licence`);
  if (!IN_TIME.has(kind) && rateUnit.per !== null && rateUnit.per !== 'minute')
    faults.push(`a rate a ${rateUnit.per} has no meaning for ${kind}: it is priced by the piece`);
  const from = takeDate('effective', 'effective date');
  const to = takeDate('ends', 'end date');
  if (to !== null && from !== null && to <= from) faults.push('it ends before it begins');
  faults.push(...findForeign(cell), ...findNonZeros(record, columns), ...findEndings(record, columns));
  const rest = { line: context.line, from, to, isClosed: state === 'closed' };
  const hasDefaultIncrements = increments.first === null;
  const rows = prefixes.map((prefix) => {
    // Nobody calls from a toll-free number: what comes in at one is a call to a line of the company.
    const isLine = kind === 'call' && direction === 'inbound' && isTollFree(`+${prefix}`);
    const row: DeckRow = { kind: isLine ? 'toll_free' : kind, prefix, ...shared };
    return { ...rest, hasDefaultIncrements, row };
  });
  return { rows: faults.length > 0 ? [] : rows, faults, everyday };
}

type Take = <T>(read: Cell<T>, fallback: T) => T;

/** Whether the row prices: a status, yes or no in a column for it, or a word in place of the price. Closed goes first. */
function readState(cell: (column: DeckColumn) => string, take: Take): RowState {
  const said: RowState[] = [
    take(readStatus(cell('status')), 'open'),
    take(readFlag(cell('isBlocked'), 'blocked', false), false) ? 'blocked' : 'open',
    take(readFlag(cell('isClosed'), 'closed', false), false) ? 'closed' : 'open',
    take(readFlag(cell('isActive'), 'active', true), true) ? 'open' : 'closed',
    readStateInPrice(cell('rate')) ?? 'open',
  ];
  if (said.includes('closed')) return 'closed';
  return said.includes('blocked') ? 'blocked' : 'open';
}

/** Two columns, or one like `60/60`, `30-6` or `60`, which stands for both; beside a first increment it is the next. */
function readIncrements(
  cell: (column: DeckColumn) => string,
  { places, secondsOf }: DeckColumns,
): Cell<Increments> {
  const both = cleanCell(cell('increments')).split(/\s*[/\-+:]\s*/);
  if (both.length > 2) return { fault: `the increments "${cell('increments')}" are not two, like 30/6` };
  const [one = '', other = one] = both;
  const isNextAlone = places.has('first');
  if (isNextAlone && places.has('increments') && both.length > 1)
    return { fault: `the increment "${cell('increments')}" beside a first increment is not one` };
  const texts = isNextAlone
    ? { first: cell('first'), next: places.has('next') ? cell('next') : one }
    : { first: one, next: other };
  const unitOf = (column: 'first' | 'next'): number => secondsOf[places.has(column) ? column : 'increments'];
  const first = readIncrement(texts.first, 'first', unitOf('first'));
  if ('fault' in first) return first;
  const next = readIncrement(texts.next, 'next', unitOf('next'));
  if ('fault' in next) return next;
  if ((first.value === null) !== (next.value === null))
    return { fault: `the ${first.value === null ? 'first' : 'next'} increment is missing` };
  return { value: { first: first.value, next: next.value } };
}

const UNITS: Readonly<Record<string, PriceUnit['per']>> = {
  '60s': 'minute',
  '60': 'minute',
  '1m': 'minute',
  m: 'minute',
  min: 'minute',
  minute: 'minute',
  'per minute': 'minute',
  '1s': 'second',
  s: 'second',
  sec: 'second',
  second: 'second',
  'per second': 'second',
  h: 'hour',
  hour: 'hour',
  'per hour': 'hour',
  '3600s': 'hour',
};

/** What a cell says the rate is for; an empty one leaves it to the header. */
function readRateUnit(text: string, ofHeader: PriceUnit): Cell<PriceUnit> {
  const written = cleanCell(text).toLowerCase();
  if (written === '') return { value: ofHeader };
  const per = UNITS[written];
  if (per === undefined || per === null)
    return { fault: `the unit "${text}" is not understood: it is minute, second or hour` };
  if (ofHeader.per !== null && ofHeader.per !== per)
    return { fault: `the unit "${text}" contradicts the header, which says ${ofHeader.per}` };
  return { value: { ...ofHeader, per } };
}

function findForeign(cell: (column: DeckColumn) => string): string[] {
  const foreign = foreignCurrency(cell('currency'));
  return foreign === null ? [] : [`the currency is ${foreign}: Refill's prices are in US dollars`];
}

function findNonZeros(record: readonly string[], { zeros }: DeckColumns): string[] {
  return zeros.flatMap(({ place, name }) => {
    const text = record[place] ?? '';
    const isZero = /^(?:0*(?:[.,]0*)?\s*(?:s|sec|%)?)?$/i.test(cleanCell(text));
    return isZero ? [] : [`"${name}" is ${text}: Refill bills without it, so it has to be 0 or empty`];
  });
}

/** A remark that says a row is closed prices more than its column is known to. */
function findEndings(record: readonly string[], { leftAside }: DeckColumns): string[] {
  return leftAside.flatMap(({ place, name }) =>
    saysEnded(record[place] ?? '')
      ? [
          `"${name}" is "${record[place]}": if it says which rows end, take it with --map status="${name}", otherwise --ignore "${name}"`,
        ]
      : [],
  );
}
