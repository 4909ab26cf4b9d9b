import { argument, defineCommand, flag, optional, text } from '../frame/index.ts';
import { deckParams, toDeckOptions } from './deck-options.ts';
import { importRates } from './import-deck-file.ts';

export const importRatesCommand = defineCommand({
  name: 'rates import',
  summary: 'put a deck in force for all companies: it ends what it lacks of the rows it is about',
  params: {
    file: argument('<file>', 'the deck, a CSV file', text),
    from: optional(
      '--from <day>',
      'from when on, in UTC; the later of now and the earliest date of the file where left out',
      text,
    ),
    changes: flag('--changes', 'the file holds changes only: end nothing that it lacks'),
    dryRun: flag('--dry-run', 'only show what it would change'),
    force: flag('--force', 'also what is hard to believe: prices, prefixes, and the end of many rows'),
    ...deckParams,
    samplePrices: flag('--sample-prices', 'sample prices for what the deck has no row for'),
  },
  async run({ db, clock, progress }, { file, from, dryRun, changes, samplePrices, ...typed }) {
    const lines: string[] = [];
    const options = { dryRun, changes, samplePrices, force: typed.force, reading: toDeckOptions(typed) };
    const deck = await importRates({ db, clock, progress, say: (line) => lines.push(line) }, file, {
      ...options,
      ...(from === undefined ? {} : { from }),
    });
    return { lines, value: { deck } };
  },
});
