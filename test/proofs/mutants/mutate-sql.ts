import type { Mutation } from './mutation.ts';

const SWAPS: readonly (readonly [operator: string, pattern: RegExp, swap: (found: string) => string])[] = [
  [
    'boundary',
    /(?<![<>=:|-])(?:<=|>=|<|>)(?![<>=])/g,
    (sign) => (sign.length === 1 ? `${sign}=` : sign.charAt(0)),
  ],
  ['equality', /(?<![<>=:!])=(?![>=])|<>/g, (sign) => (sign === '=' ? '<>' : '=')],
  ['arithmetic', /(?<= )[+-](?= )/g, (sign) => (sign === '+' ? '-' : '+')],
  ['logic', /\b(?:AND|OR)\b(?! REPLACE)/g, (word) => (word === 'AND' ? 'OR' : 'AND')],
  ['least or greatest', /\b(?:least|greatest)(?=\()/g, (name) => (name === 'least' ? 'greatest' : 'least')],
  ['null', /\bIS (?:NOT )?NULL\b/g, (test) => (test === 'IS NULL' ? 'IS NOT NULL' : 'IS NULL')],
  ['order', /\b(?:ASC|DESC)\b/g, (word) => (word === 'ASC' ? 'DESC' : 'ASC')],
];
/** What ends a condition that is joined by AND, at its own depth. */
const END_OF_CONDITION =
  /,|(?<!\w)(?:AND|OR|THEN|LOOP|WHEN|ELSE|END|ORDER|GROUP|RETURNING|FOR|LIMIT|LEFT|JOIN|UNION|ON|FROM)\b/y;
const COMMA = /,/y;
const NOTHING = /(?!)/y;

/** Every mutation of a file of SQL functions; none in comments, texts, messages and declarations of types. */
export function mutateSql(file: string, source: string): Mutation[] {
  const code = blankOut(source);
  const swaps = SWAPS.flatMap(([operator, pattern, swap]) =>
    [...code.matchAll(pattern)].map(({ index, 0: found }) => ({
      file,
      start: index,
      end: index + found.length,
      replacement: swap(found),
      operator,
    })),
  );
  return [...swaps, ...dropConditions(file, code), ...dropDefaults(file, source, code)].toSorted(
    (a, b) => a.start - b.start,
  );
}

/** The source with comments, texts and messages as spaces, so that places stay what they are. */
function blankOut(source: string): string {
  return source.replace(/--[^\n]*|'(?:[^']|'')*'|RAISE [^;]*;/g, (text) => text.replace(/[^\n]/g, ' '));
}

/** `… AND this`: without it. */
function dropConditions(file: string, code: string): Mutation[] {
  return [...code.matchAll(/\bAND\b/g)].map(({ index }) => ({
    file,
    start: index,
    end: endOf(code, index + 3, END_OF_CONDITION),
    replacement: '',
    operator: 'removed condition',
  }));
}

/** `coalesce(this, that)`: this alone. */
function dropDefaults(file: string, source: string, code: string): Mutation[] {
  return [...code.matchAll(/\bcoalesce\(/g)].map(({ index, 0: { length } }) => {
    const comma = endOf(code, index + length, COMMA);
    return {
      file,
      start: index,
      end: endOf(code, index + length, NOTHING) + 1,
      replacement: `(${source.slice(index + length, comma)})`,
      operator: 'removed default',
    };
  });
}

/** Where the expression that begins at `from` ends: at `end`, a semicolon, or the bracket that encloses it. */
function endOf(code: string, from: number, end: RegExp): number {
  let depth = 0;
  for (let at = from; at < code.length; at += 1) {
    const sign = code.charAt(at);
    end.lastIndex = at;
    if (sign === ';' || (depth === 0 && (/[)\]]/.test(sign) || end.test(code)))) return at;
    if (/[([]/.test(sign)) depth += 1;
    if (/[)\]]/.test(sign)) depth -= 1;
  }
  return code.length;
}
