import { z } from 'zod';
import { invalidParameter, type StripeFault } from './errors.ts';
import type { Form } from './read-form.ts';

/** Parameter types as forms carry them: everything arrives as text; an empty text means "none". */
export const text = z.string().max(5000);
/** Text that may be unset by an empty string. */
export const clearable = text.transform((value) => (value === '' ? null : value));

/** A whole number, e.g. an amount in cents. */
export const integer = z.string().transform((value, context) => {
  if (/^-?\d{1,15}$/.test(value)) return Number(value);
  context.addIssue({
    code: 'custom',
    message: `Invalid integer: ${value}`,
    params: { code: 'parameter_invalid_integer' },
  });
  return z.NEVER;
});

/** `true` or `false`. */
export const flag = z.string().transform((value, context) => {
  if (value === 'true' || value === 'false') return value === 'true';
  context.addIssue({ code: 'custom', message: `Invalid boolean: ${value}` });
  return z.NEVER;
});

/** Up to 50 keys of 40 characters with values of 500; an empty value removes its key. */
export const metadata = z.union([
  z.literal('').transform((): Record<string, string> => ({})),
  z
    .record(z.string().max(40), z.string().max(500))
    .refine((pairs) => Object.keys(pairs).length <= 50, 'Metadata can have up to 50 keys.'),
]);

/** Fields whose ids are to be replaced by the objects they name. */
export const expand = { expand: z.array(z.string()).optional() };

/** Paging parameters of every list. */
export const page = {
  limit: integer.optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
  ...expand,
};

/** When listed objects were created: `RangeQueryParam | number` of the SDK, in seconds. */
export const created = z
  .preprocess(
    (value) => (typeof value === 'string' ? { gte: value, lte: value } : value),
    z.strictObject({
      gt: integer.optional(),
      gte: integer.optional(),
      lt: integer.optional(),
      lte: integer.optional(),
    }),
  )
  .optional();

/** `amount` with the processor's smallest and largest charge in US dollars. */
export const amount = integer.superRefine((cents, context) => {
  if (cents < 1)
    context.addIssue({
      code: 'custom',
      message: 'This value must be greater than or equal to 1.',
      params: { code: 'parameter_invalid_integer' },
    });
  else if (cents < 50)
    context.addIssue({
      code: 'custom',
      message: 'Amount must be at least $0.50 usd',
      params: { code: 'amount_too_small' },
    });
  else if (cents > 99_999_999)
    context.addIssue({
      code: 'custom',
      message: 'Amount must be no more than $999,999.99',
      params: { code: 'amount_too_large' },
    });
});

/** US dollars, the one currency that is imitated. */
export const currency = z.string().transform((value, context) => {
  if (value.toLowerCase() === 'usd') return 'usd';
  context.addIssue({
    code: 'custom',
    message: `Invalid currency: ${value}. The card processor stand-in takes usd only.`,
  });
  return z.NEVER;
});

/** Parses a request's parameters; throws the processor's own 400 for the first thing that is wrong. */
export function readParams<S extends z.ZodType>(schema: S, form: Form): z.output<S> {
  const result = schema.safeParse(form);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw issue === undefined ? invalidParameter('', 'Invalid request.') : toFault(issue, form);
}

function toFault(issue: z.core.$ZodIssue, form: Form): StripeFault {
  const param = nameOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const name = nameOf([...issue.path, issue.keys[0] ?? '']);
    return invalidParameter(name, `Received unknown parameter: ${name}`, 'parameter_unknown');
  }
  if (valueAt(form, issue.path) === undefined) {
    return invalidParameter(param, `Missing required param: ${param}.`, 'parameter_missing');
  }
  if (issue.code === 'custom') {
    const code = issue.params?.code;
    return invalidParameter(param, issue.message, typeof code === 'string' ? code : undefined);
  }
  return invalidParameter(param, `Invalid ${param}: ${issue.message}`);
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (index === 0 ? String(part) : `[${String(part)}]`)).join('');
}

function valueAt(form: Form, path: readonly PropertyKey[]): unknown {
  let at: unknown = form;
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Reflect.get(at, part);
  }
  return at;
}

/** Metadata after an update: given keys replace, an empty value removes. */
export function mergeMetadata(
  before: Record<string, string>,
  change: Record<string, string> | undefined,
): Record<string, string> {
  const merged = { ...before, ...change };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}
