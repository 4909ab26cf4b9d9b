import type { DeckColumn } from './column-names.ts';
import { readPriceUnit } from './header-units.ts';

/** What becomes of a column that is no part of a price. */
export const COLUMN_USES = {
  harmless: 'left aside: it prices nothing',
  zero: 'has to be 0 or empty',
  ignored: 'left aside, as you said',
};

/** What a column is taken for, with the unit that its name says. */
export function describeUse({ column, words }: { column: DeckColumn; words: readonly string[] }): string {
  if (column === 'rate') {
    const unit = readPriceUnit(words, { isFee: false });
    if (unit === null || 'fault' in unit) return 'rate';
    const currency = unit.currency === 'cents' ? 'cents' : 'US dollars';
    const said = unit.currency === null || unit.per === null ? ' (the file does not say so)' : '';
    return `rate: ${currency} a ${unit.per ?? 'minute'}${said}`;
  }
  if (column === 'fee') {
    const unit = readPriceUnit(words, { isFee: true });
    const isCents = unit !== null && !('fault' in unit) && unit.currency === 'cents';
    return `connection fee: ${isCents ? 'cents' : 'US dollars'} a call`;
  }
  return DESCRIPTIONS[column];
}

const DESCRIPTIONS: Readonly<Record<Exclude<DeckColumn, 'rate' | 'fee'>, string>> = {
  kind: 'kind of usage',
  licence: 'licence',
  direction: 'direction',
  origin: 'country of the office',
  prefix: 'prefix',
  npanxx: 'prefix: the digits after +1',
  first: 'first increment',
  next: 'next increment',
  increments: 'increments',
  effective: 'from when on',
  ends: 'until when',
  status: 'whether the row is open, closed or blocked',
  isBlocked: 'whether calls are blocked',
  isClosed: 'whether the row is closed',
  isActive: 'whether the row is open',
  currency: 'currency: has to be US dollars',
  unit: 'what the rate is for',
  country: 'country, a name for people',
  destination: 'destination, a name for people',
};
