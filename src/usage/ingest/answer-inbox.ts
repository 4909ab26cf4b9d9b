import { inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { recordAudit } from '../../org/index.ts';
import { bookItem } from './book-item.ts';
import type { IngestDeps } from './ingest-deps.ts';
import type { IngestOutcome } from './outcomes.ts';
import type { InboxRow } from './unread-events.ts';

interface ItemKey {
  companyId: bigint;
  id: bigint;
}

/**
 * The operator accepts usage from the inbox that waits for them: posted though it is too old or in the future (R7); an event
 * that could not be read is read again. Throws RefillError `inbox-unknown`, `inbox-unreadable`.
 */
export async function acceptWaiting(deps: IngestDeps, key: ItemKey): Promise<IngestOutcome | null> {
  const item = await findItem(deps, key);
  const outcome = await bookItem(deps, item, true);
  await inTransaction(deps.db, (tx) =>
    recordAudit(tx, {
      companyId: key.companyId,
      at: deps.clock.now(),
      actor: 'operator',
      surface: 'operator',
      action: 'usage-accepted',
      details: { source: item.source, id: item.externalId, outcome: outcome?.outcome ?? 'none' },
    }),
  );
  return outcome;
}

/**
 * The operator drops usage from the inbox: it is never posted, unless it is sent again. What is stored of a call goes with it,
 * so that a later leg is not merged with it, but where the call is posted. Throws RefillError `inbox-unknown`.
 */
export async function dropWaiting(
  deps: IngestDeps,
  { reason, ...key }: ItemKey & { reason: string },
): Promise<void> {
  const item = await findItem(deps, key);
  const { companyId, source, externalId } = item;
  await inTransaction(deps.db, async (tx) => {
    await tx.usageInbox.deleteMany({ where: key });
    const isPosted = (await tx.usageRecord.count({ where: { companyId, source, externalId } })) > 0;
    if (!isPosted) await tx.usageLeg.deleteMany({ where: { companyId, source, externalId } });
    await recordAudit(tx, {
      companyId,
      at: deps.clock.now(),
      actor: 'operator',
      surface: 'operator',
      action: 'usage-dropped',
      reason,
      details: { source, id: externalId, why: item.message },
    });
  });
}

async function findItem({ db }: IngestDeps, key: ItemKey): Promise<InboxRow> {
  const item = await db.usageInbox.findUnique({ where: { companyId_id: key } });
  if (item !== null) return item;
  throw new RefillError(
    'inbox-unknown',
    `Company ${key.companyId} has nothing numbered ${key.id} in its inbox.`,
  );
}
