import type { Queryable } from '../../db/index.ts';
import type { CompiledDeck } from '../../rating/index.ts';
import { type DeckImports, knownAt, listImports, newestOf, timesUpTo } from '../decks/deck-imports.ts';
import { readCompiled } from '../decks/deck-in-force.ts';

/** Which prices were, as far as was known at one instant, in force at another. */
export type DeckHistory = (at: Date, knownAt: Date) => Promise<CompiledDeck | null>;

/** All imports there are, for asking what usage cost when it was charged, and what it costs by what is known now. */
export async function readDeckHistory(db: Queryable): Promise<DeckHistory> {
  const imports = await listImports(db);
  const timesOf = new Map<bigint, Date[]>();
  const listTimes = (known: DeckImports): Date[] => {
    const version = newestOf(known)?.version ?? 0n;
    const times = timesOf.get(version) ?? timesUpTo(known);
    timesOf.set(version, times);
    return times;
  };
  return async (at, seenAt) => {
    const known = knownAt(imports, seenAt);
    const effectiveAt = listTimes(known).findLast((time) => time <= at);
    return effectiveAt === undefined ? null : await readCompiled(db, known, effectiveAt);
  };
}
