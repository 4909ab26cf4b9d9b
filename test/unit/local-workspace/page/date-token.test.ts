import { describe, expect, test } from 'vitest';
import { zonedEpoch } from '../../../../src/stand-ins/local-workspace/page/elements/zoned-epoch.ts';
import {
  dayKey,
  fillDateFormat,
  longDay,
} from '../../../../src/stand-ins/local-workspace/page/text/date-token.ts';

const zone = 'America/Los_Angeles';
const at = Date.parse('2026-11-24T22:14:05Z') / 1000;
const now = new Date('2026-11-25T01:00:00Z');

describe('date tokens in the reader’s zone', () => {
  test.each([
    ['{date_num} {time}', '2026-11-24 2:14 PM'],
    ['{date_slash}', '11/24/2026'],
    ['{date}', 'November 24, 2026'],
    ['{date_short}', 'Nov 24, 2026'],
    ['{date_long}', 'Tuesday, November 24, 2026'],
    ['{date_pretty} at {time}', 'today at 2:14 PM'],
    ['{time_secs}', '2:14:05 PM'],
    ['{ago}', '3 hours ago'],
    ['{unknown}', '{unknown}'],
  ])('%s', (format, said) => {
    expect(fillDateFormat(format, at, now, zone).replaceAll('\u202f', ' ')).toBe(said);
  });

  test('yesterday is told by the calendar, not by 24 hours', () => {
    const late = Date.parse('2026-11-24T07:59:00Z') / 1000;
    expect(fillDateFormat('{date_pretty}', late, new Date('2026-11-24T08:01:00Z'), zone)).toBe('yesterday');
  });
});

test('a day belongs to the zone, not to UTC', () => {
  expect(dayKey(new Date('2026-11-24T03:00:00Z'), zone)).toBe('2026-11-23');
});

test('long days have ordinals, and the year when it is another', () => {
  expect(longDay(new Date('2026-11-22T20:00:00Z'), now, zone)).toBe('Sunday, November 22nd');
  expect(longDay(new Date('2025-12-11T20:00:00Z'), now, zone)).toBe('Thursday, December 11th, 2025');
});

describe('a wall clock’s time as a moment', () => {
  test.each([
    ['2026-07-01T12:00', '2026-07-01T19:00:00Z'],
    ['2026-11-24T14:30', '2026-11-24T22:30:00Z'],
    ['2026-11-01T03:00', '2026-11-01T11:00:00Z'],
  ])('%s in Los Angeles', (local, moment) => {
    expect(zonedEpoch(local, zone)).toBe(Date.parse(moment) / 1000);
  });

  test('what is no time is nothing', () => {
    expect(zonedEpoch('', zone)).toBeNull();
  });
});
