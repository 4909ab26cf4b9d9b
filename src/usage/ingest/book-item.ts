import { RefillError } from '../../errors.ts';
import type { IngestDeps } from './ingest-deps.ts';
import { ingestEvents, ingestStored } from './ingest-events.ts';
import type { IngestOutcome } from './outcomes.ts';
import { bookUnread, type InboxRow, isUnread } from './unread-events.ts';
import { storedEvent } from './usage-event.ts';
import { VENDOR_SOURCE } from './usage-sources.ts';

/** Posts an item of the inbox; `force`: though it is too old or in the future. Throws RefillError `inbox-unreadable`. */
export async function bookItem(
  deps: IngestDeps,
  item: InboxRow,
  force = false,
): Promise<IngestOutcome | null> {
  if (isUnread(item)) return await bookUnread(deps, item, force);
  const read = storedEvent.safeParse(item.event);
  if (!read.success)
    throw new RefillError('inbox-unreadable', 'This record was not understood, so it cannot be posted.');
  const { companyId, source } = item;
  if (source === VENDOR_SOURCE)
    return await ingestStored(deps, { companyId, source, call: read.data.externalId, force });
  const [outcome] = await ingestEvents(deps, { companyId, source, events: [read.data], force });
  return outcome ?? null;
}
