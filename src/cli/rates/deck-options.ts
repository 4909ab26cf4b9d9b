import { RefillError } from '../../errors.ts';
import { DECK_COLUMNS, type DeckColumn, type DeckOptions } from '../../rating/index.ts';
import { optional, repeated, text, type ValueParser } from '../frame/index.ts';

const bad = (message: string): RefillError => new RefillError('bad-argument', message);

const rowCount: ValueParser<number> = (typed, name) => {
  if (!/^\d{1,4}$/.test(typed)) throw bad(`${name} takes a number of lines, not "${typed}".`);
  return Number(typed);
};

const dateOrder: ValueParser<'mdy' | 'dmy'> = (typed, name) => {
  if (typed !== 'mdy' && typed !== 'dmy')
    throw bad(`${name} takes mdy (11/30/2026) or dmy (30/11/2026), not "${typed}".`);
  return typed;
};

const mapping: ValueParser<[DeckColumn, string]> = (typed, name) => {
  const [, what = '', column = ''] = /^(\w+)=(.+)$/s.exec(typed) ?? [];
  const found = DECK_COLUMNS.find((each) => each === what);
  if (found === undefined)
    throw bad(
      `${name} takes what a column is, like rate="Per minute charge"; one of ${DECK_COLUMNS.join(', ')}.`,
    );
  return [found, column];
};

/** How a deck file is to be read, for every command that reads one. */
export const deckParams = {
  skipRows: optional('--skip-rows <count>', 'lines above the header', rowCount),
  map: repeated('--map <what=column>', 'what a column is, like rate="Per minute charge"', mapping, {
    isRequired: false,
  }),
  ignore: repeated('--ignore <column>', 'a column that prices nothing', text, { isRequired: false }),
  dates: optional('--dates <order>', 'how dates like 11/12/2026 are written: mdy or dmy', dateOrder),
};

/** What was typed for `deckParams`, as the parser of decks takes it. */
export function toDeckOptions(typed: {
  skipRows: number | undefined;
  map: readonly [DeckColumn, string][];
  ignore: readonly string[];
  dates: 'mdy' | 'dmy' | undefined;
  force: boolean;
}): DeckOptions {
  const { skipRows, dates, map, ignore, force } = typed;
  return {
    force,
    ignore,
    map: Object.fromEntries(map),
    ...(skipRows === undefined ? {} : { skipRows }),
    ...(dates === undefined ? {} : { dates }),
  };
}
