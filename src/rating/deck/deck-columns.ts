import { COLUMN_NAMES, type DeckColumn, MUST_BE_ZERO_COLUMNS, UNPRICED_COLUMNS } from './column-names.ts';
import { COLUMN_USES, describeUse } from './column-uses.ts';
import { tokensOf } from './header-tokens.ts';
import {
  type DateOrder,
  type PriceUnit,
  readDateOrder,
  readIncrementUnit,
  readPriceUnit,
} from './header-units.ts';

/** What the operator says about columns. */
export interface ColumnOptions {
  /** Which column is to be taken for what, whatever its name. */
  map?: Readonly<Partial<Record<DeckColumn, string>>>;
  /** Columns that price nothing, though Refill does not know so. */
  ignore?: readonly string[];
}

/** A header understood. */
export interface DeckColumns {
  width: number;
  places: ReadonlyMap<DeckColumn, number>;
  rate: PriceUnit;
  fee: PriceUnit;
  /** Seconds that one of each increment column is. */
  secondsOf: Readonly<Record<'first' | 'next' | 'increments', number>>;
  dates: DateOrder | null;
  /** Places of cells that have to be 0 or empty, with their names. */
  zeros: readonly { place: number; name: string }[];
  /** Places that are left aside because their names say that they price nothing. */
  leftAside: readonly { place: number; name: string }[];
  /** Each column of the file, and what it is taken for. */
  uses: readonly { name: string; use: string }[];
}

/** `isHeader`: the row names a prefix and a rate, so it is meant as a header. */
export type ReadColumns = { columns: DeckColumns } | { fault: string; isHeader: boolean };

type Found =
  | { column: DeckColumn; words: string[] }
  | { fault: string }
  | { aside: 'harmless' | 'zero' | 'ignored' }
  | null;

const listed = (names: readonly string[]): Set<string> =>
  new Set(names.map((name) => tokensOf(name).join(' ')));
const harmless = listed(UNPRICED_COLUMNS);
const zeros = listed(MUST_BE_ZERO_COLUMNS);
/** Names by their words, the longest first. */
const named = Object.entries(COLUMN_NAMES)
  .flatMap(([column, names]) =>
    names.map((name) => ({ column: column as DeckColumn, words: tokensOf(name) })),
  )
  .toSorted((a, b) => b.words.length - a.words.length);
/** Of these a file may have several: the first is the name that people read, the others are left aside. */
const FOR_PEOPLE = new Set<DeckColumn>(['destination', 'country']);

/**
 * Reads a deck's header row: each column is understood, or known to price nothing, or refused unless the operator says to
 * ignore it. All that is wrong is said at once. Applies R18.5.
 */
export function readColumns(header: readonly string[], options: ColumnOptions = {}): ReadColumns {
  const places = new Map<DeckColumn, number>();
  const rest = new Map<DeckColumn, string[]>();
  const faults: string[] = [];
  const unknown: string[] = [];
  const uses: { name: string; use: string }[] = [];
  const aside: { place: number; name: string; isZero: boolean }[] = [];
  for (const [place, name] of header.entries()) {
    const found = find(name, options);
    if (found === null) unknown.push(name === '' ? `column ${place + 1}, which has no name` : `"${name}"`);
    else if ('fault' in found) faults.push(`"${name}" ${found.fault}`);
    else if ('aside' in found) {
      if (found.aside !== 'ignored') aside.push({ place, name, isZero: found.aside === 'zero' });
      uses.push({ name, use: COLUMN_USES[found.aside] });
    } else {
      const other = places.get(found.column);
      if (other !== undefined && !FOR_PEOPLE.has(found.column)) {
        faults.push(`the columns "${header[other]}" and "${name}" both mean the ${found.column}: keep one`);
        continue;
      }
      if (other === undefined) {
        places.set(found.column, place);
        rest.set(found.column, found.words);
      } else aside.push({ place, name, isZero: false });
      uses.push({ name, use: other === undefined ? describeUse(found) : COLUMN_USES.harmless });
    }
  }
  if (places.has('npanxx') && places.has('prefix'))
    faults.push('an NPA-NXX column and a prefix column say the same: keep one');
  const missing = [
    ...(places.has('prefix') || places.has('npanxx') ? [] : ['prefix']),
    ...(places.has('rate') ? [] : ['rate']),
  ];
  const isHeader = missing.length === 0;
  const all = [
    ...faults,
    ...describeMissing(missing, header),
    ...findIncrementFaults(places),
    ...(isHeader ? describeUnknown(unknown) : []),
    ...findMisnamed(options, header),
  ];
  if (all.length > 0) return { fault: all.join('; '), isHeader };
  return { columns: toColumns({ width: header.length, places, rest, aside, uses }) };
}

