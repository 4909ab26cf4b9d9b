import { randomInt, randomUUID } from 'node:crypto';
import { SECOND_MS } from '../durations.ts';
import type { UsageAct, UsageRecord } from '../stand-ins/index.ts';
import { DEMO_CAST, TOLL_FREE_NUMBER } from './cast.ts';

const LINES = DEMO_CAST.flatMap(({ number }) => (number === null ? [] : [number]));
const BUSY_HOUR_CALLS = 1_000;
const HOUR_S = 3_600;

const lineOf = (index: number): string => LINES[index % LINES.length] ?? '';
const ago = (now: Date, seconds: number): string =>
  new Date(now.getTime() - seconds * SECOND_MS).toISOString();

function call(
  now: Date,
  change: Record<string, unknown> & { seconds: number; endedAgo?: number },
): UsageRecord {
  const { seconds, endedAgo = 1, ...rest } = change;
  return {
    id: randomUUID(),
    kind: 'call',
    direction: 'outbound',
    internal_number: lineOf(0),
    answered_at: ago(now, seconds + endedAgo),
    duration_seconds: seconds,
    ...rest,
  };
}

/** Numbers that a company's people ring, from home and abroad; none belongs to anybody. */
const OTHERS = [
  '+12025550143',
  '+13105550171',
  '+442079460321',
  '+4930901820',
  '+525550001234',
  '+14165550188',
];

function busyHour(now: Date): UsageRecord[] {
  return Array.from({ length: BUSY_HOUR_CALLS }, (_, index) => {
    const seconds = randomInt(5, 240);
    return call(now, {
      seconds,
      endedAgo: randomInt(1, HOUR_S),
      internal_number: index % 9 === 0 ? TOLL_FREE_NUMBER : lineOf(index),
      external_number: OTHERS[randomInt(OTHERS.length)] ?? '',
      direction: index % 9 === 0 || index % 2 === 0 ? 'inbound' : 'outbound',
    });
  });
}

function texts(now: Date): UsageRecord[] {
  return Array.from({ length: 12 }, (_, index) => ({
    id: randomUUID(),
    kind: 'sms',
    direction: index % 3 === 0 ? 'inbound' : 'outbound',
    internal_number: lineOf(1),
    external_number: '+12025550143',
    at: ago(now, index + 1),
    text: 'Your order is ready. Come by before six, or tell us when it suits you better.',
  }));
}

/** What the simulator offers, in this order. */
export const demoUsage: readonly UsageAct[] = [
  {
    id: 'call',
    label: 'Ana calls London, 12 minutes',
    make: (now) => [call(now, { seconds: 703, external_number: '+442079460321' })],
  },
  { id: 'texts', label: 'Li’s team sends twelve texts', make: texts },
  {
    id: 'ai',
    label: 'The AI agent has a conversation',
    make: (now) => [
      {
        id: randomUUID(),
        kind: 'ai_conversation',
        direction: 'inbound',
        external_number: '+12025550143',
        at: ago(now, 1),
      },
    ],
  },
  {
    id: 'long-call',
    label: 'Li calls Havana for half an hour',
    make: (now) => [
      call(now, { seconds: 1_790, internal_number: lineOf(1), external_number: '+5378361234' }),
    ],
  },
  { id: 'busy-hour', label: 'A busy hour: a thousand calls', make: busyHour },
];
