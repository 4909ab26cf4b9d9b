/** What the demo company's people do in a day on the phone, the same on every machine apart from its date. Pure. */
import { MINUTE_MS, SECOND_MS } from '../../durations.ts';
import { DEMO_CAST, TOLL_FREE_NUMBER } from '../cast.ts';

/** One record of usage, as the general API takes it. */
export type DayRecord = Record<string, unknown> & { id: string };

/** A small generator of chance (mulberry32). */
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

/** Whom they ring abroad: suppliers, a studio, a partner. None of these numbers belongs to anybody. */
const ABROAD = [
  '+84901234567',
  '+18765550142',
  '+442079460321',
  '+447700900123',
  '+4930901820',
  '+8415550188',
];
const AT_HOME = ['+12025550143', '+13105550171', '+14155550188', '+16465550155'];
const TEXTS = [
  'Your order is ready. Come by before six, or tell us when it suits you better.',
  'Thanks! See you on Thursday at ten.',
  'We moved your visit to next week, Tuesday at 2 PM. Does that suit you? Answer YES or NO, or ring us and we find another time together.',
];

/** How much of each there is on a working day, and on a day of rest. */
const OFTEN = {
  abroadFromSf: [9, 1],
  abroadFromNy: [4, 0],
  tollFree: [11, 3],
  atHome: [7, 1],
  texts: [14, 3],
  ai: [2, 1],
} as const;

const OPENS_AT_MINUTE = 8 * 60;
const MINUTES_OPEN = 10 * 60;

const lineOf = (name: string): string => DEMO_CAST.find((person) => person.name === name)?.number ?? '';

/**
 * The records of a day that begins at `midnight`. `number` makes their ids and what happens; `busy` is how much there is
 * to do against an ordinary day.
 */
export function makeDay(day: {
  number: number;
  midnight: Date;
  isWorkday: boolean;
  busy: number;
}): DayRecord[] {
  const random = chance(20_261 + day.number);
  const below = (most: number): number => Math.floor(random() * most);
  const pick = (from: readonly string[]): string => from[below(from.length)] ?? '';
  const often = (kind: keyof typeof OFTEN): number =>
    Math.round(OFTEN[kind][day.isWorkday ? 0 : 1] * day.busy * (0.6 + 0.8 * random()));
  const at = (): string =>
    new Date(
      day.midnight.getTime() + (OPENS_AT_MINUTE + below(MINUTES_OPEN)) * MINUTE_MS + below(60) * SECOND_MS,
    ).toISOString();
  const records: Record<string, unknown>[] = [];
  const add = (count: number, make: (index: number) => Record<string, unknown>): void => {
    for (let index = 0; index < count; index += 1) records.push(make(index));
  };
  const call = (line: string, other: string, direction: string, mostMinutes: number) => ({
    kind: 'call',
    direction,
    internal_number: line,
    external_number: other,
    answered_at: at(),
    duration_seconds: 20 + below(mostMinutes * 60),
  });
  add(often('abroadFromSf'), (index) =>
    call(lineOf(index % 3 === 0 ? 'marco' : 'ana'), pick(ABROAD), 'outbound', 20),
  );
  add(often('abroadFromNy'), (index) =>
    call(lineOf(index % 2 === 0 ? 'li' : 'priya'), pick(ABROAD), 'outbound', 14),
  );
  add(often('tollFree'), () => call(TOLL_FREE_NUMBER, pick(AT_HOME), 'inbound', 9));
  add(often('atHome'), (index) =>
    call(lineOf(['marco', 'li', 'ana', 'priya'][index % 4] ?? 'ana'), pick(AT_HOME), 'outbound', 6),
  );
  add(often('texts'), (index) => ({
    kind: 'sms',
    direction: index % 3 === 0 ? 'inbound' : 'outbound',
    internal_number: lineOf(index % 2 === 0 ? 'priya' : 'li'),
    external_number: pick(AT_HOME),
    at: at(),
    text: pick(TEXTS),
  }));
  add(often('ai'), () => ({
    kind: 'ai_conversation',
    direction: 'inbound',
    external_number: pick(AT_HOME),
    at: at(),
  }));
  if (day.number % 5 === 2)
    add(1, () => ({
      kind: 'fax',
      direction: 'outbound',
      internal_number: lineOf('li'),
      external_number: pick(AT_HOME),
      at: at(),
      pages: 1 + below(4),
    }));
  return records.map((record, index) => ({ id: `history-${day.number}-${index}`, ...record }));
}
