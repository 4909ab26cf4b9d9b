import path from 'node:path';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import type { DeckOptions } from '../../rating/index.ts';
import { type ImportedDeck, importDeck } from '../../usage/index.ts';
import { type BaseContext, instant } from '../frame/index.ts';
import { describeColumns, describeImport } from './describe-import.ts';
import { surveyDeckFile } from './read-deck-file.ts';

interface ImportOptions {
  from?: string;
  /** The file holds changes only. */
  changes?: boolean;
  dryRun: boolean;
  force: boolean;
  samplePrices: boolean;
  /** How the file is to be read. */
  reading?: DeckOptions;
}

const ROWS_TOLD = 1_000;

/**
 * Imports a deck file, or with `dryRun` only compares it, and says what it does to prices.
 * Throws RefillError `bad-argument`, `bad-deck`, `outliers`, `deck-shrinks`.
 */
export async function importRates(
  deps: { db: Db; clock: Clock; say: (line: string) => void; progress?: BaseContext['progress'] },
  file: string,
  options: ImportOptions,
): Promise<ImportedDeck> {
  const reading = deps.progress?.('rows read');
  let rowsRead = 0;
  const deck = await surveyDeckFile(file, options.reading ?? {}, (rows) => {
    rowsRead = rows;
    if (rows % ROWS_TOLD === 0) reading?.show(rows, null);
  });
  reading?.end();
  const comparing = deps.progress?.('rows compared');
  const imported = await importDeck(deps.db, {
    deck,
    fileName: path.basename(file),
    from: options.from === undefined ? null : instant(options.from, '--from'),
    mode: options.changes === true ? 'changes' : 'full',
    force: options.force,
    fillWithSamples: options.samplePrices,
    dryRun: options.dryRun,
    actor: 'operator',
    at: deps.clock.now(),
    onProgress: (rows) => comparing?.show(rows, Math.max(rows, rowsRead)),
  });
  comparing?.end();
  if (options.dryRun) {
    for (const line of describeColumns(deck)) deps.say(line);
    for (const { line, message } of deck.outliers)
      deps.say(`line ${line}: ${message}; importing it takes --force`);
  }
  for (const line of describeImport(imported)) deps.say(line);
  return imported;
}
