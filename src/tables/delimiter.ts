/** In the order of preference where a file could be split by either: commas also stand in numbers and sentences. */
const DELIMITERS = ['\t', ';', '|', ','] as const;
const LINES_JUDGED = 20;

/** Excel's own first line, which says by what the cells are separated. */
const DECLARED = /^"?sep=([,;\t|])"?\n/i;

/** The delimiter that a file declares in a first line of its own, and what follows that line; null where it has none. */
export function readDeclared(text: string): { delimiter: string; rest: string } | null {
  const match = DECLARED.exec(text);
  return match === null ? null : { delimiter: match[1] ?? ',', rest: text.slice(match[0].length) };
}

/**
 * The delimiter by which most of the first lines have as many cells as the first one. The first of `given` is the
 * header.
 */
export function guessDelimiter(given: readonly string[]): string {
  const lines = given
    .slice(0, 5 * LINES_JUDGED)
    .join('\n')
    .replace(/"[^"]*"/g, 'quoted')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, LINES_JUDGED);
  let best = { delimiter: ',', lines: 0 };
  for (const delimiter of DELIMITERS) {
    const widths = lines.map((line) => line.split(delimiter).length);
    const [width = 1] = widths;
    const alike = width > 1 ? widths.filter((each) => each === width).length : 0;
    if (alike > best.lines) best = { delimiter, lines: alike };
  }
  return best.delimiter;
}
