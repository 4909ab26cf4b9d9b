import { HOUR_MS, MINUTE_MS } from '../../../src/durations.ts';
import type { findSurprises, PartSurprise, SpendPiece } from '../../../src/usage/surprises/find-surprises.ts';
import {
  type judgeHour,
  NEW_COUNTRY_CALLS,
  NEW_COUNTRY_MICROS,
  type SpendSum,
} from '../../../src/usage/surprises/judge-hour.ts';
import type { Month, Piece } from '../../traffic/draw-month.ts';

/** Usage that arrives later than this is not judged. */
const LATE_MS = 6 * HOUR_MS;
/** A clock hour is history once nothing can arrive for it any more. */
const CLOSED_MS = HOUR_MS + LATE_MS;
/** A story is over when nothing was unusual for so long. */
const QUIET_MS = 24 * HOUR_MS;
/** How often what others explain is looked at again. */
const AGAIN_MS = 10 * MINUTE_MS;
const HOME = 'US';

/** The app's rule, or one with a mistake in it. */
export interface Rule {
  judge: typeof judgeHour;
  find: typeof findSurprises;
}

/** One message that people would get. */
export interface Told extends PartSurprise {
  /** When, in milliseconds. */
  toldAt: number;
}

/**
 * Plays a month as it arrives, minute by minute, as the app looks at it, and answers what people would be told. What cannot be unusual is
 * seen by the sums of its minutes, so that a hundred months take seconds; everything else is judged by the app's own rule.
 */
export function replayMonth(
  month: Month,
  rule: { judge: typeof judgeHour; find: typeof findSurprises },
): Told[] {
  const desk = new Desk(month, rule);
  const pieces = month.pieces.filter(({ at, arrivesAt }) => arrivesAt - at <= LATE_MS);
  for (let index = 0; index < pieces.length; ) {
    const end = (Math.floor((pieces[index]?.arrivesAt ?? 0) / MINUTE_MS) + 1) * MINUTE_MS;
    const touched = new Map<string, Set<number>>();
    for (let next = pieces[index]; next !== undefined && next.arrivesAt < end; next = pieces[index]) {
      desk.add(next, touched);
      index += 1;
    }
    if (end >= month.measuredFrom) desk.judge(end, touched);
  }
  return desk.told;
}

interface Part {
  isAbroad: boolean;
  minutes: Map<number, { calls: number; micros: number }>;
  hours: Map<number, { hourAt: Date; calls: number; micros: bigint }>;
}

class Desk {
  readonly told: Told[] = [];
  readonly #month: Month;
  readonly #rule: Rule;
  readonly #parts = new Map<string, Part>();
  /** When each part was unusual last, and when one that was told was. */
  readonly #unusualAt = new Map<string, number>();
  readonly #storyAt = new Map<string, number>();
  #foundAt = Number.NEGATIVE_INFINITY;
  #pieces: Piece[] = [];
  readonly #history = new Map<string, SpendPiece>();

  constructor(month: Month, rule: Rule) {
    this.#month = month;
    this.#rule = rule;
  }

