import { parseEnv } from 'node:util';
import { readTextFile } from './read-text-file.ts';

export interface DotEnv {
  values: Record<string, string>;
  /** What is wrong with the file, a sentence each, with the line it is about. */
  faults: string[];
}

/** Every setting of ours begins so; another name with it is a slip of the pen. */
const OWN_PREFIX = 'REFILL_';
const CURLY_QUOTES = /[\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb]/;
const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/;
/** A quoted value, and at most a comment after it. */
const QUOTED = /^(["'`])((?:(?!\1).)*)\1\s*(?:#.*)?$/;

/**
 * Reads the `.env` file of the working folder; without one there are neither values nor faults. Node's parser does the
 * reading, but it passes over what it does not understand (and with it the next line) and cuts an unquoted value at
 * `#`; so each line is checked here first.
 */
export function readDotEnv(path: string, ownNames: ReadonlySet<string>): DotEnv {
  const read = readTextFile(path);
  if ('fault' in read) return { values: {}, faults: read.isMissing ? [] : [`${path} ${read.fault}`] };
  const { text } = read;
  const faults = findFaults(text, ownNames).map((fault) => `${path} ${fault}`);
  const values = Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? '']);
  return { values: Object.fromEntries(values) as Record<string, string>, faults };
}

function findFaults(text: string, ownNames: ReadonlySet<string>): string[] {
  const seen = new Map<string, number>();
  return text.split(/\r\n|\r|\n/).flatMap((raw, index) => {
    const line = raw.trim();
    const number = index + 1;
    if (line === '' || line.startsWith('#')) return [];
    const [, name = '', value = ''] = ASSIGNMENT.exec(line) ?? [];
    if (name === '')
      return [`line ${number} is neither NAME=value, nor a comment that begins with #, nor empty`];
    const before = seen.get(name);
    seen.set(name, number);
    if (before !== undefined) return [`line ${number} sets ${name} again; line ${before} set it before`];
    if (name.startsWith(OWN_PREFIX) && !ownNames.has(name))
      return [`line ${number}: there is no setting ${name}`];
    const fault = faultOf(value.trim());
    return fault === null ? [] : [`line ${number} (${name}): ${fault}`];
  });
}

function faultOf(value: string): string | null {
  if (CURLY_QUOTES.test(value)) return 'the value has curly quotes; use straight ones, or none';
  if (/^["'`]/.test(value))
    return QUOTED.test(value) ? null : 'the quotes do not enclose the whole value on this line';
  if (value.includes('#')) return 'a value with # must be in quotes; a comment must be on a line of its own';
  return null;
}
