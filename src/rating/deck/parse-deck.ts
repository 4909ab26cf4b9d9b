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
  words: string;
}

/** A deck file read: its versions by effective date, the oldest first, and what keeps it from being used. */
export interface ParsedDeck {
  decks: RateDeck[];
  /** Any of these: the file is not used. */
  faults: DeckFault[];
  /** Rates that must be forced. */
  outliers: Outlier[];
}

const records = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));
const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * Reads a rate deck from CSV: a header row in any usual words, a row a price, delimited by comma, semicolon, tab or bar,
 * with or without a byte order mark. Rows of one effective date are one version, which applies whole (R18).
 * Throws nothing: each fault names its line.
 */
export function parseDeck(text: string): ParsedDeck {
  const lines = text.replace(/^\uFEFF/, '');
  // Excel's own way to say which delimiter follows.
  const declared = /^"?sep=(.)"?\r?\n/i.exec(lines);
  const skipped = declared === null ? 0 : 1;
  const body = lines.slice(declared?.[0].length ?? 0);
  const delimiter = declared?.[1] ?? guessDelimiter(body);
  const split = splitRecords(body, delimiter);
  if ('fault' in split) return nothing({ ...split.fault, line: split.fault.line + skipped });
  const [header, ...rest] = split.records;
  if (header === undefined) return nothing({ line: 1, words: 'the file is empty' });
  const read = readColumns(header.record);
  if ('fault' in read) return nothing({ line: header.info.lines + skipped, words: read.fault });
  const rows: FileRow[] = [];
  const faults: DeckFault[] = [];
  for (const { record, info } of rest) {
    const line = info.lines + skipped;
    if (record.every((cell) => cell.trim() === '')) continue;
    if (
      record.length > header.record.length &&
      record.slice(header.record.length).some((cell) => cell !== '')
    ) {
      faults.push({ line, words: `${record.length} cells, where the header has ${header.record.length}` });
      continue;
    }
    const result = readRow(record, read.columns, { line, hasCommas: delimiter !== ',' });
    if ('row' in result) rows.push(result.row);
    else faults.push(...result.faults.map((words) => ({ line, words })));
  }
  faults.push(...findDoubles(rows));
  if (rows.length === 0 && faults.length === 0)
    faults.push({ line: header.info.lines + skipped, words: 'no rates follow the header' });
  faults.sort((a, b) => a.line - b.line);
  return { decks: toVersions(rows), faults, outliers: toGroups(rows).flatMap(findOutliers) };
}

function nothing(fault: DeckFault): ParsedDeck {
  return { decks: [], faults: [fault], outliers: [] };
}

function splitRecords(
  body: string,
  delimiter: string,
): { records: z.output<typeof records> } | { fault: DeckFault } {
  try {
    const parsed: unknown = parse(body, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    return { records: records.parse(parsed) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const lines: unknown = error.lines;
    return { fault: { line: typeof lines === 'number' ? lines : 1, words: 'the quotes are not in pairs' } };
  }
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
    return [{ line, words: `prices ${formatPrefix(row.prefix)} again, as line ${before} does: keep one` }];
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
