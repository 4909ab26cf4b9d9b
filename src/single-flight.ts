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
