import { MINUTE_MS } from '../../durations.ts';

/** A month that a change of time zone would leave with less than this is joined to the next. */
const SHORTEST_MS = 48 * 60 * MINUTE_MS;

export interface Month {
  startsAt: Date;
  endsAt: Date;
}

/** The calendar month of an instant in a time zone, from its first midnight to the next one's. */
export function monthOf(at: Date, timeZone: string): Month {
  const { year, month } = wallOf(at, timeZone);
  return { startsAt: firstOf(year, month, timeZone), endsAt: firstOf(year, month + 1, timeZone) };
}

/**
 * The month that follows one that ended, as it is `now`. It begins where the last one ended, or later; where the zone
 * changed meanwhile, the odd hours between belong to the new one, so that no instant is in two and no sliver is a month.
 */
export function monthAfter(endedAt: Date, timeZone: string, now: Date): Month {
  const inside = new Date(Math.max(now.getTime(), endedAt.getTime() + SHORTEST_MS));
  const month = monthOf(inside, timeZone);
  const isFirstAfter = month.startsAt.getTime() - endedAt.getTime() < SHORTEST_MS;
  return isFirstAfter ? { startsAt: endedAt, endsAt: month.endsAt } : month;
}

interface Wall {
  year: number;
  month: number;
  utcMs: number;
}

function wallOf(at: Date, timeZone: string): Wall {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const [year, month] = [of('year'), of('month')];
  return { year, month, utcMs: Date.UTC(year, month - 1, of('day'), of('hour'), of('minute'), of('second')) };
}

/** Midnight of a month's first day; where clocks skip it, the first instant there is. */
function firstOf(year: number, month: number, timeZone: string): Date {
  const wanted = Date.UTC(year, month - 1, 1);
  let guess = wanted;
  for (let turn = 0; turn < 3; turn += 1) {
    const off = wallOf(new Date(guess), timeZone).utcMs - wanted;
    if (off === 0) break;
    guess -= off;
  }
  return new Date(guess);
}
