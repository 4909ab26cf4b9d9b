import { groupBy } from '../group-by.ts';
import type { DeckKind, DeckRow, RateDeck } from './deck/deck.ts';
import { createDigitTrie, type DigitTrie } from './digit-trie.ts';
import { formatPrefix } from './places/places.ts';
import { type Nanos, toNanos } from './price.ts';
import type { Direction, Licence } from './types.ts';

/** A deck's row, ready to price with. */
export interface Price {
  prefix: string;
  rate: Nanos;
  fee: Nanos;
  firstSeconds: number;
  nextSeconds: number;
  /** What people read: `+44 20`, and `$0.0100`. */
  place: string;
  rateInWords: string;
  feeInWords: string | null;
  /** It has no price: what it matches is unrated, and no other row is looked for. */
  isBlocked: boolean;
}

export interface Wanted {
  kind: DeckKind;
  licence: Licence | null;
  direction: Direction;
  origin: string;
  /** An E.164 number; null: there is none, so only a row for every number fits. */
  number: string | null;
}

/** A deck, ready to be asked. */
export interface CompiledDeck {
  effectiveAt: Date | null;
  /**
   * The row that prices something: of the licence before any licence, of the origin before any origin, then the longest
   * prefix, then the one direction before both (R18).
   */
  find(wanted: Wanted): Price | undefined;
}

/** By origin, `''` being any. */
type ByOrigin = Map<string, DigitTrie<Price>>;
/** By licence, `null` being any. */
type ByLicence = Map<Licence | null, ByOrigin>;
type ByKind = Map<DeckKind, ByLicence>;

/**
 * Makes a deck ready: a trie for each kind, licence, direction and origin, so that a lookup depends on no deck's size.
 * Applies R18.2 and R20.1.
 */
export function compileDeck(deck: RateDeck): CompiledDeck {
  const tables = { inbound: toTables(deck.rows, 'inbound'), outbound: toTables(deck.rows, 'outbound') };
  return {
    effectiveAt: deck.effectiveAt,
    find: ({ kind, licence, direction, origin, number }) => {
      const byLicence = tables[direction].get(kind);
      if (byLicence === undefined) return undefined;
      const ofLicence = licence === null ? undefined : findByOrigin(byLicence.get(licence), origin, number);
      return ofLicence ?? findByOrigin(byLicence.get(null), origin, number);
    },
  };
}

function toTables(rows: readonly DeckRow[], direction: Direction): ByKind {
  const fitting = rows.filter((row) => row.direction === null || row.direction === direction);
  // The one direction last: it takes the place of a row for both at the same prefix.
  const inOrder = fitting.toSorted((a, b) => Number(a.direction !== null) - Number(b.direction !== null));
  return mapValues(
    groupBy(inOrder, ({ kind }) => kind),
    (ofKind) =>
      mapValues(
        groupBy(ofKind, ({ licence }) => licence),
        (ofLicence) =>
          mapValues(
            groupBy(ofLicence, ({ origin }) => origin ?? ''),
            toTrie,
          ),
      ),
  );
}

function mapValues<K, V, W>(map: ReadonlyMap<K, V>, change: (value: V) => W): Map<K, W> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

function findByOrigin(table: ByOrigin | undefined, origin: string, number: string | null): Price | undefined {
  if (table === undefined) return undefined;
  const digits = number ?? '';
  const start = number === null ? 0 : 1;
  return table.get(origin)?.longest(digits, start) ?? table.get('')?.longest(digits, start);
}

function toTrie(rows: readonly DeckRow[]): DigitTrie<Price> {
  return createDigitTrie(rows.map((row) => [row.prefix, toPrice(row)] as const));
}

function toPrice(row: DeckRow): Price {
  const fee = toNanos(row.fee);
  return {
    prefix: row.prefix,
    rate: toNanos(row.rate),
    fee,
    firstSeconds: row.firstSeconds,
    nextSeconds: row.nextSeconds,
    place: formatPrefix(row.prefix),
    rateInWords: describeRate(row.rate),
    feeInWords: fee === 0n ? null : describeRate(row.fee),
    isBlocked: row.isBlocked,
  };
}

/** A price with at least four decimals, all of them if it has more. */
function describeRate(decimal: string): string {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return `$${whole}.${fraction.padEnd(4, '0')}`;
}
