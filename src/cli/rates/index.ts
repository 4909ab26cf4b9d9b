import type { Command } from 'commander';
import { priceFromStdin } from './price-traffic.ts';

/** Adds `refill rates …`, the commands about prices. */
export function addRatesCommands(program: Command): void {
  const rates = program.command('rates').description('rate decks: what usage costs');
  rates
    .command('price')
    .description('price calls and messages, one JSON object a line on standard input, with a deck file')
    .requiredOption('--deck <file>', 'the deck, a CSV file')
    .option('--no-sample-prices', 'no sample prices for what the deck has no row for')
    .action(async (options: { deck: string; samplePrices: boolean }) => {
      process.exitCode = await priceFromStdin(options);
    });
}
