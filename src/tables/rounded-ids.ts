/** A spreadsheet keeps fifteen digits of a number; the others become zeros. */
const KEPT_DIGITS = 15;
const LONG_ID = /^\d{16,}$/;
/** So many zeros at an id's end are hardly ever its own; fewer are not where ids beside it have them, too. */
const MANY_ZEROS = 10;
const SOME_ZEROS = 6;
/** Zeros of different ids together that chance does not make, though ids may be multiples of large powers of two. */
const TELLING_ZEROS = 9;
const DIFFERENT_IDS = 50;
const MOSTLY = 0.9;

/**
 * Finds out whether ids of a column were rounded on their way through a spreadsheet: takes all of them, then says of each.
 * One alone that ends in a zero says nothing, so it is judged by those beside it.
 */
export class RoundedIds {
  private long = 0;
  private ending = 0;
  private withSomeZeros = 0;
  private readonly different = new Map<string, number>();

  take(id: string): void {
    if (!LONG_ID.test(id)) return;
    this.long += 1;
    const zeros = zerosOf(id);
    if (zeros >= SOME_ZEROS) this.withSomeZeros += 1;
    if (zeros < id.length - KEPT_DIGITS) return;
    this.ending += 1;
    if (this.different.size < DIFFERENT_IDS) this.different.set(id, id.length - KEPT_DIGITS);
  }

  /** Whether this id of the column was rounded, as far as the column shows. */
  isRounded(id: string): boolean {
    if (!LONG_ID.test(id)) return false;
    const zeros = zerosOf(id);
    if (zeros >= MANY_ZEROS) return true;
    if (zeros >= SOME_ZEROS && this.withSomeZeros > 1 + this.long / 5 ** SOME_ZEROS) return true;
    const sum = [...this.different.values()].reduce((a, b) => a + b, 0);
    const isColumn = this.ending >= this.long * MOSTLY && sum >= TELLING_ZEROS;
    return isColumn && zeros >= id.length - KEPT_DIGITS;
  }
}

/** What is said of an id that a spreadsheet rounded. */
export const ROUNDED_ID_FAULT =
  'ends in zeros where a spreadsheet rounded it, so that different ids become one: format the column as text';

function zerosOf(id: string): number {
  let zeros = 0;
  while (zeros < id.length && id[id.length - 1 - zeros] === '0') zeros += 1;
  return zeros;
}
