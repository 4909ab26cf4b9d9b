import { readTable, TableFault } from '../../tables/index.ts';
import { createDeckParser, type DeckFacts, type DeckOptions, type ParsedDeck } from './deck-parser.ts';
import type { FileRow } from './read-row.ts';

/**
 * Reads a rate deck from the text of a table: a header row, a row a price (docs/rates.md says what columns are understood).
 * Throws nothing: each fault names its line.
 *
 * @example parseDeck('prefix,rate\n44,0.02').rows
 */
export function parseDeck(text: string, options: DeckOptions = {}): ParsedDeck {
  try {
    const { delimiter, rows } = readTable(text, options);
    const read: FileRow[] = [];
    const parser = createDeckParser(options, {
      hasCommas: delimiter !== ',',
      onRow: (row) => read.push(row),
    });
    for (const row of rows) parser.take(row);
    return { ...parser.finish(), rows: read };
  } catch (error) {
    if (!(error instanceof TableFault)) throw error;
    return { ...noDeck(error), rows: [] };
  }
}

/** A file that is no table has one fault and nothing else. */
export function noDeck({ line, message }: TableFault): DeckFacts {
  return { columns: [], faults: [{ line, message }], outliers: [], earliest: null };
}
