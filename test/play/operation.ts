import { z } from 'zod';
import { dollars } from '../../src/money.ts';

const amount = z
  .string()
  .regex(/^\d{1,7}(\.\d{1,6})?$/, 'is an amount of dollars as a string, e.g. "12.50"')
  .transform((text) => dollars(text));
const instant = z.iso
  .datetime({ message: 'is a time in UTC, e.g. "2026-11-03T10:00:00Z"' })
  .transform((text) => new Date(text));
const name = z.string().min(1).max(60);
const office = name.nullable().optional();
const kind = z.enum(['general', 'calling', 'ai']);
const usageClass = z.enum(['calls', 'ai']);
/** Its idempotency key; the line's number unless told. */
const id = name.optional();

const facts = {
  office,
  class: usageClass.optional(),
  category: name.optional(),
  direction: z.enum(['inbound', 'outbound']).optional(),
  at: instant.optional(),
  seconds: z.int().nonnegative().optional(),
  version: z.int().nonnegative().optional(),
};

/** What a line may say, as docs/ledger-play.md documents it. */
const operation = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('clock'), at: instant }),
  z.strictObject({
    op: z.literal('company'),
    offices: z.array(name).min(1),
    primary: name.optional(),
    pooled: z.boolean().default(false),
  }),
  z.strictObject({
    op: z.literal('grant'),
    name,
    kind,
    amount,
    office,
    from: instant.optional(),
    until: instant.optional(),
  }),
  z.strictObject({ op: z.literal('use'), key: name, cost: amount, force: z.boolean().optional(), ...facts }),
  z.strictObject({ op: z.literal('correct'), key: name, cost: amount.optional(), id, ...facts }),
  z.strictObject({
    op: z.literal('refund'),
    key: name,
    amount: amount.optional(),
    keepLapsed: z.boolean().optional(),
    id,
  }),
  z.strictObject({
    op: z.literal('hold'),
    hold: name,
    amount,
    until: instant,
    office,
    class: usageClass.default('calls'),
  }),
  z.strictObject({ op: z.literal('extend'), hold: name, amount, until: instant }),
  z.strictObject({ op: z.literal('settle'), hold: name, key: name, cost: amount, ...facts }),
  z.strictObject({ op: z.literal('release'), hold: name }),
  z.strictObject({ op: z.literal('expire') }),
  z.strictObject({ op: z.literal('lapse') }),
  z.strictObject({ op: z.literal('reverse'), name, amount: amount.optional(), id }),
  z.strictObject({
    op: z.literal('scope'),
    pooled: z.boolean(),
    allocation: z.record(name, amount).default({}),
    id,
  }),
  z.strictObject({ op: z.literal('read'), at: instant.optional() }),
]);

/** One line's operation. */
export type Operation = z.output<typeof operation>;
/** The operation of one name. */
export type OperationOf<Name extends Operation['op']> = Extract<Operation, { op: Name }>;

/** A line that cannot be played; the message says in words which and why. Line 0: the file as a whole. */
export class PlayFault extends Error {
  constructor(line: number, why: string) {
    super(line === 0 ? why : `line ${line}: ${why}`);
  }
}

/**
 * Reads NDJSON, one operation a line; empty lines and lines that begin with `#` are passed over.
 * Throws PlayFault for the first line that is none.
 */
export function readOperations(text: string): { line: number; operation: Operation }[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = index + 1;
    if (raw.trim() === '' || raw.trimStart().startsWith('#')) return [];
    const parsed = operation.safeParse(parseJson(raw, line));
    if (parsed.success) return [{ line, operation: parsed.data }];
    const why = parsed.error.issues.map(({ path, message }) => [path.join('.'), message].join(' ').trim());
    throw new PlayFault(line, why.join('; '));
  });
}

function parseJson(raw: string, line: number): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    throw new PlayFault(line, 'is not a JSON object');
  }
}
