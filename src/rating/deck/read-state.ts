import { type Cell, cleanCell } from './cell.ts';

/** `blocked`: calls there are refused, so they have no price. `closed`: the row ends. */
export type RowState = 'open' | 'blocked' | 'closed';

const WORDS: Readonly<Record<RowState, readonly string[]>> = {
  open: [
    '',
    '-',
    'open',
    'new',
    'new code',
    'active',
    'current',
    'enabled',
    'unchanged',
    'no change',
    'same',
    'increase',
    'increased',
    'decrease',
    'decreased',
    'add',
    'added',
    'update',
    'updated',
    'changed',
    'change',
  ],
  blocked: [
    'blocked',
    'block',
    'forbidden',
    'barred',
    'rejected',
    'not available',
    'unavailable',
    'no service',
  ],
  closed: [
    'closed',
    'close',
    'code closed',
    'delete',
    'deleted',
    'remove',
    'removed',
    'discontinued',
    'ended',
    'expired',
    'inactive',
    'withdrawn',
    'cancelled',
    'canceled',
  ],
};
const states = new Map(
  Object.entries(WORDS).flatMap(([state, words]) => words.map((word) => [word, state as RowState] as const)),
);
const YES = new Set(['1', 'y', 'yes', 'true', 't', 'x']);
const NO = new Set(['', '0', 'n', 'no', 'false', 'f', '-']);

const wordOf = (text: string): string =>
  cleanCell(text)
    .toLowerCase()
    .replace(/[_\s]+/g, ' ');

/** What a column like Status or Change says of its row. */
export function readStatus(text: string): Cell<RowState> {
  const state = states.get(wordOf(text));
  if (state !== undefined) return { value: state };
  return {
    fault: `the status "${text}" is not one of New, Increase, Decrease, Unchanged, Closed or Blocked`,
  };
}

/** `blocked` or `closed` where a price should stand, null for anything else. */
export function readStateInPrice(text: string): RowState | null {
  const state = wordOf(text) === '' ? null : states.get(wordOf(text));
  return state === 'blocked' || state === 'closed' ? state : null;
}

/** Words of a sentence that may be about the end of its row: `code removed on Nov 1`. */
const ENDING =
  /\b(?:closed|deleted|removed|discontinued|expired|withdrawn|cancell?ed|blocked|barred|forbidden|unavailable|not available|no service)\b/;

/** True where a text beside the prices says, or may say, that its row ends or is blocked. */
export function saysEnded(text: string): boolean {
  return readStateInPrice(text) !== null || ENDING.test(wordOf(text));
}

/** Yes or no; `ifEmpty` where nothing is said. */
export function readFlag(text: string, name: string, ifEmpty: boolean): Cell<boolean> {
  const word = wordOf(text);
  if (word === '') return { value: ifEmpty };
  if (YES.has(word)) return { value: true };
  if (NO.has(word)) return { value: false };
  return { fault: `${name} "${text}" is neither yes nor no` };
}
