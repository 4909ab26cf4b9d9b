import { stringify } from 'csv-stringify/sync';

/**
 * What a spreadsheet takes for the beginning of a formula, in every width, also behind blanks and invisible characters,
 * which it skips. Text that begins so is shown as it is when an apostrophe stands before it.
 */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹢﹣﹦﹫−]/u;
const LEADING_BLANK = /^[\s\p{Cc}\p{Cf}]*/u;
/** Where half of Europe's spreadsheets begin a cell, whatever we wrote between the cells. */
const FORMULA_INSIDE = /([;|\t])([\s\p{Cc}\p{Cf}]*)(?=[=+\-@＝＋－＠﹢﹣﹦﹫−])/gu;
/** Tells Excel that a file is UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** What most texts are: nothing to neutralise at its beginning, nothing to quote in it. */
const HARMLESS = /^[A-Za-z0-9][\w .:/+$()=@-]*$/;

/** What a spreadsheet would make a number, a date or a truth value of, or take an apostrophe from. */
const RETYPED =
  /^(?:[^\p{L}]|(?:jan|ene|gen|feb|f[ée]v|m[aä]r|mrz|apr|avr|abr|ma[iyjg]|jun|giu|jui|jul|lug|aug|ao[uû]|ago|sep|set|o[ck]t|ott|out|nov|d[eé][cz]|dic)\p{L}*[-./,\s]*\d|(?:true|false|wahr|falsch|vrai|faux|verdadero|verdadeiro|vero|falso)$)/iu;
/** What nearly every number of a file is. */
const DIGITS = /^\+?\d+$/;

/** Text from outside that no spreadsheet runs (R26). */
export function neutralise(text: string): string {
  return FORMULA.test(text) ? `'${neutraliseInside(text)}` : neutraliseInside(text);
}

function neutraliseInside(text: string): string {
  const [blank = ''] = LEADING_BLANK.exec(text) ?? [];
  return blank + text.slice(blank.length).replace(FORMULA_INSIDE, "$1$2'");
}

const NEUTRALISED_INSIDE = /([;|\t][\s\p{Cc}\p{Cf}]*)'(?=[=+\-@＝＋－＠﹢﹣﹦﹫−])/gu;

/** The text that `neutralise` made a cell of. */
export function plainText(cell: string): string {
  return plain(cell, FORMULA);
}

/** The text that `exactCell` made a cell of. */
export function exactText(cell: string): string {
  return plain(cell, RETYPED);
}

function plain(cell: string, isMarked: RegExp): string {
  const text = cell.startsWith("'") && isMarked.test(cell.slice(1)) ? cell.slice(1) : cell;
  return text.replace(NEUTRALISED_INSIDE, '$1');
}

/** A text as a cell of a CSV line: neutralised, and quoted where it has to be. */
export function textCell(text: string): string {
  return HARMLESS.test(text) ? text : quote(neutralise(text));
}

/**
 * An id or a phone number as a cell: behind an apostrophe where a spreadsheet would make a number of it and round it, drop its
 * plus or its zeros, or make it a date. Saved again there it still says the same (R26).
 */
export function exactCell(text: string): string {
  if (text === '') return '';
  if (DIGITS.test(text)) return `'${text}`;
  const isRetyped = RETYPED.test(text);
  if (HARMLESS.test(text) && !isRetyped) return text;
  return quote(isRetyped ? `'${neutraliseInside(text)}` : neutraliseInside(text));
}

function quote(text: string): string {
  return stringify([[text]], { eof: false });
}
