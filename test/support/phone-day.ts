/**
 * A day of a company's phone system, as it comes through every door: the webhook's calls with transfers and unanswered
 * legs and messages with a delivery status that comes later, corrections, records of other systems through the API and in
 * files, the vendor's own export where the webhook was lost; everything doubled here and there, late and out of order.
 * What the day truly was stands beside it, so that what is owed can be worked out without the code under test.
 */

import { HOUR_MS } from '../../src/durations.ts';
import type { TrueUsage } from './day-rates.ts';
import { addOwnRecord } from './day-records.ts';

/** One thing as it arrives, and through which door. `own`: a row of the operator's file; `export`: of the vendor's. */
export type Delivery =
  | { door: 'webhook'; event: Record<string, unknown> }
  | { door: 'api'; record: Record<string, unknown> & { id: string } }
  | { door: 'own' | 'export'; row: Record<string, string> };

export interface PhoneDay {
  deliveries: Delivery[];
  truth: TrueUsage[];
}

/** What chance decides for one usage of the day. */
export interface Make {
  random: () => number;
  below: (most: number) => number;
  serial: number;
  at: number;
  line: string;
}

/** A small generator of chance (mulberry32), so that a day can be played again. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const EXTERNALS = ['+442079460111', '+447700900222', '+4930901820', '+525550001234'];

/** Makes a day of at least so many deliveries, shuffled; `from` is its first instant. */
export function makePhoneDay(options: {
  events: number;
  seed: number;
  from: Date;
  lines: readonly string[];
}): PhoneDay {
  const random = chance(options.seed);
  const below = (most: number): number => Math.floor(random() * most);
  const day: PhoneDay = { deliveries: [], truth: [] };
  for (let serial = 1; day.deliveries.length < options.events; serial += 1) {
    const at = options.from.getTime() + below(86_400_000);
    const make = { random, below, serial, at, line: options.lines[below(options.lines.length)] ?? '' };
    const lot = random();
    if (lot < 0.5) addCall(day, make);
    else if (lot < 0.55) addLostCall(day, make);
    else if (lot < 0.7) addMessage(day, make);
    else addOwnRecord(day, make);
  }
  const doubled = day.deliveries.filter(() => random() < 0.15);
  day.deliveries = shuffle([...day.deliveries, ...doubled], random);
  return day;
}

function addCall(day: PhoneDay, { random, below, serial, at, line }: Make): void {
  const external = EXTERNALS[below(EXTERNALS.length)] ?? '';
  const inbound = random() < 0.5;
  const entry = callId(serial);
  const legs = 1 + (random() < 0.25 ? 1 + below(2) : 0);
  let longest: number | null = null;
  for (let leg = 0; leg < legs; leg += 1) {
    const isAnswered = random() < 0.85;
    const say = (ms: number, version: number): void => {
      const event = {
        call_id: `${BigInt(entry) + BigInt(leg)}`,
        master_call_id: null,
        entry_point_call_id: legs > 1 ? entry : null,
        state: 'hangup',
        direction: inbound ? 'inbound' : 'outbound',
        external_number: external,
        internal_number: line,
        date_started: at - 5_000,
        date_connected: isAnswered ? at : null,
        date_ended: at + ms,
        duration: isAnswered ? ms : 0,
        target: { id: 7, type: 'user', phone: line },
        entry_point_target: {},
        is_internal: random() < 0.5 ? false : 'FALSE',
        event_timestamp: at + version,
      };
      day.deliveries.push({ door: 'webhook', event });
    };
    let last = Math.round(random() * 600_000 * 1_000) / 1_000;
    say(last, 700_000 + leg);
    // The export tells of it too, in minutes of two decimals: what the webhook said is exact, and stays.
    if (legs === 1 && isAnswered && random() < 0.05)
      addExportRow(day, { id: entry, external, inbound, at, line, minutes: (last / 60_000).toFixed(2) });
    // The phone system thinks again: a later event of the same leg has another duration, and counts.
    if (random() < 0.06) {
      last = Math.round(random() * 600_000 * 1_000) / 1_000;
      say(last, 900_000 + leg);
    }
    if (isAnswered) longest = Math.max(longest ?? 0, last);
  }
  day.truth.push({ key: `call:${entry}:${external}`, at, kind: 'call', external, connectedMs: longest });
}

/** A call of which the webhook never told: it is in the vendor's export alone. */
function addLostCall(day: PhoneDay, { random, below, serial, at, line }: Make): void {
  const external = EXTERNALS[below(EXTERNALS.length)] ?? '';
  const hundredths = below(1_000);
  const id = callId(serial);
  const minutes = (hundredths / 100).toFixed(2);
  addExportRow(day, { id, external, inbound: random() < 0.5, at, line, minutes });
  // A hundredth of a minute is 600 ms.
  const connectedMs = hundredths * 600;
  day.truth.push({ key: `call:${id}:${external}`, at, kind: 'call', external, connectedMs });
}

/** Zones that never change their clocks, by how far east they are. */
const ZONES = [
  ['UTC', 0],
  ['Asia/Tokyo', 9],
  ['America/Phoenix', -7],
] as const;

function addExportRow(
  day: PhoneDay,
  call: { id: string; external: string; inbound: boolean; at: number; line: string; minutes: string },
): void {
  const [timezone, hours] = ZONES[Number(BigInt(call.id) % 3n)] ?? ZONES[0];
  const local = (ms: number): string =>
    new Date(ms + hours * HOUR_MS).toISOString().replace('T', ' ').replace('Z', '');
  const row = {
    call_id: call.id,
    direction: call.inbound ? 'inbound' : 'outbound',
    external_number: call.external,
    internal_number: call.line,
    date_started: local(call.at - 5_000),
    date_connected: local(call.at),
    date_ended: local(call.at + Math.round(Number(call.minutes) * 60_000)),
    duration: call.minutes,
    timezone,
  };
  day.deliveries.push({ door: 'export', row });
}

function callId(serial: number): string {
  return `${4_000_000_000_000_000_000n + BigInt(serial) * 10n}`;
}

function addMessage(day: PhoneDay, { random, below, serial, at, line }: Make): void {
  const external = `+1202555${String(1_000 + below(9_000))}`;
  const id = 900_000_000 + serial;
  const inbound = random() < 0.4;
  const failed = random() < 0.1;
  const mms = random() < 0.2;
  const base = {
    id,
    created_date: at,
    direction: inbound ? 'inbound' : 'outbound',
    from_number: inbound ? external : line,
    to_number: [inbound ? line : external],
    target: { id: 7, type: 'user', phone_number: line },
    contact: { phone_number: external },
    mms,
    is_internal: false,
  };
  const say = (status: string, delay: number): void => {
    const event = { ...base, message_status: status, event_timestamp: at + delay };
    day.deliveries.push({ door: 'webhook', event });
  };
  say('pending', 1_000);
  if (failed || random() < 0.5) say(failed ? 'failed' : 'success', 4_000);
  const key = `message:${id}:${external}`;
  if (mms) day.truth.push({ key, at, kind: 'mms', failed, recipients: 1 });
  else day.truth.push({ key, at, kind: 'sms', failed, text: null, recipients: 1 });
}

function shuffle<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
