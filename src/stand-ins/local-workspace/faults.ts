/** Faults on demand: what networks and Slack do on bad days, for tests and for the world panel. */

/** One fault of the Web API. `method` is a method's name, `upload` (the bytes of a file) or `*`; it strikes `times` calls (1 unless told). */
export type ApiFault = { method: string; times?: number } & (
  | { kind: 'rate-limit'; retryAfterSeconds: number }
  /** HTTP 503: `after` means that what was asked has happened all the same, so a retry does it twice. */
  | { kind: 'unavailable'; when: 'before' | 'after' }
  /** The connection breaks without an answer. */
  | { kind: 'drop'; when: 'before' | 'after' }
  /** An answer that waits for something: a timer, or a test that has seen enough. */
  | { kind: 'slow'; until: Promise<unknown> }
  /** A refusal of Slack's, e.g. `internal_error`. */
  | { kind: 'error'; error: string }
);

export type Fault =
  | ApiFault
  /** The next commands and interactions reach the app twice at the same time. */
  | { kind: 'duplicate-delivery'; times?: number }
  /** Nothing passes between the app and Slack. */
  | { kind: 'all-down' };

export class Faults {
  #api: { fault: ApiFault; left: number }[] = [];
  #duplicates = 0;
  #allDown = false;
  readonly #cut = new Map<string, number>();
  readonly #listeners: (() => void)[] = [];

  /** Adds a fault; several may wait at once and strike in the order in which they were set. */
  set(fault: Fault): void {
    if (fault.kind === 'all-down') this.setAllDown(true);
    else if (fault.kind === 'duplicate-delivery') this.#duplicates += fault.times ?? 1;
    else this.#api.push({ fault, left: fault.times ?? 1 });
  }

  /** Ends all faults. */
  clear(): void {
    this.#api = [];
    this.#duplicates = 0;
    this.setAllDown(false);
  }

  get allDown(): boolean {
    return this.#allDown;
  }

  /** Whether a call of this method does not get through; counts those. */
  cuts(method: string): boolean {
    if (this.#allDown) this.#cut.set(method, this.countCut(method) + 1);
    return this.#allDown;
  }

  /** How many calls of a method did not get through since the start. */
  countCut(method: string): number {
    return this.#cut.get(method) ?? 0;
  }

  setAllDown(down: boolean): void {
    if (this.#allDown === down) return;
    this.#allDown = down;
    for (const listener of this.#listeners) listener();
  }

  /** Called whenever the network goes down or comes back. */
  onNetwork(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Takes the fault that strikes this call, if any. */
  takeApi(method: string): ApiFault | undefined {
    const found = this.#api.find(({ fault }) => fault.method === method || fault.method === '*');
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#api = this.#api.filter((each) => each !== found);
    return found.fault;
  }

  /** Whether this delivery is to be made twice. */
  takeDuplicate(): boolean {
    if (this.#duplicates === 0) return false;
    this.#duplicates -= 1;
    return true;
  }
}
