import type { FileRow } from './read-row.ts';

/**
 * The line of each key and date of a file. Within a kind, licence, direction, origin and date a prefix is held as a number:
 * a text for each of hundreds of thousands of rows would be most of an import's memory.
 */
export class RowPlaces {
  private readonly groups = new Map<string, Map<number, number>>();

  /** The line that has this key and date already; else null, and from now on this row's. */
  claim({ line, from, row }: FileRow): number | null {
    const { kind, licence, direction, origin, prefix } = row;
    const group = [from?.getTime() ?? '', kind, licence ?? '', direction ?? '', origin ?? ''].join('/');
    const places = this.groups.get(group) ?? new Map<number, number>();
    this.groups.set(group, places);
    // A 1 in front keeps an empty prefix apart; behind it the 15 digits that a prefix may have are held exactly.
    const place = Number(`1${prefix}`);
    const before = places.get(place);
    if (before !== undefined) return before;
    places.set(place, line);
    return null;
  }
}
