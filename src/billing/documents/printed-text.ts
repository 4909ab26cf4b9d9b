/** What documents print of a company, as people type it: in the company's settings and on the command line alike. */

/** Most characters of a line, and lines of an address, that a document has room for. */
export const MAX_PRINTED_LINE_LENGTH = 60;
export const MAX_ADDRESS_LINES = 6;

/** A line without doubled spaces; null: empty, or too long. */
export function tidyLine(typed: string): string | null {
  const text = typed.trim().replace(/\s+/g, ' ');
  return text === '' || text.length > MAX_PRINTED_LINE_LENGTH ? null : text;
}

/** The lines of an address without empty ones, as they are stored; null: none, too many, or one that is too long. */
export function tidyAddress(typed: readonly string[]): string | null {
  const lines = typed.map((line) => line.trim()).filter((line) => line !== '');
  const fits =
    lines.length > 0 &&
    lines.length <= MAX_ADDRESS_LINES &&
    lines.every((line) => line.length <= MAX_PRINTED_LINE_LENGTH);
  return fits ? lines.join('\n') : null;
}
