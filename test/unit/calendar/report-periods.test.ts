import { describe, expect, it } from 'vitest';
import { nextReportAt } from '../../../src/report-periods.ts';

describe('the next digest', () => {
  it.each([
    // Before nine on a Monday, at nine, and after it.
    ['week', '2026-11-30T16:59:59Z', 'America/Los_Angeles', '2026-11-30T17:00:00Z'],
    ['week', '2026-11-30T17:00:00Z', 'America/Los_Angeles', '2026-12-07T17:00:00Z'],
    ['week', '2026-12-02T00:00:00Z', 'Asia/Tokyo', '2026-12-07T00:00:00Z'],
    // Sunday evening here is Monday there.
    ['week', '2026-11-29T23:00:00Z', 'Asia/Tokyo', '2026-11-30T00:00:00Z'],
    // The clocks change on Sunday, March 14, 2027.
    ['week', '2027-03-12T12:00:00Z', 'America/New_York', '2027-03-15T13:00:00Z'],
    ['month', '2026-11-01T08:00:00Z', 'Europe/Berlin', '2026-12-01T08:00:00Z'],
    ['month', '2026-11-01T07:59:00Z', 'Europe/Berlin', '2026-11-01T08:00:00Z'],
    ['month', '2026-12-15T12:00:00Z', 'Europe/Berlin', '2027-01-01T08:00:00Z'],
  ] as const)('each %s, after %s in %s, is at %s', (every, after, timeZone, expected) => {
    expect(nextReportAt(every, new Date(after), timeZone)).toEqual(new Date(expected));
  });
});
