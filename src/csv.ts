import { stringify } from 'csv-stringify/sync';
import { isE164 } from './phone-number.ts';

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

/** Text from outside that no spreadsheet runs (R26). */
export function neutralise(text: string): string {
  const [blank = ''] = LEADING_BLANK.exec(text) ?? [];
  const tidy = blank + text.slice(blank.length).replace(FORMULA_INSIDE, "$1$2'");
  return FORMULA.test(text) ? `'${tidy}` : tidy;
}

const NEUTRALISED_INSIDE = /([;|\t][\s\p{Cc}\p{Cf}]*)'(?=[=+\-@＝＋－＠﹢﹣﹦﹫−])/gu;

/** The text that `neutralise` made a cell of. */
export function plainText(cell: string): string {
  const text = cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
  return text.replace(NEUTRALISED_INSIDE, '$1');
}

/** A text as a cell of a CSV line: neutralised, and quoted where it has to be. */
export function textCell(text: string): string {
  if (HARMLESS.test(text)) return text;
  return stringify([[neutralise(text)]], { eof: false });
}

/** A phone number as a cell: E.164 stays what it is, anything else is text. */
export function numberCell(number: string): string {
  return number === '' || isE164(number) ? number : textCell(number);
}
