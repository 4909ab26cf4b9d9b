import { createGroupCommit } from '../../group-commit.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { ingestLegs } from './ingest-events.ts';
import type { LegEvent } from './merge-legs.ts';

const MAX_EVENTS = 500;

/** Books the legs of one event; resolves once they are committed. */
export type LegPoster = (companyId: bigint, legs: LegEvent[]) => Promise<void>;

/** A poster for many concurrent callers: events that come one by one are posted together. */
export function createLegPoster(deps: IngestDeps, source: string): LegPoster {
  return createGroupCommit({
    maxItems: MAX_EVENTS,
    commit: async (companyId, events: LegEvent[][]) => {
      await ingestLegs(deps, { companyId, source, legs: events.flat() });
      return events.map(() => undefined);
    },
  });
}