  add(piece: Piece, touched: Map<string, Set<number>>): void {
    const minute = Math.floor(piece.at / MINUTE_MS);
    for (const key of ['office:', `country:${piece.country}`, `type:${piece.type}`]) {
      const part = this.#parts.get(key) ?? newPart(key);
      this.#parts.set(key, part);
      const sum = part.minutes.get(minute) ?? { calls: 0, micros: 0 };
      part.minutes.set(minute, { calls: sum.calls + 1, micros: sum.micros + piece.micros });
      const hour = Math.floor(piece.at / HOUR_MS) * HOUR_MS;
      const before = part.hours.get(hour) ?? { hourAt: new Date(hour), calls: 0, micros: 0n };
      part.hours.set(hour, {
        ...before,
        calls: before.calls + 1,
        micros: before.micros + BigInt(piece.micros),
      });
      touched.set(key, (touched.get(key) ?? new Set()).add(minute));
    }
    this.#pieces.push(piece);
    const hourKey = `${Math.floor(piece.at / HOUR_MS)} ${piece.country} ${piece.type}`;
    const row = this.#history.get(hourKey) ?? {
      at: new Date(Math.floor(piece.at / HOUR_MS) * HOUR_MS),
      country: piece.country,
      type: piece.type,
      calls: 0,
      micros: 0n,
    };
    this.#history.set(hourKey, {
      ...row,
      calls: row.calls + 1,
      micros: row.micros + BigInt(piece.micros),
    });
  }

  judge(now: number, touched: ReadonlyMap<string, ReadonlySet<number>>): void {
    const unusual = [...touched].flatMap(([key, minutes]) =>
      this.#isUnusual(now, key, minutes) ? [key] : [],
    );
    const isOpen = (key: string): boolean =>
      now - (this.#storyAt.get(key) ?? Number.NEGATIVE_INFINITY) < QUIET_MS;
    // What is told already, or was explained by that a moment ago, need not be looked at again.
    const isNews = unusual.some(
      (key) => !isOpen(key) && (!this.#unusualAt.has(key) || now - this.#foundAt >= AGAIN_MS),
    );
    for (const key of unusual) {
      this.#unusualAt.set(key, now);
      if (isOpen(key)) this.#storyAt.set(key, now);
    }
    if (!isNews) return;
    this.#foundAt = now;
    for (const surprise of this.#find(now)) {
      const key = `${surprise.part.kind}:${surprise.part.value}`;
      if (!isOpen(key)) this.told.push({ ...surprise, toldAt: now });
      this.#storyAt.set(key, now);
    }
  }

  /** Whether the largest hour with one of these minutes is. */
  #isUnusual(now: number, key: string, minutes: ReadonlySet<number>): boolean {
    const part = this.#parts.get(key);
    if (part === undefined) return false;
    let closed: SpendSum[] | null = null;
    return [...minutes].some((minute) => {
      const hour = largestHourAt(part, minute);
      if (hour.micros < Number(NEW_COUNTRY_MICROS) && (!part.isAbroad || hour.calls < NEW_COUNTRY_CALLS))
        return false;
      closed ??= [...part.hours.values()].filter(({ hourAt }) => hourAt.getTime() + CLOSED_MS <= now);
      const sum = {
        from: new Date(hour.from * MINUTE_MS),
        to: new Date(hour.to * MINUTE_MS),
        calls: hour.calls,
        micros: BigInt(hour.micros),
      };
      const { timeZone } = this.#month;
      return (
        this.#rule.judge(
          sum,
          { hours: closed, officeSince: this.#since() },
          { timeZone, isAbroad: part.isAbroad },
        ) !== null
      );
    });
  }

  #find(now: number): PartSurprise[] {
    const recentFrom = now - CLOSED_MS;
    this.#pieces = this.#pieces.filter(({ at }) => at >= recentFrom - HOUR_MS);
    const recent = this.#pieces
      .filter(({ at }) => at >= recentFrom)
      .map(({ at, country, type, micros }) => ({
        at: new Date(Math.floor(at / MINUTE_MS) * MINUTE_MS),
        country,
        type,
        calls: 1,
        micros: BigInt(micros),
      }));
    const history = [...this.#history.values()].filter(({ at }) => at.getTime() + CLOSED_MS <= now);
    const { timeZone } = this.#month;
    return this.#rule.find({ timeZone, country: HOME, recent, history, officeSince: this.#since() });
  }

  #since(): Date | null {
    const [first] = this.#parts.get('office:')?.hours.values() ?? [];
    return first?.hourAt ?? null;
  }
}

const newPart = (key: string): Part => ({
  isAbroad: key.startsWith('country:') && key !== `country:${HOME}`,
  minutes: new Map(),
  hours: new Map(),
});

/** Of the runs of 60 minutes that begin with usage and have this minute in them, the one that cost most. */
function largestHourAt(
  part: Part,
  minute: number,
): { from: number; to: number; calls: number; micros: number } {
  const begin = minute - 59;
  // Sums of all minutes before each, and the last one with usage up to each.
  const calls = [0];
  const micros = [0];
  const last: number[] = [];
  for (let at = begin; at <= minute + 59; at += 1) {
    const one = part.minutes.get(at);
    calls.push((calls.at(-1) ?? 0) + (one?.calls ?? 0));
    micros.push((micros.at(-1) ?? 0) + (one?.micros ?? 0));
    last.push(one === undefined ? (last.at(-1) ?? begin) : at);
  }
  let best = { from: minute, to: minute, calls: 0, micros: -1 };
  for (let start = 0; start < 60; start += 1) {
    const spent = (micros[start + 60] ?? 0) - (micros[start] ?? 0);
    if (spent <= best.micros || !part.minutes.has(begin + start)) continue;
    const count = (calls[start + 60] ?? 0) - (calls[start] ?? 0);
    best = { from: begin + start, to: last[start + 59] ?? minute, calls: count, micros: spent };
  }
  return best;
}
