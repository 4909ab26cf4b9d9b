import { RefillError } from '../../errors.ts';
import { readData } from '../data/read-data.ts';
import type { DeckKind, DeckRow, RateDeck } from './deck.ts';
import type { ParsedDeck } from './deck-parser.ts';
import { toVersions } from './deck-versions.ts';
import { parseDeck } from './parse-deck.ts';

let sample: RateDeck | undefined;

/** The deck that ships with Refill: believable prices, every one of them a sample, none an offer (R20). */
export function sampleDeck(): RateDeck {
  sample ??= readSample();
  return sample;
}

/** The same as the file that it is. */
export function sampleDeckFile(): ParsedDeck {
  return parseDeck(readData('sample-deck.csv'));
}

function readSample(): RateDeck {
  const { rows, faults } = sampleDeckFile();
  const [deck] = toVersions(rows);
  if (deck === undefined || faults.length > 0)
    throw new RefillError('bad-deck', 'The sample deck that ships with Refill cannot be read.', { faults });
  return deck;
}

const typeOf = (row: Pick<DeckRow, 'kind' | 'licence'>): string => `${row.kind} ${row.licence ?? ''}`;

/**
 * Completes a deck that prices minutes only: what it has no row for at all (toll-free lines, local calls of a licence,
 * texts, faxes, AI conversations) gets the sample prices. Answers the kinds that were completed.
 */
export function withSamplePrices(deck: RateDeck): { deck: RateDeck; filled: DeckKind[] } {
  const added = sampleRowsFor(deck.rows);
  const filled = [...new Set(added.map(({ kind }) => kind))];
  return { deck: { ...deck, rows: [...deck.rows, ...added] }, filled };
}

/** Sample prices for the kinds of usage, but calls, that none of these rows prices. */
export function sampleRowsFor(rows: readonly Pick<DeckRow, 'kind' | 'licence'>[]): DeckRow[] {
  const kinds = new Set(rows.map(({ kind }) => kind));
  const types = new Set(rows.map(typeOf));
  return sampleDeck().rows.filter((row) => {
    if (row.kind === 'call') return false;
    const isPriced = row.licence === null ? kinds.has(row.kind) : types.has(typeOf(row));
    return !isPriced && !types.has(`${row.kind} `);
  });
}
