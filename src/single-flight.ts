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
  current: Promise<T>;
  /** Begins once the current one has ended. */
  next: Promise<T> | null;
}

/**
 * The same for what must not be older than its question: who asks while a question is under way shares the one after it, which
 * begins when that one has ended. So a key has at most two, however many callers there are.
 *
 * @example const readFigures = shareNextFlight((companyId: bigint) => readCompanyFigures(db, companyId));
 */
export function shareNextFlight<K, T>(ask: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const flights = new Map<K, Flight<T>>();
  const begin = (key: K): Promise<T> => {
    const current = ask(key).finally(() => {
      if (flight.next === null) flights.delete(key);
    });
    const flight: Flight<T> = { current, next: null };
    flights.set(key, flight);
    return current;
  };
  return (key) => {
    const flight = flights.get(key);
    if (flight === undefined) return begin(key);
    const again = (): Promise<T> => begin(key);
    flight.next ??= flight.current.then(again, again);
    return flight.next;
  };
}
