/**
 * A day of a company's phone system, as its webhook tells it: calls with transfers and unanswered legs, messages with a
 * delivery status that comes later, corrections, everything doubled here and there, late and out of order. What the day
 * truly was stands beside it, so that what is owed can be worked out without the code under test.
 */
import { Decimal } from 'decimal.js';

/** One event as it arrives. */
export type DayEvent = Record<string, unknown>;

/** What truly happened: one for each call or message. */
export interface TrueUsage {
  key: string;
  kind: 'call' | 'sms';
  inbound: boolean;
  external: string;
  /** The company's own line. */
  line: string;
  /** Of the leg that counts, milliseconds; null when nobody answered. */
  connectedMs: number | null;
  failed: boolean;
  usageAt: number;
}

export interface PhoneDay {
  events: DayEvent[];
  truth: TrueUsage[];
}

/** A small generator of chance (mulberry32), so that a day can be played again. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Others' numbers, by what a minute to or from them costs under the rates of the test. */
export const DAY_RATES = {
  '+44': { rate: '0.0137', first: 60, next: 60 },
  '+4420': { rate: '0.0111', first: 30, next: 6 },
  '+49': { rate: '0.0229', first: 1, next: 1 },
  '+52': { rate: '0.0456', first: 60, next: 60 },
} as const;
export const SMS_PRICE = '0.0080';
const EXTERNALS = ['+442079460111', '+447700900222', '+4930901820', '+525550001234'];

/** Makes a day of at least so many events, shuffled; `from` is its first instant. */
export function makePhoneDay(options: {
  events: number;
  seed: number;
  from: Date;
  lines: readonly string[];
}): PhoneDay {
  const random = chance(options.seed);
  const below = (most: number): number => Math.floor(random() * most);
  const day: PhoneDay = { events: [], truth: [] };
  for (let serial = 1; day.events.length < options.events; serial += 1) {
    const at = options.from.getTime() + below(86_400_000);
    const line = options.lines[below(options.lines.length)] ?? '';
    if (random() < 0.7) addCall(day, { random, below, serial, at, line });
    else addMessage(day, { random, below, serial, at, line });
  }
  const doubled = day.events.filter(() => random() < 0.15);
  day.events = shuffle([...day.events, ...doubled], random);
  return day;
}

interface Make {
  random: () => number;
  below: (most: number) => number;
  serial: number;
  at: number;
  line: string;
}

function addCall(day: PhoneDay, { random, below, serial, at, line }: Make): void {
  const external = EXTERNALS[below(EXTERNALS.length)] ?? '';
  const inbound = random() < 0.5;
  const entry = `${4_000_000_000_000_000_000n + BigInt(serial) * 10n}`;
  const legs = 1 + (random() < 0.25 ? 1 + below(2) : 0);
  let longest: number | null = null;
  for (let leg = 0; leg < legs; leg += 1) {
    const isAnswered = random() < 0.85;
    const said = (ms: number, version: number): DayEvent => ({
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
    });
    const first = Math.round(random() * 600_000 * 1_000) / 1_000;
    day.events.push(said(first, 700_000 + leg));
    let last = first;
    // The phone system thinks again: a later event of the same leg has another duration, and counts.
    if (random() < 0.06) {
      last = Math.round(random() * 600_000 * 1_000) / 1_000;
      day.events.push(said(last, 900_000 + leg));
    }
    if (isAnswered) longest = Math.max(longest ?? 0, last);
  }
  const key = `call:${entry}:${external}`;
  day.truth.push({
    key,
    kind: 'call',
    inbound,
    external,
    line,
    connectedMs: longest,
    failed: false,
    usageAt: at,
  });
}

function addMessage(day: PhoneDay, { random, below, serial, at, line }: Make): void {
  const external = `+1202555${String(1_000 + below(9_000))}`;
  const id = 900_000_000 + serial;
  const inbound = random() < 0.4;
  const failed = random() < 0.1;
  const base = {
    id,
    created_date: at,
    direction: inbound ? 'inbound' : 'outbound',
    from_number: inbound ? external : line,
    to_number: [inbound ? line : external],
    target: { id: 7, type: 'user', phone_number: line },
    contact: { phone_number: external },
    mms: false,
    is_internal: false,
  };
  day.events.push({ ...base, message_status: 'pending', event_timestamp: at + 1_000 });
  if (failed || random() < 0.5)
    day.events.push({ ...base, message_status: failed ? 'failed' : 'success', event_timestamp: at + 4_000 });
  const key = `message:${id}:${external}`;
  day.truth.push({ key, kind: 'sms', inbound, external, line, connectedMs: null, failed, usageAt: at });
}

function shuffle<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}

/** What one of them costs, worked out from the truth alone, in dollars with four decimals. */
export function owedFor(usage: TrueUsage): string {
  if (usage.kind === 'sms') return usage.failed ? '0.0000' : SMS_PRICE;
  if (usage.connectedMs === null) return '0.0000';
  const [, row] =
    Object.entries(DAY_RATES)
      .filter(([prefix]) => usage.external.startsWith(prefix))
      .toSorted(([a], [b]) => b.length - a.length)[0] ?? [];
  if (row === undefined) throw new RangeError(`no rate for ${usage.external}`);
  const seconds = Math.ceil(usage.connectedMs / 1_000);
  let billed: number = row.first;
  while (billed < seconds) billed += row.next;
  return new Decimal(row.rate).times(billed).dividedBy(60).toFixed(4, Decimal.ROUND_HALF_UP);
}

/** The rates as a deck file. */
export function dayDeck(): string {
  const calls = Object.entries(DAY_RATES).map(
    ([prefix, { rate, first, next }]) => `call,both,${prefix.slice(1)},${rate},${first},${next}`,
  );
  return [
    'kind,direction,prefix,rate,first increment,next increment',
    ...calls,
    `sms,both,1,${SMS_PRICE},,`,
  ].join('\n');
}
