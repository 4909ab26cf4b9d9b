/**
 * Lets callers that ask for the same key at the same time share one question and its answer, or its error. Nothing is
 * remembered beyond that: who asks after the answer came asks anew.
 *
 * @example const findWebhook = singleFlight((token: string) => db.usageWebhook.findUnique({ where: { token } }));
 */
export function singleFlight<K, T>(ask: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const inFlight = new Map<K, Promise<T>>();
  return (key) => {
    const known = inFlight.get(key);
    if (known !== undefined) return known;
    const answer = ask(key).finally(() => inFlight.delete(key));
    inFlight.set(key, answer);
    return answer;
  };
}

interface Flight<T> {
  readonly beganAt: number;
  readonly current: Promise<T>;
  hasEnded: boolean;
  /** Begins once the current one has ended. */
  next: Promise<T> | null;
}

/**
 * The same for what must not be older than its question: who asks while a question is under way shares the one after it, which
 * begins when that one has ended. So a key has at most two, however many callers there are. Who asked earlier than now, at
 * `askedAt` by `performance.now()`, shares any that began since then; for them an answer is kept for `keepMs`.
 *
 * @example const readFigures = shareNextFlight((companyId: bigint) => readCompanyFigures(db, companyId));
 */
export function shareNextFlight<K, T>(
  ask: (key: K) => Promise<T>,
  { keepMs = 0 }: { keepMs?: number } = {},
): (key: K, askedAt?: number) => Promise<T> {
  const flights = new Map<K, Flight<T>>();
  const begin = (key: K): Promise<T> => {
    const forget = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const end = (): void => {
      flight.hasEnded = true;
      if (keepMs === 0) forget();
      else setTimeout(forget, keepMs).unref();
    };
    const fail = (): void => {
      flight.hasEnded = true;
      forget();
    };
    const flight: Flight<T> = { beganAt: performance.now(), current: ask(key), hasEnded: false, next: null };
    flights.set(key, flight);
    flight.current.then(end, fail);
    return flight.current;
  };
  return (key, askedAt = performance.now()) => {
    const flight = flights.get(key);
    if (flight === undefined) return begin(key);
    if (flight.beganAt > askedAt) return flight.current;
    if (flight.next !== null) return flight.next;
    if (flight.hasEnded) return begin(key);
    const again = (): Promise<T> => begin(key);
    flight.next = flight.current.then(again, again);
    return flight.next;
  };
}
