import path from 'node:path';
import { RefillError } from '../../errors.ts';
import {
  createDeckParser,
  type DeckFacts,
  type DeckFault,
  type DeckFile,
  type DeckOptions,
  type FileRow,
  noDeck,
  type ParsedDeck,
} from '../../rating/index.ts';
import { openTable, TableFault } from '../../tables/index.ts';

/** More faults than this are counted, not listed. */
const FAULTS_LISTED = 50;
/** So many rows are at hand while they are streamed. */
const ROWS_A_STEP = 1_000;

/**
 * Reads a deck file in any encoding that a spreadsheet writes, with all of its rows.
 * Throws RefillError `bad-argument` where there is no such file, `bad-deck` naming each bad row with its line.
 */
export async function readDeckFile(file: string, options: DeckOptions = {}): Promise<ParsedDeck> {
  const rows: FileRow[] = [];
  const facts = await parseFile(file, options, { onRow: (row) => rows.push(row) });
  refuseFaults(file, facts);
  return { ...facts, rows };
}

/**
 * The same of a file of any size: it is read through once for what it is as a whole, and again for its rows, which are not
 * kept. `onProgress` takes how many rows the first reading has seen. Throws the same, also while the rows are read, where the
 * file was changed in between.
 */
export async function surveyDeckFile(
  file: string,
  options: DeckOptions,
  onProgress: (rows: number) => void,
): Promise<DeckFile> {
  const facts = await parseFile(file, options, { onRow: () => undefined, onProgress });
  refuseFaults(file, facts);
  // Read anew each time: a transaction that meets a conflict begins again.
  return { ...facts, rows: { [Symbol.asyncIterator]: () => streamRows(file, options) } };
}

async function* streamRows(file: string, options: DeckOptions): AsyncGenerator<FileRow> {
  let pending: FileRow[] = [];
  const { rows, parser } = await openDeck(file, options, (row) => pending.push(row));
  for await (const row of rows) {
    parser.take(row);
    if (pending.length < ROWS_A_STEP) continue;
    yield* pending;
    pending = [];
  }
  yield* pending;
  refuseFaults(file, parser.finish());
}

async function parseFile(
  file: string,
  options: DeckOptions,
  { onRow, onProgress }: { onRow: (row: FileRow) => void; onProgress?: (rows: number) => void },
): Promise<DeckFacts> {
  try {
    const { rows, parser } = await openDeck(file, options, onRow);
    let count = 0;
    for await (const row of rows) {
      parser.take(row);
      count += 1;
      onProgress?.(count);
    }
    return parser.finish();
  } catch (error) {
    if (error instanceof TableFault) return noDeck(error);
    if (error instanceof Error && 'syscall' in error)
      throw new RefillError('bad-argument', `${file} cannot be read: ${error.message}`);
    throw error;
  }
}

async function openDeck(file: string, options: DeckOptions, onRow: (row: FileRow) => void) {
  const { delimiter, rows } = await openTable(file, options);
  return { rows, parser: createDeckParser(options, { hasCommas: delimiter !== ',', onRow }) };
}

function refuseFaults(file: string, { faults }: DeckFacts): void {
  if (faults.length > 0) throw new RefillError('bad-deck', describeFaults(path.basename(file), faults));
}

function describeFaults(name: string, faults: readonly DeckFault[]): string {
  const more = faults.length - FAULTS_LISTED;
  return [
    `${name} cannot be used:`,
    ...faults.slice(0, FAULTS_LISTED).map(({ line, message }) => `  line ${line}: ${message}`),
    ...(more > 0 ? [`  and ${more} more faults`] : []),
  ].join('\n');
}
