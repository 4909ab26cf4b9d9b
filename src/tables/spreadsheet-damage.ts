import { DAY_MS } from '../durations.ts';
import { isDoublyEncoded } from './double-encoding.ts';

/** What a cell is to hold: a spreadsheet damages each in its own ways. */
export type CellKind = 'id' | 'number' | 'price' | 'time' | 'duration' | 'count' | 'flag' | 'name' | 'text';

const AS_TEXT = 'format the column as text';
const AS_EXPORTED = 'give the file as it was exported, not as a spreadsheet saved it';

/** In English, German, French, Spanish, Italian and Portuguese spreadsheets. */
const ERROR =
  /^(?:#[¿¡]?(?:NAME|NOM|NOMBRE|NOME|REF|BEZUG|VALUE|WERT|VALEUR|VALOR|VALORE|DIV\/0|NUM|ZAHL|NULL|NUL|N\/A|NV|N\/D|N\/DISP|SPILL|CALC)[?!]?|Err:\d{3})$/i;
const HASHES = /^#{2,}$/;
const SCIENTIFIC = /^[-+]?[\d.,]+e[-+]?\d+$/i;
/** A spreadsheet always writes the exponent's sign; ids of letters and digits may look like the rest. */
const SCIENTIFIC_ID = /^[-+]?\d+(?:[.,]\d+)?e[-+]\d+$/i;
const MADE_A_NUMBER = /^[-+]?\d+[.,]0+$/;
const GROUPED_ID = /^\d{1,3}(?:([., '\u00A0\u202F])\d{3})(?:\1\d{3}){2,}$/;
const SERIAL = /^(\d{5})(?:[.,](\d+))?$/;
const EVERYDAY = /^\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?(?:\d{4}|\d{2})(?:\D|$)/;
const NAMED_MONTH = /(?:^|[^\p{L}])(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])\p{L}*/iu;
const MINUTES_AND_SECONDS = /^\d{1,2}:\d{2}(?:[.,]\d+)?$/;
const SHORT_HOUR = /^\d{4}-\d{1,2}-\d{1,2}[ T]\d:\d{2}/;
const HALF_DAY = /\d\s?[ap]\.?m\.?$/i;
const CLOCK = /^\d+:\d{2}(?::\d{2})?(?:[.,]\d+)?$/;
const GROUPED = /^\d{1,3}(?:,\d{3})+\.\d+$|^\d{1,3}(?:\.\d{3})+,\d+$/;
const COMMA = /^\d+,\d+$/;
const FLAG =
  /^(?:wahr|falsch|vrai|faux|verdadero|falso|vero|verdadeiro|waar|onwaar|sann|falskt|sand|falsk|prawda|fałsz|истина|ложь)$/i;

/**
 * What a spreadsheet left in a cell instead of what was there, and how to avoid it; null where it shows nothing of the kind.
 * The answer stands behind the cell: `the prefix "4.42E+11" was rounded by a spreadsheet: …`.
 */
export function describeDamage(cell: string, kind: CellKind): string | null {
  if (ERROR.test(cell)) return `is an error of a spreadsheet, not a value: ${AS_EXPORTED}`;
  if (kind !== 'text' && HASHES.test(cell))
    return `is what a spreadsheet shows in a column that is too narrow: ${AS_EXPORTED}`;
  return FINDERS[kind](cell);
}

const FINDERS: Record<CellKind, (cell: string) => string | null> = {
  id: (cell) => {
    if (SCIENTIFIC_ID.test(cell)) return rounded();
    if (MADE_A_NUMBER.test(cell)) return madeANumber();
    return GROUPED_ID.test(cell) ? `was given separators by a spreadsheet: ${AS_TEXT}` : null;
  },
  number: (cell) => (SCIENTIFIC.test(cell) ? rounded() : MADE_A_NUMBER.test(cell) ? madeANumber() : null),
  price: (cell) => (SCIENTIFIC.test(cell) ? rounded() : null),
  time: describeTime,
  duration: (cell) => {
    if (CLOCK.test(cell)) return `was rewritten by a spreadsheet as a time of day: ${AS_EXPORTED}`;
    if (NAMED_MONTH.test(cell) || EVERYDAY.test(cell)) return madeADate();
    return describeFigure(cell);
  },
  count: describeFigure,
  flag: (cell) => (FLAG.test(cell) ? "is a spreadsheet's own word: write true or false" : null),
  name: describeLetters,
  text: describeLetters,
};

const rounded = (): string => `was rounded by a spreadsheet: ${AS_TEXT}`;
const madeANumber = (): string => `was made a number by a spreadsheet: ${AS_TEXT}`;
const madeADate = (): string => `was made a date by a spreadsheet: ${AS_EXPORTED}`;

function describeTime(cell: string): string | null {
  const [, days, fraction = '0'] = SERIAL.exec(cell) ?? [];
  if (days !== undefined)
    return `is a spreadsheet's serial number of ${ofSerial(Number(`${days}.${fraction}`))}: ${AS_EXPORTED}`;
  if (SCIENTIFIC.test(cell)) return rounded();
  if (MINUTES_AND_SECONDS.test(cell))
    return `was cut by a spreadsheet to minutes and seconds, without its day and hour: ${AS_EXPORTED}`;
  const isRewritten =
    EVERYDAY.test(cell) || SHORT_HOUR.test(cell) || HALF_DAY.test(cell) || NAMED_MONTH.test(cell);
  return isRewritten ? `was rewritten by a spreadsheet, in its country's order: ${AS_EXPORTED}` : null;
}

function describeFigure(cell: string): string | null {
  if (SCIENTIFIC.test(cell)) return rounded();
  if (COMMA.test(cell)) return `has a comma for the decimal point, or for thousands: write it like 2.5`;
  return GROUPED.test(cell) ? `was given separators by a spreadsheet: write it like 1234.5` : null;
}

function describeLetters(cell: string): string | null {
  if (cell.includes('\uFFFD')) return `lost letters (\uFFFD) when it was saved before: ${AS_EXPORTED}`;
  return isDoublyEncoded(cell)
    ? `was saved as UTF-8 from a file that was UTF-8 already: ${AS_EXPORTED}`
    : null;
}

/** Day 1 is 1900-01-01, and 1900 has a February 29 there. */
function ofSerial(days: number): string {
  const at = new Date(Date.UTC(1899, 11, 30) + Math.round(days * DAY_MS));
  return at.toISOString().slice(0, 16).replace('T', ' ');
}
