import { countryNamed } from '../places/country-names.ts';
import type { Direction, Licence } from '../types.ts';
import { type Cell, cleanCell } from './cell.ts';
import type { DeckKind } from './deck.ts';

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

export function readKind(text: string): Cell<DeckKind> {
  const kind =
    KINDS[
      cleanCell(text)
        .toLowerCase()
        .replace(/[^a-z]/g, '')
    ];
  if (kind !== undefined) return { value: kind };
  return {
    fault: `"${text}" is no kind of usage: it is call, local, toll_free, sms, mms, fax or ai_conversation`,
  };
}

export function readLicence(text: string): Cell<Licence | null> {
  const name = cleanCell(text).toLowerCase();
  if (ANY.has(name)) return { value: null };
  if (isLicence(name)) return { value: name };
  return { fault: `"${text}" is no licence: it is talk, support, sell or empty for any` };
}

export function readDirection(text: string): Cell<Direction | null> {
  const name = cleanCell(text).toLowerCase();
  const direction = DIRECTIONS[name];
  if (direction !== undefined) return { value: direction };
  if (ANY.has(name)) return { value: null };
  return { fault: `"${text}" is no direction: it is inbound, outbound or both` };
}

/** A country by its two letters or its English name. */
export function readOrigin(text: string): Cell<string | null> {
  const name = cleanCell(text);
  if (ANY.has(name.toLowerCase())) return { value: null };
  const code = countryNamed(name);
  if (code !== null) return { value: code };
  return { fault: `the origin "${text}" is no country: write its two letters, like US` };
}

/** Seconds from 1 to an hour, where one of the column is `unitSeconds`; null where the cell is empty. */
export function readIncrement(text: string, what: string, unitSeconds: number): Cell<number | null> {
  const written = cleanCell(text).replace(/\s*(s|sec|secs|seconds)$/i, '');
  if (written === '') return { value: null };
  const hasOwnUnit = written !== cleanCell(text);
  const seconds = Number(written) * (hasOwnUnit ? 1 : unitSeconds);
  if (
    /^\d+(\.\d+)?$/.test(written) &&
    Number.isInteger(seconds) &&
    seconds >= 1 &&
    seconds <= MAX_INCREMENT_SECONDS
  )
    return { value: seconds };
  return {
    fault: `the ${what} increment "${text}" is not whole seconds from 1 to ${MAX_INCREMENT_SECONDS}`,
  };
}

function isLicence(name: string): name is Licence {
  return LICENCES.has(name);
}
