import { type Logger, pino } from 'pino';
import { foldRepeats } from './fold-repeats.ts';
import { currentTrace } from './trace.ts';

export type { Logger };

/**
 * Every line is built of named fields: primitives, and small plain objects or lists of them. An object of any other
 * kind (a request, a response, a client) is replaced by its class name, because what a library hangs on it is unknown
 * here and may hold headers, tokens or people's texts. Errors keep the fields that `describeError` names.
 */
const WITHHELD_NAMES =
  /^(headers|rawHeaders|req|res|request|response|body|rawBody|cookie|authorization|.*(password|secret|token|signature|credential|encrypted))$|^(response|reply|action|hook)_?url$/i;

/**
 * Secrets and personal facts that stand inside a text, such as a library's error message: the kind stays readable, the rest
 * does not. A phone number is masked as far as it can be told from an id: by its plus.
 */
const SECRET_TEXTS: readonly [RegExp, string][] = [
  [/\b(xox[a-z]-|xapp-|(?:sk|rk|pk)_(?:live|test)_|whsec_|rk_)[\w-]{4,}/g, '$1[removed]'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{4,}/gi, '$1 [removed]'],
  [/(:\/\/)[^\s/@]+@/g, '$1[removed]@'],
  [/(hooks\.slack\.com\/)\S+/g, '$1[removed]'],
  [/\b(CHECK *)[2-9A-Z]{4}\b/g, '$1[removed]'],
  [/\+[1-9]\d{6,14}/g, '+[removed]'],
  [/[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}\b/gi, '[removed]@'],
];

const MAX_TEXT = 1_000;
const MAX_STACK = 4_000;
const MAX_DEPTH = 4;
const MAX_ITEMS = 30;
const WITHHELD = '[removed]';

/**
 * The process's logger: JSON lines on standard error, so that standard output stays for people. A warning or an error that
 * comes again and again is written once, and then once a minute with how often it came (`repeated`).
 */
export function createLogger(level: string, destination?: { write(line: string): void }): Logger {
  const fold = foldRepeats(describeForFolding);
  return pino(
    {
      level,
      hooks: {
        logMethod(args, method, level) {
          const [first, ...rest] = args.map((each: unknown) =>
            typeof each === 'string' ? cleanText(each, MAX_TEXT) : each,
          );
          fold.call(this, [first as object, ...(rest as [])], method, level);
        },
      },
      // Under which request, job or sweep a line was written.
      mixin: () => ({ ...currentTrace() }),
      formatters: { log: (fields) => describeFields(fields, 0) },
      // The fields come out of the formatter as they are to be written.
      serializers: { err: (value: unknown) => value },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

function describeFields(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .slice(0, MAX_ITEMS)
      .map(([name, value]) => [name, WITHHELD_NAMES.test(name) ? withhold(value) : describe(value, depth)]),
  );
}

/** That a secret is missing is worth knowing; what it is, never. */
function withhold(value: unknown): unknown {
  return value === undefined || value === null || value === '' ? value : WITHHELD;
}

function describe(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value, MAX_TEXT);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? '[function]' : value;
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (depth >= MAX_DEPTH) return '[…]';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => describe(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return describeFields(value, depth + 1);
  return `[${value.constructor.name}]`;
}

/** Fields of errors that say what went wrong and hold no secret: codes and states of Node, PostgreSQL, Stripe, Slack. */
const ERROR_FIELDS = [
  'code',
  'statusCode',
  'syscall',
  'address',
  'port',
  'constraint',
  'severity',
  'requestId',
  'decline_code',
  'retryAfter',
];

function describeError(error: Error, depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    type: error.name,
    message: cleanText(error.message, MAX_TEXT),
    stack: cleanText(error.stack ?? '', MAX_STACK),
  };
  for (const name of ERROR_FIELDS) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'string' || typeof value === 'number') fields[name] = describe(value, depth);
  }
  const slackError = readPath(error, ['data', 'error']);
  if (typeof slackError === 'string') fields.slackError = cleanText(slackError, MAX_TEXT);
  const sqlState = readPath(error, ['meta', 'driverAdapterError', 'cause', 'originalCode']);
  if (typeof sqlState === 'string') fields.sqlState = sqlState;
  const details = Reflect.get(error, 'details') as unknown;
  if (error.name === 'RefillError' && typeof details === 'object' && details !== null)
    fields.details = describe({ ...details }, depth);
  if (error.cause instanceof Error && depth < MAX_DEPTH) fields.cause = describeError(error.cause, depth + 1);
  return fields;
}

/** What makes two lines the same one: all that they say, but where in the code and for whom. */
function describeForFolding(fields: unknown): string {
  const described = typeof fields === 'object' && fields !== null ? describe(fields, 0) : fields;
  return JSON.stringify(described, (name, value: unknown) => (name === 'stack' ? undefined : value));
}

function readPath(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined),
    value,
  );
}

function cleanText(text: string, limit: number): string {
  const short = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return SECRET_TEXTS.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), short);
}
