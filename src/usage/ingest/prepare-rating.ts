import { type Db, Prisma } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { readDirectory } from '../../org/index.ts';
import { readDecks } from '../decks/deck-in-force.ts';
import { type RatedEvent, rateEvent } from './rate-event.ts';
import type { UsageEvent } from './usage-event.ts';

/** How far what this process remembers is current, and whether there may be something to clear: one small query. */
export interface RatingState {
  directory: bigint;
  newestDeck: bigint;
  hasInbox: boolean;
}

interface Source {
  companyId: bigint;
  source: string;
}

/** The state of a company's prices and people now, and of what waits of this source. */
export async function readRatingState(db: Db, { companyId, source }: Source): Promise<RatingState> {
  const [state] = await db.$queryRaw<RatingState[]>(
    Prisma.sql`/* prepared: rating-state */ SELECT ${ratingStateOf(Prisma.sql`${companyId}`, source)}`,
  );
  return state ?? { directory: 0n, newestDeck: 0n, hasInbox: true };
}

/** The same as columns of a statement that finds the company: who has to ask that anyway asks the database once. */
export function ratingStateOf(companyId: Prisma.Sql, source: string): Prisma.Sql {
  return Prisma.sql`
    coalesce((SELECT version FROM directory_version WHERE company_id = ${companyId}), 0) AS directory,
    coalesce((SELECT max(version) FROM rate_deck), 0) AS "newestDeck",
    EXISTS (SELECT FROM usage_inbox WHERE company_id = ${companyId} AND source = ${source}) AS "hasInbox"`;
}

/** What rates events of about these times: the directory as it is, and the decks in force. */
export async function prepareRating(
  db: Db,
  { companyId, source }: Source,
  state: RatingState,
  events: readonly UsageEvent[],
): Promise<(event: UsageEvent) => RatedEvent> {
  const times = events.map(({ usageAt }) => usageAt.getTime());
  const span = {
    from: new Date(times.reduce((a, b) => Math.min(a, b)) - DAY_MS),
    to: new Date(times.reduce((a, b) => Math.max(a, b)) + DAY_MS),
  };
  const directory = await readDirectory(db, companyId, state.directory);
  const deckAt = await readDecks(db, span, state.newestDeck);
  return (event) => rateEvent(source, event, directory, deckAt);
}
