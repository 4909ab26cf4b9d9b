/** What a cell of a deck means, or what is wrong with it, after "line 7: ". */
export type Cell<T> = { value: T } | { fault: string };

/** A cell without compatibility characters, the space around it, a text mark (`'44`) and a formula's quotes (`="44"`). */
export function cleanCell(text: string): string {
  const plain = text.normalize('NFKC').trim();
  const quoted = /^="(.*)"$/.exec(plain);
  return (quoted?.[1] ?? plain).trim().replace(/^'/, '');
}

const SPREADSHEET_ERROR = /^#(?:NAME|REF|VALUE|DIV\/0|NUM|NULL|N\/A|SPILL|CALC)[?!]?$/i;
const SCIENTIFIC = /^[-+]?[\d.,]+e[-+]?\d+$/i;

/** What a spreadsheet left in a cell instead of what was typed there, or null. */
export function describeDamage(written: string): string | null {
  if (SPREADSHEET_ERROR.test(written)) return 'is an error of a spreadsheet, not a value';
  return SCIENTIFIC.test(written) ? 'was rounded by a spreadsheet: format the column as text' : null;
}
