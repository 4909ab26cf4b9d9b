import path from 'node:path';
import { RefillError } from '../../errors.ts';
import {
  createDeckParser,
  type DeckFault,
  type DeckOptions,
  noDeck,
  type ParsedDeck,
} from '../../rating/index.ts';
import { openTable, TableFault } from '../../tables/index.ts';

/** More faults than this are counted, not listed. */
const FAULTS_LISTED = 50;

/**
 * Reads a deck file in any encoding that a spreadsheet writes, row by row; `onProgress` takes how many.
 * Throws RefillError `bad-argument` where there is no such file, `bad-deck` naming each bad row with its line.
 */
export async function readDeckFile(
  file: string,
  options: DeckOptions = {},
  onProgress: (rows: number) => void = () => undefined,
): Promise<ParsedDeck> {
  const parsed = await parseFile(file, options, onProgress);
  if (parsed.faults.length > 0)
    throw new RefillError('bad-deck', describeFaults(path.basename(file), parsed.faults));
  return parsed;
}

async function parseFile(
  file: string,
  options: DeckOptions,
  onProgress: (rows: number) => void,
): Promise<ParsedDeck> {
  try {
    const { delimiter, rows } = await openTable(file, options);
    const parser = createDeckParser(options, { hasCommas: delimiter !== ',' });
    let count = 0;
    for await (const row of rows) {
      parser.take(row);
      count += 1;
      onProgress(count);
    }
    return parser.finish();
  } catch (error) {
    if (error instanceof TableFault) return noDeck(error);
    if (error instanceof Error && 'syscall' in error)
      throw new RefillError('bad-argument', `${file} cannot be read: ${error.message}`);
    throw error;
  }
}

function describeFaults(name: string, faults: readonly DeckFault[]): string {
  const more = faults.length - FAULTS_LISTED;
  return [
    `${name} cannot be used:`,
    ...faults.slice(0, FAULTS_LISTED).map(({ line, message }) => `  line ${line}: ${message}`),
    ...(more > 0 ? [`  and ${more} more faults`] : []),
  ].join('\n');
}
