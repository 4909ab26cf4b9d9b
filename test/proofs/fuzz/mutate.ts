import { isObject, type Json } from '../../../src/stand-ins/local-workspace/blocks/index.ts';
import type { Chance } from '../simulate/chance.ts';

const LONG = 64 * 1024;

const TEXTS: readonly [string, ...string[]] = [
  '',
  ' ',
  'null',
  'a\u0000b',
  '\u0000',
  '\ud800',
  'x\udc00y',
  '\u202eSan Francisco\u202c',
  'שלום، مرحبا',
  '👨‍👩‍👧'.repeat(50),
  'é'.repeat(3_001),
  'x'.repeat(256),
  'x'.repeat(LONG),
  '9'.repeat(400),
  '__proto__',
  'constructor',
  '../../etc/passwd',
  "'; DROP TABLE entry; --",
  '%00%ff',
  '<!channel> <@U0ANA00001> *bold* `code`',
  '{"a":1}',
  '=HYPERLINK("http://x")',
  '\ufeff',
  'NaN',
  '1e400',
  '-0',
  '٣٤٫٥',
  '１２．５',
  '$1,000.00',
  '99999999999999999999.99',
  '0.0000001',
  '2026-02-30',
  '0000-00-00T00:00:00Z',
  '+999999999999999Z',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '9999-12-31T23:59:59.999Z',
  '2026-11-20T09:30:00+99:99',
  'anonymous',
  '+0',
  '+1',
  '911',
  'U0ANA00001',
];

const NUMBERS: readonly [number, ...number[]] = [
  0,
  -0,
  -1,
  0.1,
  1e-7,
  1e15,
  1e21,
  1e308,
  -1e308,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  2 ** 64,
  604_800,
  604_800.000_001,
  8.64e15,
  8.64e15 + 1,
];

/** A text that is seldom sent. */
export function oddText(chance: Chance): string {
  return chance.pick(TEXTS);
}

function oddValue(chance: Chance): unknown {
  const deep = (): unknown => Array.from({ length: 200 }).reduce<unknown>((inner) => [inner], 'deep');
  const kinds: readonly [() => unknown, ...(() => unknown)[]] = [
    () => oddText(chance),
    () => oddText(chance),
    () => chance.pick(NUMBERS),
    () => chance.pick(NUMBERS),
    () => null,
    () => chance.oneIn(2),
    () => [],
    () => ({}),
    () => [null],
    () => ({ toString: 'x', length: -1 }),
    () => Array.from({ length: 1_001 }, () => 1),
    deep,
  ];
  return chance.pick(kinds)();
}

interface Place {
  holder: Json | unknown[];
  key: string | number;
}

function placesIn(value: unknown, keeps: ReadonlySet<string>): Place[] {
  const isList = Array.isArray(value);
  if (!isList && !isObject(value)) return [];
  const entries: [string | number, unknown][] = isList ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]) =>
    keeps.has(String(key)) ? [] : [{ holder: value, key }, ...placesIn(inner, keeps)],
  );
}

/**
 * A copy of what is valid with one to three mistakes in it: a value of another type or size, a field that is missing or that nothing
 * knows. `keeps` says which fields stay as they are, by their names.
 */
export function mutate<T>(valid: T, chance: Chance, keeps: ReadonlySet<string> = new Set()): T {
  const copy = structuredClone(valid);
  for (let left = chance.between(1, 3); left > 0; left -= 1) {
    const places = placesIn(copy, keeps);
    const place = places[chance.between(0, places.length - 1)];
    if (place === undefined) return copy;
    changeAt(place, chance);
  }
  return copy;
}

function changeAt({ holder, key }: Place, chance: Chance): void {
  const old: unknown = Reflect.get(holder, key);
  const turn = chance.between(0, 6);
  if (turn === 0) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else Reflect.deleteProperty(holder, key);
  } else if (turn === 1) {
    if (Array.isArray(holder)) holder.push(oddValue(chance));
    else define(holder, oddText(chance).slice(0, 300), oddValue(chance));
  } else define(holder, key, replace(old, turn, chance));
}

function replace(old: unknown, turn: number, chance: Chance): unknown {
  if (turn === 2) return typeof old === 'string' ? `${old}${oddText(chance)}` : [old];
  if (turn === 3) return typeof old === 'number' ? chance.pick(NUMBERS) : oddText(chance);
  return oddValue(chance);
}

/** A property of that name, whatever the name is: `__proto__`, too. */
function define(holder: object, key: string | number, value: unknown): void {
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
}

/** Bytes as they arrive over a bad line, or from a bad program: cut off, changed, doubled, of another encoding. */
export function damage(body: Buffer, chance: Chance): Buffer {
  const at = chance.between(0, Math.max(0, body.length - 1));
  switch (chance.between(0, 6)) {
    case 0:
      return body.subarray(0, at);
    case 1:
      return Buffer.concat([body, body]);
    case 2:
      return Buffer.concat([body.subarray(0, at), Buffer.from([0xff, 0xfe, 0x00]), body.subarray(at)]);
    case 3:
      return Buffer.alloc(0);
    case 4:
      return Buffer.from(body.toString('utf8'), 'utf16le');
    case 5:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]);
    default: {
      const copy = Buffer.from(body);
      if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << chance.between(0, 7));
      return copy;
    }
  }
}

/** JSON as programs write it that are wrong about numbers, too: JavaScript itself writes none of these. */
export function writeJson(value: unknown, chance: Chance): string {
  const text = JSON.stringify(value) ?? 'null';
  if (!chance.oneIn(12)) return text;
  const odd = chance.pick([
    '1e999',
    '-1e999',
    '123456789012345678901234567890',
    '0.1000000000000000055',
    'NaN',
  ]);
  return text.replace(/(?<=:)-?\d+(\.\d+)?(?=[,}\]])/, odd);
}
