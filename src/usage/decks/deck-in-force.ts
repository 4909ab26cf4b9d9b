import type { Queryable } from '../../db/index.ts';
import { type CompiledDeck, compileDeck, pickDeck } from '../../rating/index.ts';
import { begunBy, type DeckImports, listImports, newestOf, timesUpTo } from './deck-imports.ts';
import { readRowsInForce } from './rows-in-force.ts';

/**
 * Prices that were read and compiled, the last used last. What was known at an import never changes, so what is here is right
 * for ever; more than a few are only wanted while old usage is rated again.
 */
const compiled = new Map<string, CompiledDeck>();
const MAX_COMPILED = 8;

/** Returns the prices in force at an instant, null where there are none. */
export type DeckAt = (at: Date) => CompiledDeck | null;

/** The imports there are, by database and newest of them: an import is only ever added. */
const listed = new WeakMap<Queryable, { newest: bigint; imports: DeckImports }>();

/**
 * The prices for usage of a span of time: one small query, and the rows of those that this process has not compiled yet
 * (R18). Ask for an instant within the span. Who has just read which import is the newest saves the query.
 *
 * @example const deckAt = await readDecks(tx, { from: oldest, to: newest }); rateTraffic(deckAt(call.at), call);
 */
export async function readDecks(
  db: Queryable,
  span: { from: Date; to: Date },
  newest?: bigint,
): Promise<DeckAt> {
  const imports = newest === undefined ? await listImports(db) : await listUpTo(db, newest);
  const times = timesUpTo(imports);
  const first = times.findLastIndex((at) => at <= span.from);
  const decks: CompiledDeck[] = [];
  for (const at of times.slice(Math.max(first, 0)).filter((time) => time <= span.to))
    decks.push(await readCompiled(db, imports, at));
  return (at) => pickDeck(decks, at);
}

async function listUpTo(db: Queryable, newest: bigint): Promise<DeckImports> {
  const known = listed.get(db);
  if (known?.newest === newest) return known.imports;
  const imports = await listImports(db);
  listed.set(db, { newest, imports });
  return imports;
}

/**
 * The prices from one of the times at which they change until the next, ready to rate with, from memory where this process
 * has read them before.
 */
export async function readCompiled(
  db: Queryable,
  imports: DeckImports,
  effectiveAt: Date,
): Promise<CompiledDeck> {
  // An import that changes nothing until later leaves the prices of this time as they were compiled.
  const newest = newestOf(begunBy(imports, effectiveAt));
  // The digest of an import covers all before it, but for decks of an older version: those differ by number.
  const key = `${newest?.version ?? 0n} ${newest?.digest ?? ''} ${effectiveAt.getTime()}`;
  const known = compiled.get(key);
  const rows =
    known === undefined ? await readRowsInForce(db, { at: effectiveAt, newest: newest?.version ?? 0n }) : [];
  const deck = known ?? compileDeck({ effectiveAt, rows });
  compiled.delete(key);
  compiled.set(key, deck);
  const [oldest] = compiled.keys();
  if (compiled.size > MAX_COMPILED && oldest !== undefined) compiled.delete(oldest);
  return deck;
}
