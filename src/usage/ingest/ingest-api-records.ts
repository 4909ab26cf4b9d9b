import { isDatabaseUnavailable } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import { readDirectory } from '../../org/index.ts';
import { storeInInbox } from './inbox.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { ingestEvents } from './ingest-events.ts';
import { officeCountries } from './office-country.ts';
import type { IngestOutcome } from './outcomes.ts';
import { readApiRecord } from './read-api-record.ts';
import type { UsageEvent } from './usage-event.ts';
import { API_SOURCE } from './usage-sources.ts';

const BATCH = 1_000;

export type ApiOutcome = { id: string | null } & IngestOutcome;

/**
 * Takes the records of one request in, once all of them are read: an outcome a record, in order. What reading them
 * throws is rethrown, with nothing posted. What cannot be posted though it was understood
 * stays in the inbox and is tried again; only a database that is away is thrown, as the sender has to come again then.
 */
export async function ingestApiRecords(
  deps: IngestDeps & { log: Logger },
  companyId: bigint,
  values: AsyncIterable<unknown> | Iterable<unknown>,
): Promise<ApiOutcome[]> {
  // Only what was understood of each is held on to: what a sender writes into a record has no bounds.
  const read: ReturnType<typeof readApiRecord>[] = [];
  const officeCountryOf = officeCountries(await readDirectory(deps.db, companyId));
  for await (const value of values) read.push(readApiRecord(value, officeCountryOf));
  const events = read.flatMap((record) => ('event' in record ? [record.event] : []));
  const answers: IngestOutcome[] = [];
  for (let from = 0; from < events.length; from += BATCH)
    answers.push(...(await ingestBatch(deps, companyId, API_SOURCE, events.slice(from, from + BATCH))));
  const next = answers.values();
  return read.map((record) =>
    'event' in record
      ? { id: record.event.externalId, ...(next.next().value ?? { outcome: 'queued' }) }
      : { id: record.id, outcome: 'rejected', message: record.message },
  );
}

/** Books a batch, or keeps it where booking fails for a reason of our own. */
export async function ingestBatch(
  deps: IngestDeps & { log: Logger },
  companyId: bigint,
  source: string,
  events: readonly UsageEvent[],
): Promise<IngestOutcome[]> {
  try {
    return await ingestEvents(deps, { companyId, source, events });
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    deps.log.error(
      { err: error, company: companyId.toString(), source },
      'usage could not be posted; it is stored',
    );
    const items = events.map((event) => ({
      event,
      reason: 'unbooked' as const,
      message: 'posting failed',
    }));
    await storeInInbox(deps.db, { companyId, source, items, at: deps.clock.now() });
    return events.map(() => ({ outcome: 'queued' }));
  }
}
