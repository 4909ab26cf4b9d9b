import { Decimal } from 'decimal.js';
import { type DeckRow, keyOf } from './deck.ts';

/** A row that both decks have, with other prices. */
export interface Change {
  before: DeckRow;
  after: DeckRow;
  /** By how much the rate changed, in percent to one decimal; null from a rate of nothing. */
  percent: string | null;
}

/** What a new deck does to prices. */
export interface DeckDiff {
  added: DeckRow[];
  removed: DeckRow[];
  dearer: Change[];
  cheaper: Change[];
  /** The same rate with other increments or another fee. */
  otherTerms: Change[];
  unchanged: number;
}

/** Compares decks row by row; `before` is null where no deck was in force. */
export function diffDecks(before: readonly DeckRow[] | null, after: readonly DeckRow[]): DeckDiff {
  const old = new Map((before ?? []).map((row) => [keyOf(row), row]));
  const kept = new Set(after.map(keyOf));
  const diff: DeckDiff = {
    added: [],
    removed: [...old.values()].filter((row) => !kept.has(keyOf(row))),
    dearer: [],
    cheaper: [],
    otherTerms: [],
    unchanged: 0,
  };
  for (const row of after) {
    const was = old.get(keyOf(row));
    if (was === undefined) diff.added.push(row);
    else compare(diff, was, row);
  }
  return diff;
}

function compare(diff: DeckDiff, before: DeckRow, after: DeckRow): void {
  const rate = { before: new Decimal(before.rate), after: new Decimal(after.rate) };
  const percent = rate.before.isZero()
    ? null
    : rate.after.dividedBy(rate.before).minus(1).times(100).toDecimalPlaces(1).toString();
  const change = { before, after, percent };
  if (rate.after.greaterThan(rate.before)) diff.dearer.push(change);
  else if (rate.after.lessThan(rate.before)) diff.cheaper.push(change);
  else if (hasOtherTerms(before, after)) diff.otherTerms.push(change);
  else diff.unchanged += 1;
}

function hasOtherTerms(before: DeckRow, after: DeckRow): boolean {
  return (
    before.firstSeconds !== after.firstSeconds ||
    before.nextSeconds !== after.nextSeconds ||
    !new Decimal(before.fee).equals(after.fee)
  );
}
