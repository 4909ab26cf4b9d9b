import { describeDamage } from '../../tables/index.ts';
import { type Cell, cleanCell } from './cell.ts';
import type { PriceUnit } from './header-units.ts';

const MAX_DECIMALS = 8;
const MINUTE_SECONDS = 60n;
const MINUTES_OF_HOUR = 60n;
const FOREIGN_SIGN = /[€£¥₹¢%]|\b(?:eur|gbp|chf|cad|aud|cents?|ct)\b/i;

/**
 * A price in dollars a minute (a fee: a call), converted exactly from the unit of its column. With another delimiter than a
 * comma, the comma may stand for the point.
 */
export function readPrice(
  text: string,
  what: string,
  { hasCommas, unit }: { hasCommas: boolean; unit: PriceUnit },
): Cell<string> {
  const cell = cleanCell(text);
  const damage = describeDamage(cell, 'price');
  if (damage !== null) return { fault: `the ${what} "${text}" ${damage}` };
  const sign = FOREIGN_SIGN.exec(cell);
  const written = cell.replace(/\s|US\$|USD|\$/gi, '');
  if (written === '') return { fault: `the ${what} is missing` };
  if (sign !== null) return { fault: `the ${what} "${text}" is not an amount in US dollars like 0.0125` };
  const decimal = hasCommas ? written.replace(',', '.') : written;
  if (/^[-−]/.test(decimal)) return { fault: `the ${what} "${text}" is less than nothing` };
  const match = /^(\d{0,6})(?:\.(\d*))?$/.exec(decimal);
  const [, whole = '', fraction = ''] = match ?? [];
  if (match === null || `${whole}${fraction}` === '')
    return { fault: `the ${what} "${text}" is not an amount like 0.0125` };
  return convert({ whole, fraction: fraction.replace(/0+$/, '') }, unit, { text, what });
}

/** As whole numbers over a power of ten, so that nothing is rounded. */
function convert(
  { whole, fraction }: { whole: string; fraction: string },
  { currency, per }: PriceUnit,
  { text, what }: { text: string; what: string },
): Cell<string> {
  let decimals = fraction.length + (currency === 'cents' ? 2 : 0);
  let units = BigInt(`${whole}${fraction}` || '0');
  if (per === 'second') units *= MINUTE_SECONDS;
  if (per === 'hour') {
    // Two more places make room for a sixtieth, where it has an end at all.
    const scaled = units * 10_000_000_000n;
    if (scaled % MINUTES_OF_HOUR !== 0n)
      return { fault: `the ${what} "${text}" an hour has no exact price a minute: write it a minute` };
    units = scaled / MINUTES_OF_HOUR;
    decimals += 10;
  }
  while (decimals > 0 && units % 10n === 0n) {
    units /= 10n;
    decimals -= 1;
  }
  if (decimals > MAX_DECIMALS) return { fault: `the ${what} "${text}" is finer than eight decimals` };
  const digits = units.toString().padStart(decimals + 1, '0');
  return { value: decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` };
}
