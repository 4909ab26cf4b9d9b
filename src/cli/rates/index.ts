import type { Command } from 'commander';
import { systemClock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { type ImportWords, importRates, listRates } from './import-rates.ts';
import { priceFromStdin } from './price-traffic.ts';
import { type ReRateWords, reRateUsage } from './re-rate-usage.ts';

interface Tools {
  /** Runs a command's work on the app's database. */
  withDb: (work: (db: Db) => Promise<void>) => Promise<void>;
  say: (line: string) => void;
}

/** Adds `refill rates …`, the commands about prices. */
export function addRatesCommands(program: Command, { withDb, say }: Tools): void {
  const rates = program.command('rates').description('rate decks: what usage costs');
  rates
    .command('price')
    .description('price calls and messages, one JSON object a line on standard input, with a deck file')
    .requiredOption('--deck <file>', 'the deck, a CSV file')
    .option('--no-sample-prices', 'no sample prices for what the deck has no row for')
    .action(async (options: { deck: string; samplePrices: boolean }) => {
      process.exitCode = await priceFromStdin(options);
    });
  rates
    .command('import')
    .description('put a deck in force for all companies; the versions before it stay')
    .argument('<file>', 'the deck, a CSV file')
    .option('--effective <day>', 'from when on, in UTC, where the file does not say; now unless told')
    .option('--dry-run', 'only say what it would change', false)
    .option('--force', 'also rates that stand out', false)
    .option('--sample-prices', 'sample prices for what the deck has no row for', false)
    .action((file: string, words: ImportWords) =>
      withDb((db) => importRates({ db, clock: systemClock, say }, file, words)),
    );
  rates
    .command('list')
    .description('the versions of the deck, and which is in force')
    .action(() => withDb((db) => listRates({ db, clock: systemClock, say })));
  rates
    .command('re-rate')
    .description(
      'charge a company’s usage of a period by the rates known now; the differences are new entries',
    )
    .requiredOption('--company <number>', 'the company’s number')
    .requiredOption('--from <day>', 'first day of usage, in UTC')
    .requiredOption('--to <day>', 'the day after the last, in UTC')
    .option('--reason <text>', 'kept with each entry', 'Rates corrected')
    .option('--dry-run', 'only say what it would change', false)
    .action((words: ReRateWords) => withDb((db) => reRateUsage({ db, clock: systemClock, say }, words)));
}
