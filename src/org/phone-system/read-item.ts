import { z } from 'zod';
import { storableText } from '../../outside-text.ts';

const oddItem = z.object({
  /** Of the phone system's lists. */
  list: z.enum(['offices', 'departments', 'people', 'numbers']),
  /** Its id or number, else where it stands: `#3`. */
  item: z.string(),
  /** What is wrong, and what was done instead. */
  why: z.string(),
  /** It was left out whole. */
  isSkipped: z.boolean(),
});

/** What a sync stored of odd items, as it is read back. */
export const oddItems = z.array(oddItem);

/** Something that the phone system lists and that could not be taken in as it stands. */
export type OddItem = z.output<typeof oddItem>;
export type DirectoryList = OddItem['list'];

/** An item's fields by name, as the phone system sent them. */
export type RawItem = Readonly<Record<string, unknown>>;

const MAX_NAME_LENGTH = 200;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const MAX_EMAIL_LENGTH = 320;

/** A 64-bit id, as text; null for everything else. A number that a double may have rounded is none. */
export function readId(value: unknown): string | null {
  if (typeof value === 'string') return /^\d{1,20}$/.test(value) ? value : null;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
}

/**
 * Reads one item field by field: a field that is not what it should be counts as absent, and is noted, so that it costs
 * nothing but itself.
 */
export class ItemParser {
  readonly #item: RawItem;
  readonly note: (why: string) => void;

  constructor(item: RawItem, note: (why: string) => void) {
    this.#item = item;
    this.note = note;
  }

  /** One line of text without what no database keeps, at most 200 characters; absent: ''. */
  text(name: string): string {
    const value = this.#item[name];
    if (value == null) return '';
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value !== 'string') {
      this.note(`${name} is not a text; left out`);
      return '';
    }
    return storableText(
      value
        .replace(/\p{Cc}+/gu, ' ')
        .trim()
        .slice(0, MAX_NAME_LENGTH),
    );
  }

  /** Another thing's id; absent: ''. */
  ref(name: string): string {
    const value = this.#item[name];
    if (value == null || value === '') return '';
    const id = readId(value);
    if (id === null) this.note(`${name} is not an id; left out`);
    return id ?? '';
  }

  flag(name: string): boolean {
    const value = this.#item[name];
    return value === true || value === 1 || (typeof value === 'string' && /^true$/i.test(value));
  }

  /** The first address that is one; absent: ''. */
  email(name: string): string {
    const value = this.#item[name];
    if (value == null) return '';
    const all = Array.isArray(value) ? (value as unknown[]) : [value];
    const good = all.find(
      (each): each is string =>
        typeof each === 'string' && each.length <= MAX_EMAIL_LENGTH && EMAIL.test(each.trim()),
    );
    if (good === undefined && all.length > 0) this.note(`${name} holds no e-mail address`);
    return good === undefined ? '' : storableText(good.trim());
  }

  /** The objects in a list; absent: none. */
  objects(name: string): RawItem[] {
    const value = this.#item[name];
    if (value == null) return [];
    if (!Array.isArray(value)) {
      this.note(`${name} is not a list; left out`);
      return [];
    }
    return value.filter(isRawItem);
  }
}

export function isRawItem(value: unknown): value is RawItem {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
