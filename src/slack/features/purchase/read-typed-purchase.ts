import { type AmountFault, type Money, parseDollars } from '../../../money.ts';
import type { Scope } from '../../../org/index.ts';

/** Credits that can be bought, as people call them. */
interface NamedScope {
  scope: Scope;
  label: string;
}

/** What was typed after `/credits add`; `unknown`: words that name no credits of this person's. */
export type TypedPurchase =
  | { amount: Money | null; scope: Scope | null }
  | { fault: AmountFault; typed: string }
  | { unknown: string };

const CURRENCY = /^(?:dollars?|usd|bucks)(?:\s+|$)/i;
const PREPOSITION = /^(?:for|to|in|at)\s+/i;

/** Whether a word begins an amount: `50`, `$50`, `-5`. */
export function isLikeAmount(word: string): boolean {
  return /^[-−+]?(?:us\$|usd\$?|\$)?\p{Nd}/iu.test(word);
}

/**
 * Reads `50`, `50 New York`, `$1 000 for New York`, `New York 50` or `New York`. An office is never guessed: only its whole
 * name counts, in whatever case; a name that several have leaves the choice open (`scope` null).
 */
export function readTypedPurchase(text: string, scopes: readonly NamedScope[]): TypedPurchase {
  const words = text.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return { amount: null, scope: null };
  const named = namedIn(words.join(' '), scopes);
  if (named !== null) return { amount: null, ...named };
  const [first, last] = [amountsFirst(words), amountsLast(words)];
  for (const { amount, rest } of [...first, ...last]) {
    const found = namedIn(rest, scopes);
    if (found !== null) return { amount, ...found };
  }
  const likeliest = first.at(-1) ?? last[0];
  if (likeliest !== undefined) return { unknown: likeliest.rest };
  const [word = ''] = words;
  const read = parseDollars(word);
  return 'fault' in read && isLikeAmount(word)
    ? { fault: read.fault, typed: word }
    : { fault: 'not-a-number', typed: words.join(' ') };
}

/**
 * Reads `50 New York, 30 Boston`: an amount and an office in each part. Null where the text is no such list, so that
 * `1,000` and `Boston, MA` are read as ever.
 */
export function readTypedLines(
  text: string,
  scopes: readonly NamedScope[],
): { scope: Scope; amount: Money }[] | null {
  const parts = text.split(/\s*[,;]\s+|\s+and\s+/).filter((part) => part !== '');
  if (parts.length < 2) return null;
  const lines = parts.flatMap((part) => {
    const read = readTypedPurchase(part, scopes);
    return 'amount' in read && read.amount !== null && read.scope !== null
      ? [{ scope: read.scope, amount: read.amount }]
      : [];
  });
  return lines.length === parts.length ? lines : null;
}

interface Reading {
  amount: Money;
  rest: string;
}

/** The amount stands first, in as many words as it takes, or as few: `1 000 Main Street`. */
function amountsFirst(words: readonly string[]): Reading[] {
  return words.flatMap((_, index) => {
    const amount = readAmount(words.slice(0, index + 1));
    return amount === null ? [] : [{ amount, rest: withoutFiller(words.slice(index + 1).join(' ')) }];
  });
}

function amountsLast(words: readonly string[]): Reading[] {
  return words.slice(1).flatMap((_, index) => {
    const amount = readAmount(words.slice(index + 1));
    return amount === null ? [] : [{ amount, rest: withoutFiller(words.slice(0, index + 1).join(' ')) }];
  });
}

/** One word, or thousands that are set apart: `1 000`. */
function readAmount(words: readonly string[]): Money | null {
  const isGrouped = words.slice(1).every((word) => /^\p{Nd}{3}(?:\.\p{Nd}+)?$/u.test(word));
  const read = parseDollars(words.join(' '));
  return isGrouped && 'amount' in read ? read.amount : null;
}

const withoutFiller = (text: string): string => text.replace(CURRENCY, '').replace(PREPOSITION, '').trim();

/** The credits with this name; no name at all names none; null: nobody has it. */
function namedIn(name: string, scopes: readonly NamedScope[]): { scope: Scope | null } | null {
  if (name === '') return { scope: null };
  const found = scopes.filter(({ label }) => fold(label) === fold(name));
  const [only] = found;
  if (only === undefined) return null;
  return { scope: found.length === 1 ? only.scope : null };
}

/** Without case, accents and marks, as people type names. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}“”„«»"'’*`.,]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}
