import { z } from 'zod';
import type { Queryable } from '../../db/index.ts';
import { SECOND_MS } from '../../durations.ts';
import { unattributedUsage } from '../../instruments.ts';
import { toStored, type UsageEvent } from './usage-event.ts';

export const inboxReason = z.enum(['unrated', 'waiting', 'unbooked']);
export type InboxReason = z.infer<typeof inboxReason>;

export interface InboxItem {
  event: UsageEvent;
  reason: InboxReason;
  message: string;
}

/**
 * Why usage waits that names an office of no directory; it is posted once the directory has that office.
 */
export const UNKNOWN_OFFICE_REASON =
  'it names an office that the directory does not have; posted once it has';

const FIRST_RETRY_MS = 30 * SECOND_MS;

/** Stores what is not posted yet; the same record again is the same item. `waiting` items need the operator. */
export async function storeInInbox(
  tx: Queryable,
  batch: { companyId: bigint; source: string; items: readonly InboxItem[]; at: Date },
): Promise<void> {
  const { companyId, source, items, at } = batch;
  if (items.length === 0) return;
  const kept = [...new Map(items.map((item) => [item.event.externalId, item])).values()].sort((a, b) =>
    a.event.externalId < b.event.externalId ? -1 : 1,
  );
  const retryAt = new Date(at.getTime() + FIRST_RETRY_MS);
  await tx.$executeRaw`
    INSERT INTO usage_inbox (company_id, source, external_id, reason, words, event, received_at, next_attempt_at)
    SELECT ${companyId}, ${source}, external_id, reason, message, event, ${at},
      CASE WHEN reason = 'waiting' THEN NULL ELSE ${retryAt}::timestamptz END
    FROM unnest(${kept.map(({ event }) => event.externalId)}::text[], ${kept.map(({ reason }) => reason)}::text[],
      ${kept.map(({ message }) => message)}::text[], ${kept.map(({ event }) => toStored(event))}::jsonb[])
      AS i (external_id, reason, message, event)
    ON CONFLICT (company_id, source, external_id) DO UPDATE
      SET reason = excluded.reason, words = excluded.words, event = excluded.event,
          next_attempt_at = excluded.next_attempt_at`;
}

/** Releases usage of the inbox whose office the directory has by now, so that it is posted at once. Applies R33.4. */
export async function releaseKnownOffices(db: Queryable, at: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE usage_inbox SET reason = 'unbooked', next_attempt_at = ${at}
    WHERE reason = 'waiting' AND words = ${UNKNOWN_OFFICE_REASON} AND EXISTS (
      SELECT 1 FROM office WHERE office.company_id = usage_inbox.company_id
        AND office.external_ref = usage_inbox.event #>> '{party,officeRef}')`;
}

/** Removes what is posted by now. */
export async function clearFromInbox(
  tx: Queryable,
  posted: { companyId: bigint; source: string; externalIds: readonly string[] },
): Promise<void> {
  if (posted.externalIds.length === 0) return;
  await tx.$executeRaw`DELETE FROM usage_inbox WHERE company_id = ${posted.companyId} AND source = ${posted.source}
    AND external_id = ANY (${[...posted.externalIds]}::text[])`;
}

/** Lists what was posted without an owner, so that it can be repaired. */
export async function storeUnattributed(
  tx: Queryable,
  batch: { companyId: bigint; source: string; events: readonly UsageEvent[]; at: Date },
): Promise<void> {
  const { companyId, source, events, at } = batch;
  if (events.length === 0) return;
  unattributedUsage.inc(events.length);
  const kept = [...new Map(events.map((event) => [event.externalId, event])).values()];
  await tx.$executeRaw`
    INSERT INTO usage_unattributed (company_id, source, external_id, event, seen_at)
    SELECT ${companyId}, ${source}, external_id, event, ${at}
    FROM unnest(${kept.map(({ externalId }) => externalId)}::text[], ${kept.map(toStored)}::jsonb[]) AS u (external_id, event)
    ON CONFLICT (company_id, source, external_id) DO UPDATE SET event = excluded.event`;
}
