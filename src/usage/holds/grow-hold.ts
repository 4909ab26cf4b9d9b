import type { Tx } from '../../db/index.ts';
import { extendHold, type HoldLimit } from '../../ledger/index.ts';
import type { Money } from '../../money.ts';
import { type CallTerms, costOfSeconds, countIncrements, secondsOfIncrements } from '../../rating/index.ts';

/** How far a hold has grown; `limit` is what kept it from all that was asked. */
interface GrownHold {
  seconds: number;
  amount: Money;
  limit: HoldLimit | null;
}

/**
 * Extends a hold by as many increments of a call as it may, up to those of `seconds`, and returns the
 * seconds they last. Each try is the ledger's own decision, whatever limits it has, and the caller has locked the book:
 * so none grants what is not there, and a refused one changes nothing.
 */
export async function growHold(
  tx: Tx,
  hold: { companyId: bigint; key: string; at: Date },
  call: { terms: CallTerms; held: number; seconds: number; expiryOf: (seconds: number) => Date },
): Promise<GrownHold> {
  const { terms, held } = call;
  const asked = Math.max(held, call.seconds);
  const total = countIncrements(terms, asked);
  const secondsOf = (increments: number): number =>
    increments === total ? asked : Math.max(held, secondsOfIncrements(terms, increments));
  const extendTo = (seconds: number) =>
    extendHold(tx, {
      ...hold,
      amount: costOfSeconds(terms, seconds),
      expiresAt: call.expiryOf(seconds),
    });
  let granted = countIncrements(terms, held);
  let refused = total + 1;
  let limit: HoldLimit | null = null;
  // All of it is the likeliest; after that, the middle between what is held and what is refused.
  for (let next = total; granted < next && next < refused; next = Math.floor((granted + refused) / 2)) {
    const answer = await extendTo(secondsOf(next));
    if (answer.outcome === 'refused') [refused, limit] = [next, answer.limit ?? 'credits'];
    else granted = next;
  }
  const seconds = secondsOf(granted);
  // What is paid for already may last longer, and then expires later.
  await extendTo(seconds);
  return { seconds, amount: costOfSeconds(terms, seconds), limit };
}
