/** After a fault work is taken up within this time: the heartbeat finds a dead worker after four seconds, and beats each second. */
const SETTLES_WITHIN_MS = 8_000;

/** When a fault is under way: what waits then waits for the fault. */
export class Calm {
  #open = 0;
  #lastEndedAt = Number.NEGATIVE_INFINITY;

  /** Counts as a fault from its start until the function that is returned is called, and then until it has settled. */
  disturb(): () => void {
    this.#open += 1;
    return () => {
      this.#open -= 1;
      this.#lastEndedAt = performance.now();
    };
  }

  /** Whether there was no fault for at least so long. */
  isCalm(forMs = 0): boolean {
    return this.#open === 0 && performance.now() - this.#lastEndedAt >= SETTLES_WITHIN_MS + forMs;
  }
}
