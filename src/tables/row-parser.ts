import { splitRecord } from './split-record.ts';
import { TableFault } from './table-fault.ts';

/** A row with the line of the file that it begins on. Rows without any text are left out. */
export interface TableRow {
  line: number;
  cells: string[];
  /** Why it cannot be read; its one cell is then the line as it is. */
  fault?: string;
}

interface Line {
  number: number;
  text: string;
}

/** No real row is longer: a quote that is not closed by then is one too many. */
const MAX_ROW_LINES = 1_000;
const MAX_ROW_LENGTH = 1_000_000;
/** Text has lines with a comma; hardly any has as many as a row of so many cells. */
const MIN_TELLING_WIDTH = 4;
const UNPAIRED = 'the quotes are not in pairs';

/**
 * Takes the lines of a table one by one and gives its rows. A quoted cell may go over several lines; a quote too many costs
 * its own row alone, where the lines after it are rows by themselves. Where that cannot be known, it throws TableFault.
 */
export class RowParser {
  /** How many cells the first row has. */
  private width: number | null = null;
  /** Lines of a row that is not complete: a quote is open. */
  private open: Line[] = [];
  private openLength = 0;
  private rows: TableRow[] = [];

  constructor(
    private readonly delimiter: string,
    private readonly isExact: boolean,
  ) {}

  take(line: Line): void {
    const opensOrCloses = hasOddQuotes(line.text);
    if (this.open.length === 0 && !opensOrCloses) {
      this.takeLine(line);
      return;
    }
    this.open.push(line);
    this.openLength += line.text.length + 1;
    if (this.open.length > 1 && opensOrCloses) this.close();
    else if (this.open.length > MAX_ROW_LINES || this.openLength > MAX_ROW_LENGTH) this.giveUp();
  }

  /** Ends the table. */
  finish(): void {
    while (this.open.length > 0) this.giveUp();
  }

  /** The rows that are complete, once. */
  drain(): TableRow[] {
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  private takeLine({ number, text }: Line): void {
    const cells = splitRecord(text, this.delimiter);
    if (cells === null) this.rows.push(unpaired({ number, text }));
    else this.takeCells(number, cells);
  }

  private takeCells(line: number, cells: string[]): void {
    const trimmed = cells.map((cell) => cell.trim());
    if (trimmed.every((cell) => cell === '')) return;
    this.width ??= cells.length;
    this.rows.push({ line, cells: this.isExact ? cells : trimmed });
  }

  private reset(): Line[] {
    const { open } = this;
    this.open = [];
    this.openLength = 0;
    return open;
  }

  /** A second line with a quote by itself: with the lines between they are a row, or the first one has a quote too many. */
  private close(): void {
    const [first] = this.open;
    const cells = splitRecord(this.open.map(({ text }) => text).join('\n'), this.delimiter);
    if (first !== undefined && cells !== null && (this.width === null || cells.length === this.width)) {
      const lines = this.reset();
      if (this.hidesRows(lines)) this.rows.push(tooLong(lines));
      else this.takeCells(first.number, cells);
      return;
    }
    const [bad, ...rest] = this.reset();
    const last = rest.pop();
    if (bad === undefined || last === undefined) return;
    this.rows.push(unpaired(bad));
    const kind = this.judge(rest);
    if (kind === 'unknown') throw new TableFault(bad.number, UNPAIRED);
    if (kind === 'rows') for (const line of rest) this.takeLine(line);
    this.take(last);
  }

  /** Two quotes too many can make one row of several. */
  private hidesRows(lines: readonly Line[]): boolean {
    return (
      this.width !== null && this.width >= MIN_TELLING_WIDTH && this.judge(lines.slice(1, -1)) !== 'text'
    );
  }

  /** No quote closes it: the lines after it are rows, or nobody can tell where it ends. */
  private giveUp(): void {
    const [bad, ...rest] = this.reset();
    if (bad === undefined) return;
    if (this.width === null || (rest.some(({ text }) => text.trim() !== '') && this.judge(rest) !== 'rows'))
      throw new TableFault(bad.number, UNPAIRED);
    this.rows.push(unpaired(bad));
    for (const line of rest) this.take(line);
  }

  /** Whether lines are rows as wide as the first one, or all of them something else: text within quotes. */
  private judge(lines: readonly Line[]): 'rows' | 'text' | 'unknown' {
    const full = lines.filter(({ text }) => text.trim() !== '');
    const alike = full.filter(({ text }) => splitRecord(text, this.delimiter)?.length === this.width);
    if (alike.length === 0) return 'text';
    return alike.length === full.length ? 'rows' : 'unknown';
  }
}

function unpaired({ number, text }: Line): TableRow {
  return { line: number, cells: [text], fault: UNPAIRED };
}

function tooLong(lines: readonly Line[]): TableRow {
  const [first, last] = [lines.at(0)?.number ?? 1, lines.at(-1)?.number ?? 1];
  const fault = `${UNPAIRED}, or a text of it (to line ${last}) has lines like rows of this file`;
  return { line: first, cells: [lines.map(({ text }) => text).join('\n')], fault };
}

function hasOddQuotes(text: string): boolean {
  let isOdd = false;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) isOdd = !isOdd;
  return isOdd;
}
