import { argument, defineCommand, flag, optional, text } from '../frame/index.ts';
import { deckParams, toDeckOptions } from './deck-options.ts';
import { importRates } from './import-deck-file.ts';

export const importRatesCommand = defineCommand({
  name: 'rates import',
  summary: 'put a deck in force for all companies; the versions before it stay',
  params: {
    file: argument('<file>', 'the deck, a CSV file', text),
    effective: optional(
      '--effective <day>',
      'from when on, in UTC, where the file does not say; now where left out',
      text,
    ),
    dryRun: flag('--dry-run', 'only show what it would change'),
    force: flag('--force', 'also rates that stand out, and prefixes that are hard to believe'),
    ...deckParams,
    samplePrices: flag('--sample-prices', 'sample prices for what the deck has no row for'),
  },
  async run({ db, clock }, { file, effective, dryRun, samplePrices, ...typed }) {
    const lines: string[] = [];
    const options = { dryRun, samplePrices, force: typed.force, reading: toDeckOptions(typed) };
    const given = { ...options, ...(effective === undefined ? {} : { effective }) };
    const decks = await importRates({ db, clock, say: (line) => lines.push(line) }, file, given);
    return { lines, value: { decks } };
  },
});
