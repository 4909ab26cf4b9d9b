import { createReadStream } from 'node:fs';
import { CsvError, parse as createParser, type Options } from 'csv-parse';
import { parse as parseAll } from 'csv-parse/sync';
import { z } from 'zod';
import { guessDelimiter, readDeclared } from './delimiter.ts';
import { type ByteSource, decodeText, detectEncoding, type Encoding, unifyLineEnds } from './encoding.ts';
import { TableFault } from './table-fault.ts';

/** A row with the line of the file that it begins on; cells are trimmed. Rows without any text are left out. */
export interface TableRow {
  line: number;
  cells: string[];
}

export interface TableOptions {
  /** Lines above the header that belong to no table. */
  skipRows?: number;
}

/** A table being read: its rows come once, in their order, and are not kept. */
export interface Table {
  encoding: Encoding;
  delimiter: string;
  rows: AsyncIterable<TableRow>;
}

/** A quote that is never closed takes in all that follows it: no real row is so long. */
const MAX_ROW_BYTES = 1_000_000;
/** So much of a file shows its delimiter. */
const PEEKED_CHARACTERS = 64 * 1024;
const QUOTES = 'the quotes are not in pairs';

const record = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) });

/**
 * Opens a table of a file, in any encoding and with any delimiter that a spreadsheet writes: comma, semicolon, tab or bar,
 * guessed or declared by a first line `sep=;`. Throws TableFault for a workbook; reading the rows throws TableFault for
 * quotes that are not in pairs. Errors of the file system are the caller's.
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
  return { encoding, delimiter, rows: streamRows(decodeText(source, encoding), delimiter, skipped) };
}

/** The rows of a text that is at hand, and the delimiter they are split by. Throws TableFault. */
export function readTable(text: string, options: TableOptions = {}): { delimiter: string; rows: TableRow[] } {
  const plain = unifyLineEnds(text.replace(/^\uFEFF/, ''));
  const { delimiter, skipped } = judge(plain, options);
  const lines = plain.split('\n');
  const body = lines.slice(skipped).join('\n');
  const quotes = new LastQuote();
  quotes.pass(body);
  try {
    const parsed = z.array(record).parse(parseAll(body, optionsFor(delimiter)));
    return { delimiter, rows: parsed.map((each) => toRow(each, skipped)) };
  } catch (error) {
    throw toFault(error, quotes, skipped);
  }
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
  delimiter: string,
  skipped: number,
): AsyncGenerator<TableRow> {
  const parser = createParser(optionsFor(delimiter));
  const quotes = new LastQuote();
  const feeding = feed(text, { parser, quotes, skipped });
  // Its failure reaches the loop below through the parser.
  feeding.catch(() => undefined);
  try {
    for await (const each of parser) yield toRow(record.parse(each), skipped);
    await feeding;
  } catch (error) {
    throw toFault(error, quotes, skipped);
  } finally {
    parser.destroy();
  }
}

/** Gives the parser the text below the skipped lines, as fast as it takes it. */
async function feed(
  text: AsyncIterable<string>,
  {
    parser,
    quotes,
    skipped,
  }: { parser: ReturnType<typeof createParser>; quotes: LastQuote; skipped: number },
): Promise<void> {
  let toSkip = skipped;
  try {
    for await (const piece of text) {
      let rest = piece;
      while (toSkip > 0) {
        const end = rest.indexOf('\n');
        if (end === -1) break;
        rest = rest.slice(end + 1);
        toSkip -= 1;
      }
      if (toSkip > 0 || rest === '') continue;
      quotes.pass(rest);
      if (parser.destroyed) return;
      if (!parser.write(rest)) await waitUntilDrained(parser);
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}

/** Until the parser takes more, or takes nothing any more. */
async function waitUntilDrained(parser: ReturnType<typeof createParser>): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      parser.off('drain', go).off('close', go);
      resolve();
    };
    parser.on('drain', go).on('close', go);
  });
}

function optionsFor(delimiter: string): Options {
  return {
    delimiter,
    info: true,
    max_record_size: MAX_ROW_BYTES,
    record_delimiter: '\n',
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    trim: true,
  };
}

/** The parser says on which line a record ends; the lines inside its cells lie before that. */
function toRow({ record: cells, info }: z.output<typeof record>, skipped: number): TableRow {
  const inside = cells.reduce((count, cell) => count + cell.split('\n').length - 1, 0);
  return { line: skipped + info.lines - inside, cells: cells.map((cell) => cell.trim()) };
}

function toFault(error: unknown, quotes: LastQuote, skipped: number): unknown {
  if (!(error instanceof CsvError)) return error;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE')
    return new TableFault(skipped + quotes.line, QUOTES);
  const lines: unknown = error.lines;
  return new TableFault(skipped + (typeof lines === 'number' ? lines : 1), QUOTES);
}

/** On which line the last quote stood: where one is never closed, that is the one. */
class LastQuote {
  line = 1;
  private lines = 1;

  pass(text: string): void {
    const last = text.lastIndexOf('"');
    if (last !== -1) this.line = this.lines + countLines(text.slice(0, last));
    this.lines += countLines(text);
  }
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