function find(name: string, { map = {}, ignore = [] }: ColumnOptions): Found {
  const isNamed = (other: string): boolean => other.trim().toLowerCase() === name.trim().toLowerCase();
  const words = tokensOf(name);
  const mapped = Object.entries(map).find(([, header]) => isNamed(header));
  if (mapped !== undefined) {
    const column = mapped[0] as DeckColumn;
    // What the name says about units holds all the same.
    const unit = words.filter(
      (word) => judgeRest(column, [word]) === 'fits' || isFault(judgeRest(column, [word])),
    );
    const judged = judgeRest(column, unit);
    return isFault(judged) ? { fault: judged.fault } : { column, words: unit };
  }
  if (ignore.some(isNamed)) return { aside: 'ignored' };
  if (harmless.has(words.join(' '))) return { aside: 'harmless' };
  if (zeros.has(words.join(' '))) return { aside: 'zero' };
  return findNamed(words);
}

/** The longest name among the words such that all others say a unit. */
function findNamed(words: readonly string[]): Found {
  let fault: { fault: string } | null = null;
  for (const { column, words: name } of named) {
    const at = indexOf(words, name);
    if (at === -1) continue;
    const others = [...words.slice(0, at), ...words.slice(at + name.length)];
    const judged = judgeRest(column, others);
    if (judged === 'fits') return { column, words: others };
    if (isFault(judged)) fault ??= judged;
  }
  if (fault !== null) return fault;
  // "USD/min" and "per minute" are rates without the word.
  const unit = words.length === 0 ? null : readPriceUnit(words, { isFee: false });
  if (unit === null || isFault(unit)) return unit;
  return unit.per === null ? null : { column: 'rate', words: [...words] };
}

function indexOf(words: readonly string[], name: readonly string[]): number {
  for (let at = 0; at + name.length <= words.length; at += 1)
    if (name.every((word, place) => words[at + place] === word)) return at;
  return -1;
}

function judgeRest(column: DeckColumn, words: readonly string[]): 'fits' | 'strange' | { fault: string } {
  switch (column) {
    case 'rate':
    case 'fee': {
      const unit = readPriceUnit(words, { isFee: column === 'fee' });
      if (unit === null) return 'strange';
      return isFault(unit) ? unit : 'fits';
    }
    case 'first':
    case 'next':
    case 'increments':
      return readIncrementUnit(words) === null ? 'strange' : 'fits';
    case 'effective':
    case 'ends':
      return readDateOrder(words) === null ? 'strange' : 'fits';
    default:
      return words.length === 0 ? 'fits' : 'strange';
  }
}

function isFault(value: unknown): value is { fault: string } {
  return typeof value === 'object' && value !== null && 'fault' in value;
}

function describeMissing(missing: readonly string[], header: readonly string[]): string[] {
  if (missing.length === 0) return [];
  const found = header.map((name) => `"${name.trim()}"`).join(', ');
  return [`the first line names no ${missing.join(' and no ')} column; it has ${found}`];
}

function describeUnknown(unknown: readonly string[]): string[] {
  if (unknown.length === 0) return [];
  return [
    `not understood: ${unknown.join(', ')}: say what it is (--map rate="Column"), or that it prices nothing (--ignore "Column")`,
  ];
}

/** A first increment alone would be completed by a guess, and so would a next one. */
function findIncrementFaults(places: ReadonlyMap<DeckColumn, number>): string[] {
  const [first, next, both] = [places.has('first'), places.has('next'), places.has('increments')];
  if (first && !next && !both) return ['there is a first increment and no next one'];
  if (next && !first) return ['there is a next increment and no first one'];
  return first && next && both ? ['there are a first, a next and another increment: keep two'] : [];
}

/** What the operator named and the file does not have. */
function findMisnamed({ map = {}, ignore = [] }: ColumnOptions, header: readonly string[]): string[] {
  const names = new Set(header.map((name) => name.trim().toLowerCase()));
  return [
    ...Object.values(map).map((name) => ({ option: '--map', name })),
    ...ignore.map((name) => ({ option: '--ignore', name })),
  ]
    .filter(({ name }) => !names.has(name.trim().toLowerCase()))
    .map(({ option, name }) => `${option}: there is no column "${name}"`);
}

const NO_UNIT: PriceUnit = { currency: null, per: null };

function toColumns(found: {
  width: number;
  places: ReadonlyMap<DeckColumn, number>;
  rest: ReadonlyMap<DeckColumn, readonly string[]>;
  aside: readonly { place: number; name: string; isZero: boolean }[];
  uses: readonly { name: string; use: string }[];
}): DeckColumns {
  const { rest, aside, ...columns } = found;
  const unitOf = (column: 'rate' | 'fee'): PriceUnit => {
    const unit = readPriceUnit(rest.get(column) ?? [], { isFee: column === 'fee' });
    return unit === null || isFault(unit) ? NO_UNIT : unit;
  };
  const orders = (['effective', 'ends'] as const).map((column) => readDateOrder(rest.get(column) ?? []));
  return {
    ...columns,
    rate: unitOf('rate'),
    fee: unitOf('fee'),
    secondsOf: {
      first: readIncrementUnit(rest.get('first') ?? []) ?? 1,
      next: readIncrementUnit(rest.get('next') ?? []) ?? 1,
      increments: readIncrementUnit(rest.get('increments') ?? []) ?? 1,
    },
    dates: orders.find((order) => order === 'mdy' || order === 'dmy') ?? null,
    zeros: aside.filter(({ isZero }) => isZero),
    leftAside: aside.filter(({ isZero }) => !isZero),
  };
}
