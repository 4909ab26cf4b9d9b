import { Decimal } from 'decimal.js';
import { groupBy } from '../group-by.ts';
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
  const median = rows.length < FEWEST_ROWS ? null : medianOf(rows.map(({ row }) => new Decimal(row.rate)));
  return rows.flatMap(({ line, row }) => {
    const rate = new Decimal(row.rate);
    if (rate.isZero()) return [{ line, message: 'the rate is $0: such usage would be free' }];
    if (rate.greaterThan(CEILING_DOLLARS))
      return [{ line, message: `the rate $${row.rate} is above $${CEILING_DOLLARS}` }];
    if (median === null || !rate.greaterThan(median.times(TIMES_MEDIAN))) return [];
    const times = rate.dividedBy(median).toDecimalPlaces(0).toString();
    return [{ line, message: `the rate $${row.rate} is ${times} times the usual $${median.toString()}` }];
  });
}

function medianOf(rates: readonly Decimal[]): Decimal | null {
  const paid = rates.filter((rate) => rate.greaterThan(0)).toSorted((a, b) => a.comparedTo(b));
  return paid[Math.floor((paid.length - 1) / 2)] ?? null;
}
