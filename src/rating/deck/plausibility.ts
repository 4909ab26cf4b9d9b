import { findCountryName } from '../places/country-names.ts';
import { callingCodeOf, isAreaCode, isCallingCode, isTollFree } from '../places/places.ts';
import { isStateName } from '../places/state-names.ts';
import type { DeckRow } from './deck.ts';

/** Watches the rows of a deck for prefixes that belong to another numbering plan than the deck means. */
export interface Plausibility {
  /** Takes the rows of one line of the file; `country`: what a column of countries says beside the destination. */
  take(rows: readonly DeckRow[], country: string): void;
  /** What is hard to believe of all of them together, in words. */
  findFaults(): string[];
}

/** Of rows that name a country, so many may disagree with their prefix: lists have special cases. */
const MAX_DISAGREEING = 0.05;
const FEWEST_AREA_CODES = 20;
const SHARE_OF_AREA_CODES = 0.8;
const FEWEST_STATES = 20;
/** A file of fewer rows is refused only where nothing but area codes is in it, or its names are of states. */
const FEWEST_BARE = 5;
const FEWEST_STATES_BARE = 2;
const PLUS_1 = '1';

/** An empty watch over the rows of one file. Applies R18.8. */
export function createPlausibility(): Plausibility {
  const seen = {
    rows: 0,
    naming: 0,
    disagreeing: 0,
    ofPlus1: 0,
    threeDigits: 0,
    areaCodes: 0,
    states: 0,
    wholeAreaCodes: 0,
    bare: 0,
    bareStates: 0,
  };
  let example = '';
  const areAreaCodes = (): boolean => {
    const isLarge = seen.threeDigits >= FEWEST_AREA_CODES;
    const areMany = seen.areaCodes >= seen.rows * SHARE_OF_AREA_CODES || seen.states >= FEWEST_STATES;
    if ((isLarge && areMany) || seen.bareStates >= FEWEST_STATES_BARE) return true;
    // Names of countries that their prefixes are of: mobiles of Europe have the digits of area codes too.
    if (seen.naming > seen.disagreeing) return false;
    const areAll = seen.wholeAreaCodes === seen.rows && seen.bare > seen.rows / 2;
    return areAll && seen.rows >= FEWEST_BARE;
  };
  return {
    take(rows, country) {
      for (const { prefix } of rows) {
        seen.rows += 1;
        if (prefix.startsWith(PLUS_1)) seen.ofPlus1 += 1;
        if (prefix.length === 3) seen.threeDigits += 1;
        if (isAreaCode(prefix.slice(0, 3))) seen.areaCodes += 1;
        if (isWholeAreaCode(prefix)) seen.wholeAreaCodes += 1;
        if (isBareAreaCode(prefix)) seen.bare += 1;
      }
      const [row] = rows;
      if (row === undefined || row.prefix === '') return;
      if (isStateName(row.destination)) {
        seen.states += 1;
        if (isBareAreaCode(row.prefix)) seen.bareStates += 1;
      }
      const named = findCountryName(country) ?? findCountryName(row.destination);
      // Georgia is a country and a state.
      if (named === null || (isStateName(row.destination) && row.prefix.startsWith(PLUS_1))) return;
      seen.naming += 1;
      if (row.prefix.startsWith(callingCodeOf(named)) || callingCodeOf(named) === '') return;
      seen.disagreeing += 1;
      if (example === '') example = `${row.prefix} for "${country === '' ? row.destination : country}"`;
    },
    findFaults() {
      if (seen.ofPlus1 === 0 && areAreaCodes())
        return [
          'the prefixes are area codes of North America without the country code 1 before them: ' +
            'they would price other countries; --force takes them as they are',
        ];
      if (seen.disagreeing <= seen.naming * MAX_DISAGREEING) return [];
      return [
        `${seen.disagreeing} of ${seen.naming} rows that name a country have a prefix of another one, like ${example}: ` +
          'look at the prefix column; --force takes them as they are',
      ];
    },
  };
}

/** True for three digits that are an area code of +1, the free ones too. */
function isWholeAreaCode(prefix: string): boolean {
  return prefix.length === 3 && (isAreaCode(prefix) || isTollFree(`+${PLUS_1}${prefix}5550100`));
}

/** True for an area code that is no country's code: 201, not 212, which is also Morocco. */
function isBareAreaCode(prefix: string): boolean {
  return isWholeAreaCode(prefix) && !isCallingCode(prefix);
}
