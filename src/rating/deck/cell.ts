/** What a cell of a deck means, or what is wrong with it, after "line 7: ". */
export type Cell<T> = { value: T } | { fault: string };

/** A cell without compatibility characters, the space around it, a text mark (`'44`) and a formula's quotes (`="44"`). */
export function cleanCell(text: string): string {
  const plain = text.normalize('NFKC').trim();
  const quoted = /^="(.*)"$/.exec(plain);
  return (quoted?.[1] ?? plain).trim().replace(/^'/, '');
}
