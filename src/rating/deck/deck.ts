import type { Direction, Licence } from '../types.ts';

/**
 * What a row prices. `call`: a minute to or from a number. `local`: a minute of a Support or Sell licence inside the
 * local area. `toll_free`: a minute of a call to a toll-free line of the company. The others: a segment, a message, a
 * page, a conversation.
 */
export type DeckKind = 'call' | 'local' | 'toll_free' | 'sms' | 'mms' | 'fax' | 'ai_conversation';

/** A row of a rate deck (R18). Null stands for any. */
export interface DeckRow {
  kind: DeckKind;
  licence: Licence | null;
  direction: Direction | null;
  /** Country of the member's office, ISO 3166 alpha-2. */
  origin: string | null;
  /** Digits that the other party's number begins with (of a toll-free row: the company's own); empty: every number. */
  prefix: string;
  /** A name for people; prices nothing. */
  destination: string;
  /** Dollars a minute or a piece, a decimal of at most eight places. */
  rate: string;
  firstSeconds: number;
  nextSeconds: number;
  /** Dollars for a connected call, or once for a message. */
  fee: string;
  /** Calls there are refused: it has no price, and no other row prices its traffic. */
  isBlocked: boolean;
}

/** The prices from one time at which any of them changes until the next (R18); null: since ever. */
export interface RateDeck {
  effectiveAt: Date | null;
  rows: DeckRow[];
}

/** What distinguishes rows: two rows of a deck never agree in it. */
export function keyOf(row: Pick<DeckRow, 'kind' | 'licence' | 'direction' | 'origin' | 'prefix'>): string {
  return [row.kind, row.licence ?? '', row.direction ?? '', row.origin ?? '', row.prefix].join('/');
}

/** The newest deck in force at an instant (R18): the latest effective one, and of equals the last of the list. */
export function pickDeck<T extends { effectiveAt: Date | null }>(decks: readonly T[], at: Date): T | null {
  let newest: T | null = null;
  for (const deck of decks) {
    const since = deck.effectiveAt?.getTime() ?? Number.NEGATIVE_INFINITY;
    if (since > at.getTime()) continue;
    if (newest === null || since >= (newest.effectiveAt?.getTime() ?? Number.NEGATIVE_INFINITY))
      newest = deck;
  }
  return newest;
}
