import { z } from 'zod';
import type { Queryable } from '../../db/index.ts';
import { type CompiledDeck, compileDeck, pickDeck } from '../../rating/index.ts';
import { deckRows } from './deck-rows.ts';

/**
 * Decks that were read and compiled, the last used last. A deck never changes, so what is here is right for ever; more
 * than a few are only wanted while old usage is rated again.
 */
const compiled = new Map<string, CompiledDeck>();
const MAX_COMPILED = 8;

interface Version {
  version: bigint;
  effectiveAt: Date;
  digest: string;
}

/** Says which deck is in force at an instant, null where none is. */
export type DeckAt = (at: Date) => CompiledDeck | null;

/** The versions there are, by database and newest of them: a version is only ever added. */
const listed = new WeakMap<Queryable, { newest: bigint; versions: Version[] }>();

/**
 * The decks for usage of a span of time: one small query, and the rows of those that this process has not compiled yet
 * (R18). Ask for an instant within the span. Who has just read which version is the newest saves the query.
 *
 * @example const deckAt = await readDecks(tx, { from: oldest, to: newest }); rateTraffic(deckAt(call.at), call);
 */
export async function readDecks(
  db: Queryable,
  span: { from: Date; to: Date },
  newest?: bigint,
): Promise<DeckAt> {
  const versions = newest === undefined ? await listVersions(db) : await listUpTo(db, newest);
  const decks: CompiledDeck[] = [];
  for (const version of versionsOf(span, newestOfEach(versions))) decks.push(await readCompiled(db, version));
  return (at) => pickDeck(decks, at);
}

async function listVersions(db: Queryable): Promise<Version[]> {
  return await db.$queryRaw<Version[]>`
    SELECT version, effective_at AS "effectiveAt", digest FROM rate_deck ORDER BY effective_at, version`;
}

async function listUpTo(db: Queryable, newest: bigint): Promise<Version[]> {
  const known = listed.get(db);
  if (known?.newest === newest) return known.versions;
  const versions = await listVersions(db);
  listed.set(db, { newest, versions });
  return versions;
}

/** Of versions in their order, those in force at some time of the span. */
function versionsOf({ from, to }: { from: Date; to: Date }, versions: readonly Version[]): Version[] {
  const first = versions.findLastIndex(({ effectiveAt }) => effectiveAt <= from);
  return versions.slice(Math.max(first, 0)).filter(({ effectiveAt }) => effectiveAt <= to);
}

/** The deck in force at an instant, null where none is (R18). For many records, ask `readDecks` once. */
export async function deckInForce(db: Queryable, at: Date): Promise<CompiledDeck | null> {
  const deckAt = await readDecks(db, { from: at, to: at });
  return deckAt(at);
}

/** Of versions with the same effective time, in their order, only the last ever applies. */
function newestOfEach(versions: readonly Version[]): Version[] {
  return [...new Map(versions.map((version) => [version.effectiveAt.getTime(), version])).values()];
}

/** A version ready to rate with, from memory where this process has read it before. */
export async function readCompiled(
  db: Queryable,
  { version, effectiveAt, digest }: Version,
): Promise<CompiledDeck> {
  const key = `${digest} ${effectiveAt.getTime()}`;
  const known = compiled.get(key);
  const deck = known ?? compileDeck({ effectiveAt, rows: await readRows(db, version) });
  compiled.delete(key);
  compiled.set(key, deck);
  const [oldest] = compiled.keys();
  if (compiled.size > MAX_COMPILED && oldest !== undefined) compiled.delete(oldest);
  return deck;
}

async function readRows(db: Queryable, version: bigint): Promise<z.output<typeof deckRows>> {
  const [row] = z
    .array(z.object({ rows: deckRows }))
    .parse(await db.$queryRaw`SELECT rows FROM rate_deck WHERE version = ${version}`);
  return row?.rows ?? [];
}
