import { defineCommand, flag, option, text } from '../frame/index.ts';
import { priceTraffic } from './price-lines.ts';

export const priceTrafficCommand = defineCommand({
  name: 'rates price',
  summary:
    'price calls and messages, one JSON object a line on standard input, with a deck file; no database',
  params: {
    deck: option('--deck <file>', 'the deck, a CSV file', text),
    samplePrices: flag('--no-sample-prices', 'no sample prices for what the deck has no row for'),
  },
  needs: 'nothing',
  async run({ clock, stdin, isJson, note, stream }, options) {
    const priced: Record<string, unknown>[] = [];
    await priceTraffic(
      options,
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
