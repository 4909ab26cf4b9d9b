import { startOfDay } from '../../calendar.ts';
import { isCountry } from '../places/places.ts';
import type { Direction, Licence } from '../types.ts';
import type { DeckKind } from './deck.ts';

/** What a cell of a deck means, or what is wrong with it, after "line 7: ". */
export type Cell<T> = { value: T } | { fault: string };

const MAX_INCREMENT_SECONDS = 3600;
const ANY = new Set(['', '*', 'any', 'all', 'both', 'default']);
const DIRECTIONS: Record<string, Direction> = {
  in: 'inbound',
  inbound: 'inbound',
  incoming: 'inbound',
  receive: 'inbound',
  received: 'inbound',
  out: 'outbound',
  outbound: 'outbound',
  outgoing: 'outbound',
  send: 'outbound',
  sent: 'outbound',
};
const KINDS: Record<string, DeckKind> = {
  '': 'call',
  call: 'call',
  calls: 'call',
  voice: 'call',
  local: 'local',
  tollfree: 'toll_free',
  sms: 'sms',
  text: 'sms',
  mms: 'mms',
  fax: 'fax',
  ai: 'ai_conversation',
  aiagent: 'ai_conversation',
  aiconversation: 'ai_conversation',
};
const LICENCES = new Set<string>(['talk', 'support', 'sell']);
const COUNTRY_ALIASES: Record<string, string> = { UK: 'GB', USA: 'US', 'UNITED STATES OF AMERICA': 'US' };

const clean = (text: string): string => text.normalize('NFKC').trim().replace(/^'/, '');

export function readKind(text: string): Cell<DeckKind> {
  const kind =
    KINDS[
      clean(text)
        .toLowerCase()
        .replace(/[^a-z]/g, '')
    ];
  if (kind !== undefined) return { value: kind };
  return {
    fault: `"${text}" is no kind of usage: it is call, local, toll_free, sms, mms, fax or ai_conversation`,
  };
}

export function readLicence(text: string): Cell<Licence | null> {
  const name = clean(text).toLowerCase();
  if (ANY.has(name)) return { value: null };
  if (isLicence(name)) return { value: name };
  return { fault: `"${text}" is no licence: it is talk, support, sell or empty for any` };
}

export function readDirection(text: string): Cell<Direction | null> {
  const name = clean(text).toLowerCase();
  const direction = DIRECTIONS[name];
  if (direction !== undefined) return { value: direction };
  if (ANY.has(name)) return { value: null };
  return { fault: `"${text}" is no direction: it is inbound, outbound or both` };
}

/** A country by its two letters or its English name. */
export function readOrigin(text: string): Cell<string | null> {
  const name = clean(text).toUpperCase();
  if (ANY.has(name.toLowerCase())) return { value: null };
  const code = COUNTRY_ALIASES[name] ?? (isCountry(name) ? name : countriesByName().get(name));
  if (code !== undefined) return { value: code };
  return { fault: `the origin "${text}" is no country: write its two letters, like US` };
}

/** Digits with a country code, however they are grouped; `*` for every number. */
export function readPrefix(text: string, kind: DeckKind): Cell<string> {
  const written = clean(text);
  if (written === '' && (kind === 'call' || kind === 'local')) return { fault: 'the prefix is missing' };
  if (ANY.has(written.toLowerCase())) return { value: '' };
  if (/^[\d.,]+e\+?\d+$/i.test(written))
    return { fault: `the prefix "${text}" was rounded by a spreadsheet: format the column as text` };
  const digits = written.replace(/^\+|^00/, '').replace(/[\s().-]/g, '');
  if (!/^\d{1,15}$/.test(digits))
    return { fault: `the prefix "${text}" is not a number's beginning: write its digits, like 4420` };
  if (digits.startsWith('0'))
    return { fault: `the prefix "${text}" begins with 0: it begins with a country code, like 44` };
  return { value: digits };
}

/** A price in dollars; with another delimiter than a comma, the comma may stand for the point. */
export function readPrice(text: string, what: string, hasCommas: boolean): Cell<string> {
  const written = clean(text).replace(/\s|USD|\$/gi, '');
  if (written === '') return { fault: `the ${what} is missing` };
  const decimal = hasCommas ? written.replace(',', '.') : written;
  if (/^[-−]/.test(decimal)) return { fault: `the ${what} "${text}" is less than nothing` };
  const match = /^(\d{0,6})(?:\.(\d*))?$/.exec(decimal);
  const [, whole = '', fraction = ''] = match ?? [];
  if (match === null || `${whole}${fraction}` === '')
    return { fault: `the ${what} "${text}" is not an amount like 0.0125` };
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > 8) return { fault: `the ${what} "${text}" is finer than eight decimals` };
  const units = whole.replace(/^0+(?=\d)/, '') || '0';
  return { value: significant === '' ? units : `${units}.${significant}` };
}

/** Seconds from 1 to an hour; empty is `fallback`. */
export function readIncrement(text: string, what: string, fallback: number): Cell<number> {
  const written = clean(text).replace(/\s*(s|sec|secs|seconds)$/i, '');
  if (written === '') return { value: fallback };
  const seconds = Number(written);
  if (/^\d+(\.0+)?$/.test(written) && seconds >= 1 && seconds <= MAX_INCREMENT_SECONDS)
    return { value: seconds };
  return {
    fault: `the ${what} increment "${text}" is not whole seconds from 1 to ${MAX_INCREMENT_SECONDS}`,
  };
}

/** A day or an instant in UTC; empty is null. Days written the American or European way could be either. */
export function readEffective(text: string): Cell<Date | null> {
  const written = clean(text);
  if (written === '') return { value: null };
  const match =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i.exec(
      written,
    );
  if (match !== null) {
    const [, year = '', month = '', day = '', time = '00:00', zone = 'Z'] = match;
    const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    const at = new Date(`${date}T${time}${zone.toUpperCase() === 'UTC' ? 'Z' : zone}`);
    if (startOfDay(date, 'UTC') !== null && !Number.isNaN(at.getTime())) return { value: at };
  }
  return { fault: `the effective date "${text}" is not a date like 2026-11-01` };
}

function isLicence(name: string): name is Licence {
  return LICENCES.has(name);
}

let namesOfCountries: Map<string, string> | undefined;

function countriesByName(): Map<string, string> {
  namesOfCountries ??= new Map(listCountries().map(({ code, name }) => [name.toUpperCase(), code]));
  return namesOfCountries;
}

function listCountries(): { code: string; name: string }[] {
  const names = new Intl.DisplayNames('en', { type: 'region' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const codes = letters.flatMap((first) => letters.map((second) => `${first}${second}`)).filter(isCountry);
  return codes.map((code) => ({ code, name: names.of(code) ?? code }));
}
