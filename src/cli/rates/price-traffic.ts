import { defineCommand, flag, option, text } from '../frame/index.ts';
import { deckParams, toDeckOptions } from './deck-options.ts';
import { priceTraffic } from './price-lines.ts';

export const priceTrafficCommand = defineCommand({
  name: 'rates price',
  summary:
    'price calls and messages, one JSON object a line on standard input, with a deck file; no database',
  params: {
    deck: option('--deck <file>', 'the deck, a CSV file', text),
    force: flag('--force', 'also prefixes that are hard to believe'),
    ...deckParams,
    samplePrices: flag('--no-sample-prices', 'no sample prices for what the deck has no row for'),
  },
  needs: 'nothing',
  async run({ clock, stdin, isJson, note, stream }, { deck, samplePrices, ...typed }) {
    const priced: Record<string, unknown>[] = [];
    await priceTraffic(
      { deck, samplePrices, reading: toDeckOptions(typed) },
      {
        input: stdin,
        // One JSON object a line as they come; with --json all of them at the end, as one value.
        answer: async (answer) => {
          if (isJson) priced.push(answer);
          await stream(`${JSON.stringify(answer)}\n`);
        },
        notes: note,
      },
      clock.now(),
    );
    return { lines: [], value: { priced } };
  },
});
