import type { Queryable } from '../../db/index.ts';
import { type CompiledDeck, pickDeck } from '../../rating/index.ts';
import { readCompiled } from '../decks/deck-in-force.ts';

/** Which deck was, as far as was known at one instant, in force at another. */
export type DeckHistory = (at: Date, knownAt: Date) => Promise<CompiledDeck | null>;

/** All versions there are, for asking what usage cost when it was charged, and what it costs by what is known now. */
export async function readDeckHistory(db: Queryable): Promise<DeckHistory> {
  const versions = await db.rateDeck.findMany({
    select: { version: true, effectiveAt: true, digest: true, importedAt: true },
    orderBy: [{ effectiveAt: 'asc' }, { version: 'asc' }],
  });
  return async (at, knownAt) => {
    const known = versions.filter(({ importedAt }) => importedAt <= knownAt);
    const version = pickDeck(known, at);
    return version === null ? null : await readCompiled(db, version);
  };
}
