import { describeDamage } from '../../tables/index.ts';
import { isCallingCode, splitCallingCode } from '../places/places.ts';
import { type Cell, cleanCell } from './cell.ts';
import type { DeckKind } from './deck.ts';

interface Wanted {
  kind: DeckKind;
  /** The column holds what follows +1. */
  isNpanxx: boolean;
  /** The operator has looked at prefixes that are longer than any, or end in `.0`. */
  force: boolean;
}

const ANY = new Set(['', '*', 'any', 'all', 'default']);
/** No deck distinguishes further; longer ones are whole numbers. */
const MAX_BELIEVED = 12;
const MAX_DIGITS = 15;
const MAX_RANGE = 10_000;
const BETWEEN_PREFIXES = /[;,|/\n]+/;
const BETWEEN_ENDS = /\s*(?:[-–—]|\bto\b)\s*/i;

/**
 * The prefixes in a cell, digits with a country code: one, however it is grouped (`+44 20`, `0044-20`, `1 (201) 202`), a
 * list (`4420;4421`, `4474 4475`) or a range (`44207-44209`); `''` for every number. What could be read in two ways is a fault.
 * Applies R18.7.
 */
export function readPrefixes(text: string, wanted: Wanted): Cell<string[]> {
  const written = cleanCell(text);
  if (written === '' && (wanted.kind === 'call' || wanted.kind === 'local'))
    return { fault: 'the prefix is missing' };
  if (ANY.has(written.toLowerCase())) return { value: [''] };
  const damage = describeDamage(written, 'price');
  if (damage !== null) return { fault: `the prefix "${text}" ${damage}` };
  const isDecimal = /^\d+\.0+$/.test(written);
  if (isDecimal && !wanted.force)
    return {
      fault: `the prefix "${text}" was made a number by a spreadsheet: import it with --force if it is meant`,
    };
  const plain = isDecimal ? written.replace(/\.0+$/, '') : written;
  if (wanted.isNpanxx) return readNpanxx(plain, text);
  const parts = splitList(plain);
  const prefixes: string[] = [];
  for (const part of parts) {
    const read = readPart(part, text);
    if ('fault' in read) return read;
    prefixes.push(...read.value);
  }
  return judge(prefixes, text, { ...wanted, isList: parts.length > 1 });
}

/** Parts between separators; spaces separate too where all parts are of one country and longer than its code. */
function splitList(plain: string): string[] {
  const parts = plain.split(BETWEEN_PREFIXES).map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .flatMap((part) => {
      const words = part.split(/\s+/);
      const codes = words.map((word) =>
        /^\+?\d+$/.test(word) ? splitCallingCode(word.replace('+', '')) : null,
      );
      const [first] = codes;
      const isList = codes.every((code) => code !== null && code[0] === first?.[0] && code[1] !== '');
      return words.length > 1 && isList ? words : [part];
    });
}

function readPart(part: string, text: string): Cell<string[]> {
  const ends = part.split(BETWEEN_ENDS).map(withoutExit);
  const [from = '', to = ''] = ends;
  if (ends.length === 2 && from.length === to.length && /^\d+$/.test(from) && /^\d+$/.test(to)) {
    if (isCallingCode(from)) {
      // 93-70 is Kabul; 44-49 may be a range of countries or a number's beginning.
      if (to <= from) return { value: [from + to] };
      return {
        fault: `the prefix "${text}" may be a range or one prefix: write ${from}${to}, or a row for each`,
      };
    }
    return readRange(from, to, text);
  }
  return readGroups(part, text);
}

function readRange(from: string, to: string, text: string): Cell<string[]> {
  const [first, last] = [Number(from), Number(to)];
  const size = last - first + 1;
  if (size < 1 || size > MAX_RANGE)
    return {
      fault: `the range "${text}" does not go from a smaller prefix to one at most ${MAX_RANGE} further`,
    };
  return {
    value: Array.from({ length: size }, (_, step) => String(first + step).padStart(from.length, '0')),
  };
}

/** One prefix in groups: only a country code may stand apart from the rest, as in `44 20` or `1 (201) 202`. */
function readGroups(part: string, text: string): Cell<string[]> {
  const plain = withoutExit(part);
  const groups = plain.split(/[\s().-]+/).filter((group) => group !== '');
  const isPlain = groups.length > 0 && groups.every((group) => /^\d+$/.test(group));
  if (!isPlain) return notDigits(text);
  if ((groups.length > 1 && !isCallingCode(groups[0] ?? '')) || mayBeSeveral(groups, plain))
    return {
      fault: `the prefix "${text}" may be one prefix or several: write one without spaces, or a list like 4420;4421`,
    };
  return { value: [groups.join('')] };
}

/** True where a country code comes again (`1 204 1 306`), or what follows it counts on (`44 20 21`, `44 20-29`). */
function mayBeSeveral([code, ...rest]: readonly string[], plain: string): boolean {
  if (rest.slice(1).includes(code ?? '')) return true;
  const [before, last] = [rest.at(-2) ?? '', rest.at(-1) ?? ''];
  if (before.length !== last.length || before >= last) return false;
  const isRange = /[\s()]\d+\s*-\s*\d+$/.test(plain);
  // Brackets tell an area code from its exchange: 1 (201) 202.
  if (/\(\d+\)\s*\d+$/.test(plain)) return false;
  return isRange || rest.every((group, at) => at === 0 || Number(group) === Number(rest[at - 1]) + 1);
}

function withoutExit(part: string): string {
  return part.trim().replace(/^\+|^00/, '');
}

function notDigits(text: string): { fault: string } {
  return { fault: `the prefix "${text}" is not a number's beginning: write its digits, like 4420` };
}

function judge(
  prefixes: readonly string[],
  text: string,
  { force, isList }: { force: boolean; isList: boolean },
): Cell<string[]> {
  const [first] = prefixes;
  if (first === undefined) return notDigits(text);
  for (const prefix of prefixes) {
    if (prefix.startsWith('0'))
      return { fault: `the prefix "${text}" begins with 0: it begins with a country code, like 44` };
    if (prefix.length > MAX_DIGITS || (prefix.length > MAX_BELIEVED && !force)) {
      const remedy = prefix.length > MAX_DIGITS ? '' : ': import it with --force if it is meant';
      return { fault: `the prefix "${text}" has ${prefix.length} digits, more than any deck needs${remedy}` };
    }
    if (isList && splitCallingCode(prefix)[0] !== splitCallingCode(first)[0])
      return {
        fault: `the list "${text}" has prefixes of several countries: write each with its country code, a row a country`,
      };
  }
  return { value: [...new Set(prefixes)] };
}

/** Three digits of an area code, or six with the exchange; with or without the 1 before them. */
function readNpanxx(plain: string, text: string): Cell<string[]> {
  const digits = plain.replace(/[\s().-]/g, '').replace(/^\+?1(?=\d{3}(?:\d{3})?$)/, '');
  if (/^[2-9]\d{2}(?:\d{3,4})?$/.test(digits)) return { value: [`1${digits}`] };
  return { fault: `"${text}" is no area code and exchange: write six digits like 212555` };
}
