import type { Rated, UnratedReason } from './types.ts';

/** A refusal to price: never free, listed until a rate arrives (R18). Applies R18.3. */
export function unrated(reason: UnratedReason, explanation: string): Rated {
  return { outcome: 'unrated', reason, explanation };
}
