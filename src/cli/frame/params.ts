/**
 * What a command takes, declared once: the help, the check and the type of the value come from the same line. A reader
 * turns the text that was typed into a value and throws RefillError `bad-argument` with a sentence that names the
 * option; the frame collects these, so that an operator sees all mistakes of one call at once.
 */
import { RefillError } from '../../errors.ts';
import { type Money, parseDollars } from '../../money.ts';
import { faultOfDay } from '../../read-time.ts';
import type { CompanyRef } from './find-company.ts';

/** Turns typed text into a value; `name` is how the option is called on screen. */
export type ValueParser<T> = (text: string, name: string) => T;

export interface Param<T> {
  readonly kind: 'option' | 'flag' | 'argument' | 'company';
  /** As help shows it: `--amount <dollars>`, `<file>`, `--dry-run`. */
  readonly flags: string;
  readonly description: string;
  readonly isRequired: boolean;
  readonly isRepeated: boolean;
  /** Of a company: one that is closed is refused. */
  readonly refusesClosed?: boolean;
  /** What counts where nothing was typed. */
  readonly fallback: string | undefined;
  /** Reads what was typed; undefined where nothing was. */
  read(typed: unknown): T;
}

export type Params = Record<string, Param<unknown>>;
export type Values<P extends Params> = { [K in keyof P]: P[K] extends Param<infer T> ? T : never };

/** A required `--option <value>`. */
export function option<T>(flags: string, description: string, reader: ValueParser<T>): Param<T> {
  const name = flags.split(' ')[0] ?? flags;
  return {
    ...base('option', flags, description),
    isRequired: true,
    read: (typed) => reader(requireText(typed, name), name),
  };
}

/** An `--option <value>` that may be left out; undefined then. */
export function optional<T>(
  flags: string,
  description: string,
  reader: ValueParser<T>,
): Param<T | undefined> {
  const name = flags.split(' ')[0] ?? flags;
  return {
    ...base('option', flags, description),
    read: (typed) => (typed === undefined ? undefined : reader(requireText(typed, name), name)),
  };
}

/** An `--option [value]` whose value may be left out: it is `bare` then, and undefined where the option is not typed at all. */
export function optionalValue<T, B>(
  flags: string,
  description: string,
  reader: ValueParser<T>,
  bare: B,
): Param<T | B | undefined> {
  const name = flags.split(' ')[0] ?? flags;
  return {
    ...base('option', flags, description),
    read: (typed) => {
      if (typed === undefined) return undefined;
      return typed === true ? bare : reader(requireText(typed, name), name);
    },
  };
}

/** An `--option <value>` that counts as `fallback` where it is left out. */
export function withDefault<T>(
  flags: string,
  description: string,
  reader: ValueParser<T>,
  fallback: string,
): Param<T> {
  const name = flags.split(' ')[0] ?? flags;
  return {
    ...base('option', flags, description),
    fallback,
    read: (typed) => reader(typed === undefined ? fallback : requireText(typed, name), name),
  };
}

/** An `--option <value>` that may be typed several times, at least once where it is required. */
export function repeated<T>(
  flags: string,
  description: string,
  reader: ValueParser<T>,
  { isRequired }: { isRequired: boolean },
): Param<T[]> {
  const name = flags.split(' ')[0] ?? flags;
  return {
    ...base('option', flags, description),
    isRequired,
    isRepeated: true,
    read: (typed) => {
      const texts = Array.isArray(typed) ? typed : [];
      if (isRequired && texts.length === 0) throw missing(name);
      return texts.map((text) => reader(requireText(text, name), name));
    },
  };
}

/** A `--switch`, or with `--no-…` one that is on unless it is typed. */
export function flag(flags: string, description: string): Param<boolean> {
  const isNegated = flags.startsWith('--no-');
  return {
    ...base('flag', flags, description),
    read: (typed) => (typeof typed === 'boolean' ? typed : isNegated),
  };
}

/** A required value without a name, by its place. */
export function argument<T>(flags: string, description: string, reader: ValueParser<T>): Param<T> {
  return {
    ...base('argument', flags, description),
    isRequired: true,
    read: (typed) => reader(requireText(typed, flags), flags),
  };
}

/** `--company`, which every command about one company takes: by number, name or short name. */
export function companyOption(): Param<CompanyRef> {
  return company('--company <company>');
}

/** The same for what begins something new: a company that is closed, or being closed, is refused. */
export function openCompanyOption(): Param<CompanyRef> {
  return { ...companyOption(), refusesClosed: true };
}

/** The company by its place, for the commands of `refill company`. */
export function companyArgument(): Param<CompanyRef> {
  return company('<company>');
}

/** `--company` where a command may be about all of them; undefined then. */
export function optionalCompany(): Param<CompanyRef | undefined> {
  return { ...company('--company <company>'), isRequired: false };
}

/** The frame looks it up once the database is open; a command that takes one has nothing to check. */
function company(flags: string): Param<CompanyRef> {
  return {
    ...base('company', flags, 'its name, short name or number (refill company list)'),
    isRequired: true,
    read: () => {
      throw new Error('the frame looks companies up by itself');
    },
  };
}

export const text: ValueParser<string> = (typed) => typed;

export const amount: ValueParser<Money> = (typed, name) => {
  const read = parseDollars(typed);
  if ('fault' in read) throw bad(name, `takes an amount of dollars like 500 or 12.50, not "${typed}"`);
  return read.amount;
};

/** An amount, or `none`. */
export const amountOrNone: ValueParser<Money | null> = (typed, name) =>
  typed === 'none' ? null : amount(typed, name);

/** A UTC day like 2026-11-28. */
export const utcDay: ValueParser<string> = (typed, name) => {
  const fault = faultOfDay(typed);
  if (fault !== null) throw bad(name, `takes a day like 2026-11-28: ${fault}`);
  return typed;
};

/** A row's number as a list printed it. */
export const rowNumber: ValueParser<bigint> = (typed, name) => {
  if (!/^\d{1,18}$/.test(typed)) throw bad(name, `takes a number in digits, not "${typed}"`);
  return BigInt(typed);
};

export const oneOf =
  <const T extends string>(...choices: readonly T[]): ValueParser<T> =>
  (typed, name) => {
    const choice = choices.find((each) => each === typed);
    if (choice === undefined) throw bad(name, `is one of ${choices.join(', ')}, not "${typed}"`);
    return choice;
  };

/** The error a reader throws; `what` goes on after the option's name. */
export function bad(name: string, what: string): RefillError {
  return new RefillError('bad-argument', `${name} ${what}.`);
}

/** The text that was typed for a required parameter. Throws RefillError `bad-argument` where there is none. */
export function requireText(typed: unknown, name: string): string {
  if (typeof typed !== 'string' || typed.trim() === '') throw missing(name);
  return typed;
}

function missing(name: string): RefillError {
  return bad(name, 'is required');
}

function base(kind: Param<unknown>['kind'], flags: string, description: string) {
  return { kind, flags, description, isRequired: false, isRepeated: false, fallback: undefined };
}
