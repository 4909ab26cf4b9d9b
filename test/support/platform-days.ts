import { daysPeriod, monthPeriod } from '../../src/calendar.ts';
import { DAY_MS } from '../../src/durations.ts';

/** The calendar day of an instant on the wall of a zone, as the platform's calendar has it: `2026-11-03`. */
export function platformDay(zone: string): (at: number) => string {
  const days = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (at) => days.format(at);
}

/**
 * Days around a turn of clocks, counted from the day it falls on: as the period that is asked of the ledger, and by the
 * calendar on the wall. Without days: the month.
 */
export function daysAround(timeZone: string, turn: Date, days: [first: number, more: number] | undefined) {
  const onWall = platformDay(timeZone);
  const month = onWall(turn.getTime()).slice(0, 7);
  const dayAfterTurn = (count: number) =>
    new Date(Date.parse(`${onWall(turn.getTime())}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
  const [first, last] =
    days === undefined ? ['', ''] : [dayAfterTurn(days[0]), dayAfterTurn(days[0] + days[1])];
  const period = days === undefined ? monthPeriod(month, timeZone) : daysPeriod(first, last, timeZone);
  if (period === null) throw new Error('the calendar has these days');
  const isWithin = (at: number): boolean =>
    days === undefined ? onWall(at).startsWith(month) : onWall(at) >= first && onWall(at) <= last;
  return { period, isWithin };
}
