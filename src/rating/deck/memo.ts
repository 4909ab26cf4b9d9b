/** So many texts of a column are remembered: prices, dates and increments repeat, names do not. */
const MAX_REMEMBERED = 10_000;

/**
 * Remembers what texts were read as. A deck of hundreds of thousands of rows has few different prices and dates: each is read
 * once, and one value of it is kept.
 */
export class Memo<T> {
  private readonly values = new Map<string, T>();

  /** What the text was read as, or is by `read` now. */
  get(text: string, read: () => T): T {
    const known = this.values.get(text);
    if (known !== undefined) return known;
    const value = read();
    if (this.values.size < MAX_REMEMBERED) this.values.set(text, value);
    return value;
  }
}
