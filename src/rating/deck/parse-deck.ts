import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { groupBy } from '../group-by.ts';
import { formatPrefix } from '../places/places.ts';
import { keyOf, type RateDeck } from './deck.ts';
import { readColumns } from './deck-columns.ts';
import { findOutliers, type Outlier } from './find-outliers.ts';
import { type FileRow, readRow } from './read-row.ts';

/** Something wrong in a deck file, in the words of those who wrote it. */
export interface DeckFault {
  line: number;
  message: string;
}

/** A deck file read: its versions by effective date, the oldest first, and what keeps it from being used. */
export interface ParsedDeck {
  decks: RateDeck[];
  /** Any of these: the file is not used. */
  faults: DeckFault[];
  /** Rates that must be forced. */
  outliers: Outlier[];
}

const parsedRecords = z.array(
  z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }),
);
const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * Reads a rate deck from CSV: a header row in any usual words, a row a price, delimited by comma, semicolon, tab or bar,
 * with or without a byte order mark. Rows of one effective date are one version, which applies whole (R18).
 * Throws nothing: each fault names its line.
 */
export function parseDeck(text: string): ParsedDeck {
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  // Excel's own way to say which delimiter follows; the empty line in its place keeps the count of lines.
  const declared = /^"?sep=([,;\t|])"?\n/i.exec(plain);
  const body = declared === null ? plain : `\n${plain.slice(declared[0].length)}`;
  const delimiter = declared?.[1] ?? guessDelimiter(body);
  const split = splitRecords(body, delimiter);
  if ('fault' in split) return nothing(split.fault);
  const [header, ...rest] = split.records;
  if (header === undefined) return nothing({ line: 1, message: 'the file is empty' });
  const read = readColumns(header.cells);
  if ('fault' in read) return nothing({ line: header.line, message: read.fault });
  const rows: FileRow[] = [];
  const faults: DeckFault[] = [];
  const width = header.cells.length;
  for (const { line, cells } of rest) {
    if (cells.every((cell) => cell === '')) continue;
    if (cells.slice(width).some((cell) => cell !== '')) {
      faults.push({ line, message: `${cells.length} cells, where the header has ${width}` });
      continue;
    }
    const result = readRow(cells, read.columns, { line, hasCommas: delimiter !== ',' });
    if ('row' in result) rows.push(result.row);
    else faults.push(...result.faults.map((message) => ({ line, message })));
  }
  faults.push(...findDoubles(rows));
  if (rows.length === 0 && faults.length === 0)
    faults.push({ line: header.line, message: 'no rates follow the header' });
  faults.sort((a, b) => a.line - b.line);
  return { decks: toVersions(rows), faults, outliers: toGroups(rows).flatMap(findOutliers) };
}

function nothing(fault: DeckFault): ParsedDeck {
  return { decks: [], faults: [fault], outliers: [] };
}

/** Cells with the line that the record begins on. */
interface FileRecord {
  line: number;
  cells: string[];
}

function splitRecords(body: string, delimiter: string): { records: FileRecord[] } | { fault: DeckFault } {
  try {
    const parsed: unknown = parse(body, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    return { records: parsedRecords.parse(parsed).map(toFileRecord) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { fault: { line: lineOfFault(error, body), message: 'the quotes are not in pairs' } };
  }
}

/** The parser says where a record ends; the lines inside its cells lie before that. */
function toFileRecord({ record, info }: z.output<typeof parsedRecords>[number]): FileRecord {
  const inside = record.reduce((count, cell) => count + cell.split('\n').length - 1, 0);
  return { line: info.lines - inside, cells: record.map((cell) => cell.trim()) };
}

/** A quote that is never closed is noticed at the end of the file: it is the last one there is. */
function lineOfFault(error: CsvError, body: string): number {
  const lines: unknown = error.lines;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return body.slice(0, body.lastIndexOf('"')).split('\n').length;
  return typeof lines === 'number' ? lines : 1;
}

/** The delimiter that the header has most of, outside quotes. */
function guessDelimiter(body: string): string {
  const header = (/^[^\r\n]*/.exec(body.trimStart())?.[0] ?? '').replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

function findDoubles(rows: readonly FileRow[]): DeckFault[] {
  const seen = new Map<string, number>();
  return rows.flatMap(({ line, row, effectiveAt }) => {
    const key = `${effectiveAt?.getTime() ?? ''} ${keyOf(row)}`;
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, line);
      return [];
    }
    return [{ line, message: `prices ${formatPrefix(row.prefix)} again, as line ${before} does: keep one` }];
  });
}

/** One group an effective date, the oldest first. */
function toGroups(rows: readonly FileRow[]): FileRow[][] {
  const groups = groupBy(rows, ({ effectiveAt }) => effectiveAt?.getTime() ?? -Infinity);
  return [...groups].toSorted(([a], [b]) => a - b).map(([, group]) => group);
}

function toVersions(rows: readonly FileRow[]): RateDeck[] {
  return toGroups(rows).map((group) => ({
    effectiveAt: group[0]?.effectiveAt ?? null,
    rows: group.map(({ row }) => row),
  }));
}
