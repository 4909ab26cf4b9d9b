import { readFileSync } from 'node:fs';

/** The text of a data file that ships with this room. Prices and numbering plans are data: no code names one. */
export function readData(name: 'places.json' | 'licences.json' | 'sample-deck.csv'): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}
