import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** Digits that a spreadsheet keeps of a number, and the most that it shows in a column of ordinary width. */
const KEPT_DIGITS = 15;
const SHOWN_DIGITS = 11;
const MONTH_AND_DAY = /^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-./ ]?(\d{1,2})$/i;

/**
 * A CSV file as a spreadsheet saves it that was only opened: cells that look like numbers are numbers (15 digits, in
 * scientific notation from 12 digits on, without plus and zeros in front), dates and truth values are its own.
 */
export function savedBySpreadsheet(csv: string): string {
  const rows: string[][] = parse(csv, { bom: true, relax_column_count: true });
  return stringify(
    rows.map((cells) => cells.map(savedCell)),
    { record_delimiter: '\r\n' },
  );
}

function savedCell(cell: string): string {
  if (/^[+-]?\d+(?:\.\d+)?(?:E[+-]?\d+)?$/i.test(cell)) return savedNumber(Number(cell));
  const [, month, day] = MONTH_AND_DAY.exec(cell) ?? [];
  if (month !== undefined) return `${day}-${month}`;
  const [, year, its, on] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(cell) ?? [];
  if (year !== undefined) return `${Number(its)}/${Number(on)}/${year}`;
  return /^(?:true|false)$/i.test(cell) ? cell.toUpperCase() : cell;
}

function savedNumber(value: number): string {
  const kept = Number(value.toPrecision(KEPT_DIGITS));
  if (Math.abs(kept) < 10 ** SHOWN_DIGITS) return String(kept);
  const [digits = '', exponent = ''] = kept.toExponential(5).split('e');
  return `${Number(digits)}E${exponent.startsWith('+') ? '+' : '-'}${exponent.slice(1)}`;
}
