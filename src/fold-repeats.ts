import type { LogFn, Logger, LoggerOptions } from 'pino';
import { MINUTE_MS } from './durations.ts';

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>;

/** From here on lines are folded: pino's number for `warn`. */
const WARN = 40;
/** Lines that are remembered at a time; beyond that each is written as it comes. */
const MAX_KNOWN = 500;

interface Repeats {
  count: number;
  /** Writes the line again, with how often it came. */
  write(count: number): void;
}

/**
 * Has a warning or an error that comes again within a minute counted instead of written; at the end of each minute in which
 * it came it is written once more, with `repeated`. `describe` says what of a line makes it the same one.
 */
export function foldRepeats(describe: (fields: unknown) => string): LogMethod {
  const known = new Map<string, Repeats>();
  const endMinute = (key: string, repeats: Repeats): void => {
    if (repeats.count === 0) return void known.delete(key);
    repeats.write(repeats.count);
    repeats.count = 0;
    startMinute(key, repeats);
  };
  const startMinute = (key: string, repeats: Repeats): void =>
    void setTimeout(() => endMinute(key, repeats), MINUTE_MS).unref();
  return function (this: Logger, args: Parameters<LogFn>, method: LogFn, level: number) {
    if (level < WARN) return method.apply(this, args);
    const [fields, message] = readArguments(args);
    const key = `${level} ${message} ${describe(fields)} ${JSON.stringify(this.bindings())}`;
    const before = known.get(key);
    if (before !== undefined) {
      before.count += 1;
      return;
    }
    method.apply(this, args);
    if (known.size >= MAX_KNOWN) return;
    const repeats = {
      count: 0,
      write: (count: number) => method.apply(this, [{ ...fields, repeated: count }, message]),
    };
    known.set(key, repeats);
    startMinute(key, repeats);
  };
}

/** `log.warn('message')` or `log.warn({ fields }, 'message')`. */
function readArguments(args: Parameters<LogFn>): [object, string] {
  const [first, second]: unknown[] = args;
  return typeof first === 'object' && first !== null ? [first, String(second ?? '')] : [{}, String(first)];
}
