import { createReadStream } from 'node:fs';
import { guessDelimiter, readDeclared } from './delimiter.ts';
import { type ByteSource, decodeText, detectEncoding, type Encoding, unifyLineEnds } from './encoding.ts';
import { RowParser, type TableRow } from './row-parser.ts';
import { TableFault } from './table-fault.ts';

export interface TableOptions {
  /** Lines above the header that belong to no table. */
  skipRows?: number;
  /** Leaves cells as they are; they are trimmed unless told. */
  isExact?: boolean;
}

/** A table being read: its rows come once, in their order, and are not kept. */
export interface Table {
  encoding: Encoding;
  delimiter: string;
  rows: AsyncIterable<TableRow>;
}

/** So much of a file shows its delimiter. */
const PEEKED_CHARACTERS = 64 * 1024;
const MAX_LINE_LENGTH = 2_000_000;

/**
 * Opens a table of a file, in any encoding and with any delimiter that a spreadsheet writes: comma, semicolon, tab or bar,
 * guessed or declared by a first line `sep=;`. A row that cannot be read has a fault. Throws TableFault for a workbook;
 * reading the rows throws TableFault where a quote leaves open which lines are rows. Errors of the file system are the
 * caller's.
 *
 * @example const { rows } = await openTable('rates.csv'); for await (const { line, cells } of rows) take(line, cells);
 */
export async function openTable(file: string, options: TableOptions = {}): Promise<Table> {
  const source: ByteSource = () => createReadStream(file);
  const encoding = await detectEncoding(source);
  let beginning = '';
  for await (const piece of decodeText(source, encoding)) {
    beginning += piece;
    if (beginning.length > PEEKED_CHARACTERS) break;
  }
  const { delimiter, skipped } = judge(beginning, options);
  const parser = new RowParser(delimiter, options.isExact ?? false);
  return { encoding, delimiter, rows: streamRows(decodeText(source, encoding), parser, skipped) };
}

/** The whole text of a file in any encoding that a spreadsheet writes. Throws TableFault, and errors of the file system. */
export async function readTextFile(file: string): Promise<string> {
  const source: ByteSource = () => createReadStream(file);
  let text = '';
  for await (const piece of decodeText(source, await detectEncoding(source))) text += piece;
  return text;
}

/** The rows of a text that is at hand, and the delimiter they are split by. Throws TableFault. */
export function readTable(text: string, options: TableOptions = {}): { delimiter: string; rows: TableRow[] } {
  const plain = unifyLineEnds(text.replace(/^\uFEFF/, ''));
  const { delimiter, skipped } = judge(plain, options);
  const parser = new RowParser(delimiter, options.isExact ?? false);
  for (const [at, line] of plain.split('\n').entries())
    if (at >= skipped) parser.take({ number: at + 1, text: line });
  parser.finish();
  return { delimiter, rows: parser.drain() };
}

/** The delimiter, and how many lines stand above the header. */
function judge(beginning: string, { skipRows = 0 }: TableOptions): { delimiter: string; skipped: number } {
  const declared = readDeclared(beginning);
  const skipped = skipRows + (declared === null ? 0 : 1);
  if (declared !== null) return { delimiter: declared.delimiter, skipped };
  const lines = beginning.split('\n');
  // The last line of what was peeked at may be cut.
  const whole = beginning.length > PEEKED_CHARACTERS ? lines.slice(skipped, -1) : lines.slice(skipped);
  return { delimiter: guessDelimiter(whole), skipped };
}

async function* streamRows(
  text: AsyncIterable<string>,
  parser: RowParser,
  skipped: number,
): AsyncGenerator<TableRow> {
  let cut = '';
  let number = 0;
  const take = (line: string): void => {
    number += 1;
    if (number > skipped) parser.take({ number, text: line });
  };
  for await (const piece of text) {
    const lines = (cut + piece).split('\n');
    cut = lines.pop() ?? '';
    if (cut.length > MAX_LINE_LENGTH)
      throw new TableFault(number + lines.length + 1, 'this line has no end: it is no row of a table');
    for (const line of lines) take(line);
    yield* parser.drain();
  }
  if (cut !== '') take(cut);
  parser.finish();
  yield* parser.drain();
}
