import { Decimal } from 'decimal.js';
import type { CallTraffic, DeckRow } from '../../src/rating/index.ts';

/**
 * What a call to another country costs, the slow and obvious way: look at every row, throw out those that do not fit,
 * sort the rest as R18 says, and do R19 with decimals. Null: no row fits.
 */
export function priceByReference(
  rows: readonly DeckRow[],
  call: CallTraffic,
): { cost: string; billedSeconds: number; prefix: string } | null {
  const digits = (call.externalNumber ?? '').replace('+', '');
  const fits = rows.filter(
    (row) =>
      row.kind === 'call' &&
      (row.direction === null || row.direction === call.direction) &&
      (row.origin === null || row.origin === call.officeCountry) &&
      digits.startsWith(row.prefix),
  );
  const [best] = fits.toSorted(
    (a, b) =>
      Number(b.origin !== null) - Number(a.origin !== null) ||
      b.prefix.length - a.prefix.length ||
      Number(b.direction !== null) - Number(a.direction !== null),
  );
  if (best === undefined) return null;
  let billedSeconds = best.firstSeconds;
  while (billedSeconds * 1000 < call.durationMs) billedSeconds += best.nextSeconds;
  const cost = new Decimal(best.rate)
    .times(billedSeconds)
    .plus(new Decimal(best.fee).times(60))
    .dividedBy(60);
  return { cost: cost.toFixed(4, Decimal.ROUND_HALF_UP), billedSeconds, prefix: best.prefix };
}
