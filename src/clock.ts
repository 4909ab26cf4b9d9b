/**
 * The one clock. Everything that asks "what time is it" for business (balances, due times, expiry, notices)
 * asks this; SQL takes the time as a parameter. Only signatures and socket time-outs use wall time.
 */
export interface Clock {
  /** The present business instant. */
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock that can be moved ahead: the try-out's world panel and the tests move it. It never goes back. */
export class MovableClock implements Clock {
  #aheadMs: number;
  readonly #base: () => number;

  /** @param aheadMs how far ahead of the base it starts; @param base milliseconds since the epoch, wall time unless told */
  constructor(aheadMs = 0, base: () => number = Date.now) {
    this.#aheadMs = aheadMs;
    this.#base = base;
  }

  now(): Date {
    return new Date(this.#base() + this.#aheadMs);
  }

  /** How far ahead of its base it stands, in milliseconds. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** Moves ahead by a positive number of milliseconds; throws a RangeError otherwise. */
  advance(ms: number): void {
    if (!(ms > 0)) throw new RangeError('the clock only moves ahead');
    this.#aheadMs += ms;
  }
}
