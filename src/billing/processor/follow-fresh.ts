/** More often than this nothing moves on while it is asked about. */
const MAX_ROUNDS = 5;

/**
 * Follows an object of the processor without a call inside a transaction: reads our row, asks the processor, and applies
 * the answer under the company's lock only where the row has not moved on since it was read. Otherwise the answer may be
 * older than what the row says, and the processor is asked anew.
 * @param apply answers false where the row has moved on
 */
export async function followFresh<Row, Found>(steps: {
  read: () => Promise<Row>;
  ask: () => Promise<Found>;
  apply: (found: Found, known: Row) => Promise<boolean>;
}): Promise<void> {
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const known = await steps.read();
    if (await steps.apply(await steps.ask(), known)) return;
  }
  throw new Error('the object at the processor moves on faster than it can be followed');
}
