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

/**
 * Whether this is how a zone is named by its region, as `America/New_York`, or UTC. Abbreviations and fixed offsets are not:
 * they mean several zones (BST is London's and Dhaka's) or know no summer time (EST is Panama's).
 */
export function isRegionName(name: string): boolean {
  return name === 'UTC' || /^(?!Etc\/|SystemV\/)[A-Z][A-Za-z_]*(\/[A-Za-z0-9_+-]+)+$/.test(name);
}

/** Whether this is a time zone that people and the database know by this name, which names its region. */
export function isTimeZone(name: string): boolean {
  if (!isRegionName(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
