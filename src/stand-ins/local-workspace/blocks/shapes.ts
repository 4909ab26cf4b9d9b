/**
 * The small vocabulary in which Block Kit's rules are written down. A `Check` looks at one JSON value and tells the
 * walk every fault it finds, each with the JSON pointer of the offending value and Slack's own wording for the reason.
 */

/** Where blocks are shown; what may be used depends on it. */
export type Surface = 'message' | 'modal' | 'home';

/** One reason why Slack would refuse the value at `pointer`. */
export interface Fault {
  reason: string;
  pointer: string;
}

/** What a check knows besides the value: the surface, and where to put its faults. */
export interface Walk {
  readonly surface: Surface;
  readonly faults: Fault[];
}

export type Json = Record<string, unknown>;
export type Check = (value: unknown, at: string, walk: Walk) => void;

/** A field of an object: its check, and whether it must be there. */
export interface Field {
  check: Check;
  required: boolean;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Counts characters as Slack does: code points, so that an emoji of one code point is one character. */
export const lengthOf = (text: string): number => {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
};

/** Tells the walk of one fault. */
export function fault(walk: Walk, reason: string, pointer: string): void {
  walk.faults.push({ reason, pointer });
}

export const required = (check: Check): Field => ({ check, required: true });
export const optional = (check: Check): Field => ({ check, required: false });

export const boolean: Check = (value, at, walk) => {
  if (typeof value !== 'boolean') fault(walk, 'must provide a boolean', at);
};

/** A string of min to max characters, both included. */
export const string =
  ({ min = 0, max = Number.POSITIVE_INFINITY, pattern, says }: StringRule = {}): Check =>
  (value, at, walk) => {
    if (typeof value !== 'string') return fault(walk, 'must provide a string', at);
    const length = lengthOf(value);
    if (length < min) fault(walk, `must be more than ${min - 1} characters`, at);
    else if (length > max) fault(walk, `must be less than ${max + 1} characters`, at);
    else if (pattern !== undefined && !pattern.test(value)) fault(walk, says ?? 'must be a valid value', at);
  };

export interface StringRule {
  min?: number;
  max?: number;
  pattern?: RegExp;
  /** Reason given when the pattern does not match. */
  says?: string;
}

/** An integer of min to max, both included. */
export const integer =
  (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  (value, at, walk) => {
    if (!Number.isSafeInteger(value)) return fault(walk, 'must provide an integer', at);
    if ((value as number) < min) fault(walk, `must be greater than ${min - 1}`, at);
    else if ((value as number) > max) fault(walk, `must be less than ${max + 1}`, at);
  };

export const finiteNumber: Check = (value, at, walk) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) fault(walk, 'must provide a number', at);
};

export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, at, walk) => {
    if (typeof value !== 'string' || !allowed.includes(value)) fault(walk, 'must be a valid enum value', at);
  };

/** A list of min to max items, each of which passes the check. */
export const list =
  (item: Check, { min = 0, max = Number.POSITIVE_INFINITY } = {}): Check =>
  (value, at, walk) => {
    if (!Array.isArray(value)) return fault(walk, 'must provide an array', at);
    if (value.length < min) fault(walk, `no fewer than ${min} items allowed`, at);
    if (value.length > max) return fault(walk, `no more than ${max} items allowed`, at);
    value.forEach((each, index) => {
      item(each, `${at}/${index}`, walk);
    });
  };

/** An object of exactly these fields; `also` are the rules between them, looked at when the fields themselves are fine. */
export const object =
  (fields: Record<string, Field>, ...also: Check[]): Check =>
  (value, at, walk) => {
    if (!isObject(value)) return fault(walk, 'must provide an object', at);
    const before = walk.faults.length;
    for (const [name, field] of Object.entries(fields)) {
      const given = value[name];
      if (given !== undefined && given !== null) field.check(given, `${at}/${name}`, walk);
      else if (field.required) fault(walk, `missing required field: ${name}`, at);
    }
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(fields, name)) fault(walk, `invalid additional property: ${name}`, at);
    }
    if (walk.faults.length === before) for (const rule of also) rule(value, at, walk);
  };

/** Chooses the check by the object's `type`; a type that is not in the table is refused. */
export const byType =
  (table: Readonly<Record<string, Check>>): Check =>
  (value, at, walk) => {
    if (!isObject(value)) return fault(walk, 'must provide an object', at);
    if (typeof value.type !== 'string') return fault(walk, 'missing required field: type', at);
    const check = Object.hasOwn(table, value.type) ? table[value.type] : undefined;
    if (check === undefined) return fault(walk, `unsupported type: ${value.type}`, `${at}/type`);
    check(value, at, walk);
  };
