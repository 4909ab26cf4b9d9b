/** Sorting and paging a data table. Pure. */
import { type Json, listOf, numberOf, textOf } from './shape.ts';

export interface Sorting {
  column: number;
  direction: 'ascending' | 'descending';
}

/** What a cell is compared by: its number, else its words. */
function keyOf(cell: Json | undefined): number | string {
  const value = numberOf(cell?.value);
  if (value !== undefined) return value;
  const runs = listOf(cell?.elements).flatMap((part) => listOf(part.elements));
  return cell?.type === 'rich_text' ? runs.map((run) => textOf(run.text)).join('') : textOf(cell?.text);
}

const words = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compare(one: number | string, other: number | string): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return words.compare(String(one), String(other));
}

/** The rows in the order of one column; equal rows keep their order. */
export function sortRows(rows: readonly Json[][], sorting: Sorting | null): Json[][] {
  if (sorting === null) return [...rows];
  const sign = sorting.direction === 'ascending' ? 1 : -1;
  return rows.toSorted(
    (one, other) => sign * compare(keyOf(one[sorting.column]), keyOf(other[sorting.column])),
  );
}

/** What a click on a head leads to: up, down, then the order that the app gave. */
export function nextSorting(now: Sorting | null, column: number): Sorting | null {
  if (now?.column !== column) return { column, direction: 'ascending' };
  return now.direction === 'ascending' ? { column, direction: 'descending' } : null;
}

/** Whether every cell of a column is a number, so that it is set flush right. */
export const isNumeric = (rows: readonly Json[][], column: number): boolean =>
  rows.length > 0 && rows.every((row) => row[column]?.type === 'raw_number');
