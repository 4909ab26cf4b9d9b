import { Decimal } from 'decimal.js';
import type { DeckKind } from './deck.ts';
import type { FileRow } from './read-row.ts';

/** A rate that is more likely a slip than a price: it is refused until the operator confirms it. */
export interface Outlier {
  line: number;
  /** In words, after "line 7: ". */
  message: string;
}

/** Watches the rates of a deck for those that stand out, in 16 bytes a row. */
export interface RateWatch {
  take(row: FileRow): void;
  /** Above 20 times the median of their kind, above $10, or nothing at all; by their lines. */
  findOutliers(): Outlier[];
}

/** So many times the median of its kind, or so many dollars a minute or piece, is not believed. */
const TIMES_MEDIAN = 20;
const CEILING_DOLLARS = 10;
/** Fewer rows have no telling median. */
const FEWEST_ROWS = 5;

/** Rates of one kind beside their lines. They have at most 14 digits, so that a number holds each exactly. */
interface RatesOfKind {
  rates: number[];
  lines: number[];
}

/** An empty watch over the rows of one file. */
export function createRateWatch(): RateWatch {
  const kinds = new Map<DeckKind, RatesOfKind>();
  return {
    take({ line, isClosed, row }) {
      if (isClosed || row.isBlocked) return;
      const known = kinds.get(row.kind) ?? { rates: [], lines: [] };
      known.rates.push(Number(row.rate));
      known.lines.push(line);
      kinds.set(row.kind, known);
    },
    findOutliers: () => [...kinds.values()].flatMap(findInKind).sort((a, b) => a.line - b.line),
  };
}

function findInKind({ rates, lines }: RatesOfKind): Outlier[] {
  const median = rates.length < FEWEST_ROWS ? null : medianOf(rates);
  const outliers: Outlier[] = [];
  for (const [at, rate] of rates.entries()) {
    const line = lines[at] ?? 0;
    if (rate === 0) outliers.push({ line, message: 'the rate is $0: such usage would be free' });
    else if (rate > CEILING_DOLLARS)
      outliers.push({ line, message: `the rate $${inFull(rate)} is above $${CEILING_DOLLARS}` });
    else if (median !== null && rate > median * TIMES_MEDIAN) {
      const times = Math.round(rate / median);
      outliers.push({
        line,
        message: `the rate $${inFull(rate)} is ${times} times the usual $${inFull(median)}`,
      });
    }
  }
  return outliers;
}

/** The median of the rates above nothing; null where there are none. */
function medianOf(rates: readonly number[]): number | null {
  const paid = Float64Array.from(rates)
    .filter((rate) => rate > 0)
    .sort();
  return paid[Math.floor((paid.length - 1) / 2)] ?? null;
}

function inFull(rate: number): string {
  return new Decimal(rate).toFixed();
}
