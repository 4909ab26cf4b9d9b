/** What identifies a person, as it may stand in stored texts. */
export interface PersonalFacts {
  names: readonly string[];
  emails: readonly string[];
  slackIds: readonly string[];
  /** E.164. */
  numbers: readonly string[];
}

/** Which kinds of facts a pattern is of. */
export type FactKind = keyof PersonalFacts;

const ALL_KINDS: readonly FactKind[] = ['names', 'emails', 'slackIds', 'numbers'];

/** A pattern that matches nothing. */
const NOTHING = '(?!)';

/**
 * A regular expression of PostgreSQL (to be matched without regard to case) for the facts of these kinds: as whole words, as they
 * stand in a text, in JSON, or in a row as text; numbers also with blanks, dots, dashes and brackets among their digits.
 */
export function patternOf(facts: PersonalFacts, kinds: readonly FactKind[] = ALL_KINDS): string {
  const parts = kinds.flatMap((kind) =>
    facts[kind].flatMap(kind === 'numbers' ? numberPattern : wordPatterns),
  );
  return parts.length === 0 ? NOTHING : [...new Set(parts)].join('|');
}

function wordPatterns(text: string): string[] {
  const inJson = JSON.stringify(text).slice(1, -1);
  return [...new Set([text, inJson])].map((form) => `(?<![[:alnum:]])${escapePattern(form)}(?![[:alnum:]])`);
}

/** `+14155550100`, `14155550100`, `+1 (415) 555-0100` and, of the North American plan, `(415) 555-0100`. */
function numberPattern(number: string): string[] {
  const digits = number.replace(/\D/g, '');
  const between = '[-. ()]{0,3}';
  const spread = (text: string): string => [...text].join(between);
  const isNorthAmerican = digits.length === 11 && digits.startsWith('1');
  const body = isNorthAmerican ? `(?:1${between})?${spread(digits.slice(1))}` : spread(digits);
  return [`(?<![0-9])[+]?[(]?${body}(?![0-9])`];
}

const escapePattern = (text: string): string => text.replace(/[^\p{L}\p{N} ]/gu, (mark) => `\\${mark}`);
