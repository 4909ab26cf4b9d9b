import type { NumberKey } from '../../number-key.ts';

/**
 * The keys of the vendor's usage (R23). The other party's number is part of them, as one call or text may have several, and
 * stands there by its code alone: a key is kept for ever, in books that are never changed.
 */
export function keyOfCall(id: string, external: string | null, numberKey: NumberKey): string {
  return `call:${id}:${codeOf(external, numberKey)}`;
}

/** The same of a message: one to a group is a usage for each number. */
export function keyOfMessage(id: string, external: string | null, numberKey: NumberKey): string {
  return `message:${id}:${codeOf(external, numberKey)}`;
}

/** The key under which an unreadable event waits: the same event is stored once. */
export function keyOfUnread(event: string, numberKey: NumberKey): string {
  return `unread:${numberKey.codeOf(event)}`;
}

function codeOf(number: string | null, numberKey: NumberKey): string {
  return number === null ? 'withheld' : numberKey.codeOf(number);
}
