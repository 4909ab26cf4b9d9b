import { groupBy } from '../../group-by.ts';
import type { FileRow } from './read-row.ts';

/** A rate that is more likely a slip than a price: it is refused until the operator confirms it. */
export interface Outlier {
  line: number;
  /** In words, after "line 7: ". */
  message: string;
}

/** So many times the median of its kind, or so many dollars a minute or piece, is not believed. */
const TIMES_MEDIAN = 20;
const CEILING_DOLLARS = 10;
/** Fewer rows have no telling median. */
const FEWEST_ROWS = 5;

/** The rates of a deck that stand out: above 20 times the median of their kind, above $10, or nothing at all. */
export function findOutliers(rows: readonly FileRow[]): Outlier[] {
  const byKind = groupBy(rows, ({ row }) => row.kind);
  return [...byKind.values()].flatMap(findInKind).toSorted((a, b) => a.line - b.line);
}

function findInKind(rows: readonly FileRow[]): Outlier[] {
  const median = rows.length < FEWEST_ROWS ? null : medianOf(rows);
  return rows.flatMap(({ line, row }) => {
    // Whether a rate stands out does not hang on its last digit: numbers will do.
    const rate = Number(row.rate);
    if (rate === 0) return [{ line, message: 'the rate is $0: such usage would be free' }];
    if (rate > CEILING_DOLLARS)
      return [{ line, message: `the rate $${row.rate} is above $${CEILING_DOLLARS}` }];
    if (median === null || rate <= Number(median) * TIMES_MEDIAN) return [];
    const times = Math.round(rate / Number(median));
    return [{ line, message: `the rate $${row.rate} is ${times} times the usual $${median}` }];
  });
}

/** The median of the rates above nothing, as a row has it. */
function medianOf(rows: readonly FileRow[]): string | null {
  const paid = Float64Array.from(rows, ({ row }) => Number(row.rate))
    .filter((rate) => rate > 0)
    .sort();
  const median = paid[Math.floor((paid.length - 1) / 2)];
  return rows.find(({ row }) => Number(row.rate) === median)?.row.rate ?? null;
}
