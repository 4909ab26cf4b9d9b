import type { CompiledDeck } from './compile-deck.ts';
import { rateCall } from './rate-call.ts';
import { ratePieces } from './rate-pieces.ts';
import type { AnyTraffic, Rated } from './types.ts';

/**
 * What a piece of usage comes to under the deck in force at its time (null: there is none). Throws nothing: what cannot
 * be priced is `unrated`, with the reason. Applies R1.1.
 *
 * @example rateTraffic(pickDeck(decks, call.at), call)
 */
export function rateTraffic(deck: CompiledDeck | null, traffic: AnyTraffic): Rated {
  return traffic.kind === 'call' ? rateCall(deck, traffic) : ratePieces(deck, traffic);
}
