import { z } from 'zod';
import { parseBigJson } from '../../big-json.ts';
import type { Db } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import type { NumberKey } from '../../number-key.ts';
import { readDirectory, readNumberKey } from '../../org/index.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { ingestLegs } from './ingest-events.ts';
import type { LegEvent } from './merge-legs.ts';
import { officeCountries } from './office-country.ts';
import type { IngestOutcome } from './outcomes.ts';
import { readVendorEvent } from './read-vendor-event.ts';
import { keyOfUnread } from './usage-keys.ts';
import { VENDOR_SOURCE } from './usage-sources.ts';

/** An event that waits as it came. */
const unreadEvent = z.object({ unread: z.string() });
/** A clock may be off by minutes; an event that is dated further ahead cannot be billed. */
const MAX_AHEAD_MS = DAY_MS;
/** Why such an event waits in the inbox. */
export const FAR_AHEAD_REASON = 'it is dated more than a day ahead; kept for the operator';

export type InboxRow = NonNullable<Awaited<ReturnType<Db['usageInbox']['findFirst']>>>;

/**
 * Whether an event is dated so far ahead that it is kept as it came: stored as the newest of its call it would win over
 * whatever comes later.
 */
export function isFarAhead(legs: readonly LegEvent[], now: Date): boolean {
  return legs.some(({ event }) => Number(event.version) > now.getTime() + MAX_AHEAD_MS);
}

export function isUnread({ source, event }: Pick<InboxRow, 'source' | 'event'>): boolean {
  return source === VENDOR_SOURCE && unreadEvent.safeParse(event).success;
}

/**
 * Stores an event that cannot be posted as it is: it is not lost, and the operator accepts or drops it.
 * Applies R33.6.
 */
export async function storeUnread(
  { db, clock }: IngestDeps,
  { companyId, numberKey }: { companyId: bigint; numberKey: NumberKey },
  payload: unknown,
  message: string,
): Promise<void> {
  const unread = JSON.stringify(payload);
  const key = { companyId, source: VENDOR_SOURCE, externalId: keyOfUnread(unread, numberKey) };
  await db.usageInbox.upsert({
    where: { companyId_source_externalId: key },
    create: { ...key, reason: 'waiting', message, event: { unread }, receivedAt: clock.now() },
    update: {},
  });
}

/**
 * Reads a stored event again, as it may be readable by now, and posts it; its item goes once all of it is taken. `force`: the
 * operator accepts it, also dated ahead. Returns null where nothing has changed.
 */
export async function bookUnread(
  deps: IngestDeps,
  item: InboxRow,
  force: boolean,
): Promise<IngestOutcome | null> {
  const { companyId, id } = item;
  const payload = parseBigJson(unreadEvent.parse(item.event).unread);
  const numberKey = await readNumberKey(deps, companyId);
  const countries = officeCountries(await readDirectory(deps.db, companyId));
  const read = readVendorEvent(payload, numberKey, countries);
  if ('ignored' in read) return { outcome: 'rejected', message: read.ignored };
  if (!('legs' in read)) return { outcome: 'rejected', message: read.unreadable };
  if (!force && isFarAhead(read.legs, deps.clock.now())) return null;
  const taken = await ingestLegs(deps, { companyId, source: VENDOR_SOURCE, legs: read.legs, force });
  const refused = [...taken.values()].find(({ outcome }) => outcome === 'rejected');
  if (refused !== undefined) return refused;
  if (read.unreadable !== undefined) return { outcome: 'rejected', message: read.unreadable };
  await deps.db.usageInbox.deleteMany({ where: { companyId, id } });
  return [...taken.values()][0] ?? null;
}
