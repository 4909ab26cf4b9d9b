import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger, type Logger } from '../../src/log.ts';
import { withTrace } from '../../src/trace.ts';

let lines: Record<string, unknown>[] = [];
let log: Logger;

beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  log = createLogger('debug', { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) });
});
afterEach(() => {
  vi.useRealTimers();
});

const away = (): Error =>
  Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });

it('a warning that comes again and again is written once, then once a minute with how often it came', () => {
  for (let second = 0; second < 150; second += 1) {
    withTrace({ requestId: `sweep-${second}` }, () => log.warn({ err: away() }, 'no heartbeat'));
    vi.advanceTimersByTime(1_000);
  }
  expect(lines.map(({ repeated }) => repeated)).toEqual([undefined, 59, 60]);
  expect(lines.at(-1)).toMatchObject({ msg: 'no heartbeat', level: 40, err: { code: 'ECONNREFUSED' } });
});

it('one that stopped and comes again much later is news again', () => {
  log.warn({ err: away() }, 'no heartbeat');
  vi.advanceTimersByTime(3_600_000);
  log.warn({ err: away() }, 'no heartbeat');
  expect(lines.map(({ repeated }) => repeated)).toEqual([undefined, undefined]);
});

it('lines that differ in what they say are all written, and so is everything below a warning', () => {
  log.error({ company: '1', err: away() }, 'the directory could not be read');
  log.error({ company: '2', err: away() }, 'the directory could not be read');
  log.error({ company: '2', err: new Error('refused') }, 'the directory could not be read');
  log.warn('plain');
  log.child({ from: 'bolt' }).warn('plain');
  for (const _ of [1, 2]) log.info({ event: 'credited', amount: '1' }, 'credited');
  expect(lines.length).toBe(7);
});
