import { findExtraCells, type TableRow } from '../../tables/index.ts';
import { formatPrefix } from '../places/places.ts';
import { type ColumnOptions, type DeckColumns, readColumns } from './deck-columns.ts';
import { createRateWatch, type Outlier } from './find-outliers.ts';
import type { DateOrder } from './header-units.ts';
import { createPlausibility } from './plausibility.ts';
import { describeEveryday, type EverydayDate } from './read-date.ts';
import { createRowMemo, type FileRow, readRow } from './read-row.ts';
import { RowPlaces } from './row-places.ts';

/** Something wrong in a deck file, in the words of those who wrote it. */
export interface DeckFault {
  line: number;
  message: string;
}

/** How an operator wants a deck file to be read. */
export interface DeckOptions extends ColumnOptions {
  /** Lines above the header. */
  skipRows?: number;
  /** How everyday dates like 11/12/2026 are written. */
  dates?: DateOrder;
  /** Take prefixes and countries that are hard to believe. */
  force?: boolean;
}

/** A deck file as a whole, and what keeps it from being used. */
export interface DeckFacts {
  /** Each column of the file, and what it is taken for. */
  columns: readonly { name: string; use: string }[];
  /** Any of these: the file is not used. */
  faults: DeckFault[];
  /** Rates that must be forced. */
  outliers: Outlier[];
  /** The first of its dates; null where it has none. */
  earliest: Date | null;
}

/** A deck file whose rows are at hand. */
export interface ParsedDeck extends DeckFacts {
  rows: FileRow[];
}

/** A deck file whose rows come one by one, each time they are asked for. */
export interface DeckFile extends DeckFacts {
  rows: Iterable<FileRow> | AsyncIterable<FileRow>;
}

/** Takes the rows of a table one by one, and says at the end what they are as a deck. */
export interface DeckParser {
  take(row: TableRow): void;
  finish(): DeckFacts;
}

/** Rows in which a header is looked for where the first is none. */
const ROWS_SEARCHED = 30;
/** A file with more faults is of another shape: reading it further says nothing new. */
const MAX_FAULTS = 1_000;

/**
 * `onRow` gets each row of the deck, in their order; of the rows themselves none is kept. `hasCommas`: a comma may stand for the
 * decimal point, as cells are separated by something else.
 */
export function createDeckParser(
  options: DeckOptions,
  { hasCommas, onRow }: { hasCommas: boolean; onRow: (row: FileRow) => void },
): DeckParser {
  const parser = new RowsParser(options, hasCommas, onRow);
  return { take: (row) => parser.take(row), finish: () => parser.finish() };
}

class RowsParser {
  private columns: DeckColumns | undefined;
  private headerFault: DeckFault | undefined;
  private searched = 0;
  private rows = 0;
  private earliest: Date | null = null;
  private readonly faults: DeckFault[] = [];
  private readonly places = new RowPlaces();
  private readonly rates = createRateWatch();
  private everyday: { line: number; text: string; date: EverydayDate; isTelling: boolean } | null = null;
  private readonly fits = { mdy: true, dmy: true };
  private readonly plausibility = createPlausibility();
  private readonly memo = createRowMemo();

  constructor(
    private readonly options: DeckOptions,
    private readonly hasCommas: boolean,
    private readonly onRow: (row: FileRow) => void,
  ) {}

  take(row: TableRow): void {
    if (this.headerFault !== undefined) this.search(row);
    else if (this.columns === undefined) this.takeHeader(row);
    else this.takeRow(row, this.columns);
  }

  finish(): DeckFacts {
    const { rows, faults, columns, earliest } = this;
    if (this.headerFault !== undefined) faults.push(this.headerFault);
    else if (columns === undefined) faults.push({ line: 1, message: 'the file is empty' });
    const { everyday } = this;
    if (everyday !== null)
      faults.push({
        line: everyday.line,
        message: describeEveryday(everyday.text, everyday.date, this.fits),
      });
    if (columns !== undefined && rows === 0 && faults.length === 0)
      faults.push({ line: 1, message: 'no rates follow the header' });
    if (this.options.force !== true)
      faults.push(...this.plausibility.findFaults().map((message) => ({ line: 1, message })));
    faults.sort((a, b) => a.line - b.line);
    return { columns: columns?.uses ?? [], faults, outliers: this.rates.findOutliers(), earliest };
  }

  private takeHeader({ line, cells }: TableRow): void {
    const read = readColumns(cells, this.options);
    if ('columns' in read) this.columns = read.columns;
    else this.headerFault = { line, message: read.fault };
  }

  /** Where the first row is no header, one of the next may be: the operator is told how to get to it. */
  private search({ line, cells }: TableRow): void {
    this.searched += 1;
    if (this.searched > ROWS_SEARCHED || this.headerFault === undefined) return;
    const read = readColumns(cells, this.options);
    if ('fault' in read && !read.isHeader) return;
    const skip = line - 1;
    this.headerFault.message += `; line ${line} looks like the header: give --skip-rows ${skip}`;
    this.searched = ROWS_SEARCHED;
  }

  private takeRow({ line, cells, fault }: TableRow, columns: DeckColumns): void {
    if (this.faults.length >= MAX_FAULTS) return;
    const unreadable = fault ?? findExtraCells(cells, columns.width);
    if (unreadable !== null) {
      this.faults.push({ line, message: unreadable });
      return;
    }
    const { dates = null, force = false } = this.options;
    const { rows, faults, everyday } = readRow(cells, columns, {
      line,
      hasCommas: this.hasCommas,
      dates,
      force,
      memo: this.memo,
    });
    this.faults.push(...faults.map((message) => ({ line, message })));
    if (everyday !== null) {
      this.noteEveryday(line, everyday);
      return;
    }
    const country = cells[columns.places.get('country') ?? -1] ?? '';
    this.plausibility.take(
      rows.map(({ row }) => row),
      country,
    );
    for (const row of rows) this.keep(row);
  }

  private noteEveryday(line: number, { text, date }: { text: string; date: EverydayDate }): void {
    if (date.mdy === null) this.fits.mdy = false;
    if (date.dmy === null) this.fits.dmy = false;
    // One whose readings differ says more: January 1 is the same in both orders.
    const isTelling = date.mdy?.getTime() !== date.dmy?.getTime();
    if (this.everyday === null || (isTelling && !this.everyday.isTelling))
      this.everyday = { line, text, date, isTelling };
  }

  private keep(row: FileRow): void {
    const before = this.places.claim(row);
    if (before === null) {
      this.rows += 1;
      this.rates.take(row);
      if (row.from !== null && (this.earliest === null || row.from < this.earliest)) this.earliest = row.from;
      this.onRow(row);
      return;
    }
    const prefix = formatPrefix(row.row.prefix);
    this.faults.push({ line: row.line, message: `prices ${prefix} again, as line ${before} does: keep one` });
  }
}
