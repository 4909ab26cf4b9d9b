import { MAX_ADDRESS_LINES, MAX_PRINTED_LINE_LENGTH, tidyAddress, tidyLine } from '../../billing/index.ts';
import { RefillError } from '../../errors.ts';
import { dollars, type Money } from '../../money.ts';
import { isCountry } from '../../org/index.ts';
import { readTimeZone } from '../../read-zone.ts';
import { amount } from '../frame/index.ts';

const bad = (name: string, what: string): RefillError =>
  new RefillError('bad-argument', `${name} ${what}${what.endsWith('?') ? '' : '.'}`);

/** A time zone by its region; anything else is refused with the region that is probably meant, by country. */
export function timeZone(typed: string, name: string): string {
  const read = readTimeZone(typed);
  if ('zone' in read && !read.isOldName) return read.zone;
  throw bad(
    name,
    `takes a region: ${'fault' in read ? read.fault : `"${typed}" is an old name. ${read.zone}?`}`,
  );
}

export function country(typed: string, name: string): string {
  const code = typed.trim().toUpperCase();
  if (isCountry(code)) return code;
  throw bad(name, `takes the two letters of a country like US, not "${typed}"`);
}

export function billingDay(typed: string, name: string): number {
  const day = Number(typed);
  if (/^\d{1,2}$/.test(typed) && day >= 1 && day <= 31) return day;
  throw bad(name, `is a day from 1 to 31, not "${typed}"`);
}

/** A name that is not empty. */
export function companyName(typed: string, name: string): string {
  const text = typed.trim();
  if (text !== '' && text.length <= 100) return text;
  throw bad(name, 'takes a name of 1 to 100 characters');
}

/** An amount, or 0. */
export function amountOrZero(typed: string, name: string): Money {
  return /^\$?0+(\.0+)?$/.test(typed.trim()) ? dollars('0') : amount(typed, name);
}

/** An office as `Name` or `Name:CC`; without a country it has the company's. */
export function office(typed: string, name: string): { name: string; country: string | null } {
  const [, before = '', code] = /^(.*?)(?::([A-Za-z]{1,3}))?$/.exec(typed.trim()) ?? [];
  if (before.trim() === '') throw bad(name, 'needs a name, like "New York" or "London:GB"');
  return { name: before.trim(), country: code === undefined ? null : country(code, name) };
}

/** A line that documents print. */
export function printed(typed: string, name: string): string {
  const text = tidyLine(typed);
  if (text !== null) return text;
  throw bad(name, `takes 1 to ${MAX_PRINTED_LINE_LENGTH} characters`);
}

/** The same, or `none`. */
export function printedOrNone(typed: string, name: string): string | null {
  return typed.trim().toLowerCase() === 'none' ? null : printed(typed, name);
}

/** An address as `Main Street 1; Springfield; US`, in lines; or `none`. */
export function addressOrNone(typed: string, name: string): string | null {
  if (typed.trim().toLowerCase() === 'none') return null;
  const address = tidyAddress(typed.split(/[;\n]/));
  if (address !== null) return address;
  throw bad(
    name,
    `takes 1 to ${MAX_ADDRESS_LINES} lines of at most ${MAX_PRINTED_LINE_LENGTH} characters, separated by ";"`,
  );
}

/** A tax rate in per cent with at most two decimals, in hundredths of a per cent; or `none`. */
export function taxRateOrNone(typed: string, name: string): number | null {
  const text = typed.trim().replace(/\s*%$/, '');
  if (text.toLowerCase() === 'none') return null;
  const hundredths = /^\d{1,2}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : 0;
  if (hundredths > 0) return hundredths;
  throw bad(name, `is a percentage above 0 and below 100 like 19 or 8.25, not "${typed}"`);
}

/** A number of months from 2 to 120, or `none`. */
export function monthsOrNone(typed: string, name: string): number | null {
  const text = typed.trim().toLowerCase();
  if (text === 'none') return null;
  const months = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (months >= 2 && months <= 120) return months;
  throw bad(name, `is a number of months from 2 to 120, or none, not "${typed}"`);
}
