import { backoffMs } from '../../backoff.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { recordAudit } from '../../org/index.ts';
import { inboxReason, releaseKnownOffices } from './inbox.ts';
import { type IngestDeps, ingestEvents, ingestStored } from './ingest-events.ts';
import type { IngestOutcome } from './outcomes.ts';
import { storedEvent } from './usage-event.ts';
import { VENDOR_SOURCE } from './vendor-source.ts';

const AT_ONCE = 500;
const BACKOFF = { initialMs: MINUTE_MS, maxMs: 6 * HOUR_MS };

/** Tries again what is due in the inbox: a rate may have arrived, or the fault that prevented posting is over. */
export async function sweepInbox(deps: IngestDeps & { log: Logger }, companyId?: bigint): Promise<void> {
  await releaseKnownOffices(deps.db, deps.clock.now());
  for (let tried = AT_ONCE; tried === AT_ONCE; ) tried = await sweepSome(deps, companyId);
}

async function sweepSome(deps: IngestDeps & { log: Logger }, companyId?: bigint): Promise<number> {
  const now = deps.clock.now();
  const due = await deps.db.usageInbox.findMany({
    where: { nextAttemptAt: { lte: now }, ...(companyId === undefined ? {} : { companyId }) },
    orderBy: { nextAttemptAt: 'asc' },
    take: AT_ONCE,
  });
  for (const item of due) {
    const waitMs = backoffMs(item.attempts, BACKOFF);
    // Written first: an item that takes the process down with it does not stop the others.
    const nextAttemptAt = new Date(deps.clock.now().getTime() + waitMs);
    await deps.db.usageInbox.updateMany({
      where: { companyId: item.companyId, id: item.id },
      data: { attempts: { increment: 1 }, nextAttemptAt },
    });
    await bookItem(deps, item)
      .then((outcome) => putOff(deps, item, outcome, nextAttemptAt))
      .catch((error: unknown) => {
        deps.log.error({ err: error, item: item.id.toString() }, 'usage of the inbox could not be booked');
      });
  }
  return due.length;
}

/** Still without a rate: it was kept again, and waits longer each time. What the ledger refuses is for the operator. */
async function putOff(
  deps: IngestDeps,
  { companyId, id }: Item,
  outcome: IngestOutcome | null,
  nextAttemptAt: Date,
): Promise<void> {
  if (outcome?.outcome === 'unrated')
    await deps.db.usageInbox.updateMany({ where: { companyId, id }, data: { nextAttemptAt } });
  if (outcome?.outcome === 'rejected' || outcome?.outcome === 'conflict')
    await deps.db.usageInbox.updateMany({
      where: { companyId, id },
      data: { reason: 'waiting', message: outcome.message, nextAttemptAt: null },
    });
}

type Item = NonNullable<Awaited<ReturnType<Db['usageInbox']['findFirst']>>>;

async function bookItem(deps: IngestDeps, item: Item, force = false): Promise<IngestOutcome | null> {
  const read = storedEvent.safeParse(item.event);
  if (!read.success)
    throw new RefillError('inbox-unreadable', 'This record was not understood, so it cannot be booked.');
  const { companyId, source } = item;
  if (source === VENDOR_SOURCE)
    return await ingestStored(deps, { companyId, source, call: read.data.externalId, force });
  const [outcome] = await ingestEvents(deps, { companyId, source, events: [read.data], force });
  return outcome ?? null;
}

/**
 * The operator accepts usage from the inbox that waits for them: posted though it is too old or in the future (R7).
 * Throws RefillError `inbox-unknown`, `inbox-unreadable`.
 */
export async function acceptWaiting(
  deps: IngestDeps,
  key: { companyId: bigint; id: bigint },
): Promise<IngestOutcome | null> {
  const item = await deps.db.usageInbox.findUnique({ where: { companyId_id: key } });
  if (item === null)
    throw new RefillError(
      'inbox-unknown',
      `Company ${key.companyId} has nothing numbered ${key.id} in its inbox.`,
    );
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

export interface InboxLine {
  id: bigint;
  source: string;
  externalId: string;
  reason: string;
  message: string;
  receivedAt: Date;
}

/** What a company's inbox holds, the oldest first. */
export async function listInbox(db: Db, companyId: bigint, reason?: string): Promise<InboxLine[]> {
  return await db.usageInbox.findMany({
    where: {
      companyId,
      ...(reason === undefined ? {} : { reason: inboxReason.parse(reason) }),
    },
    select: { id: true, source: true, externalId: true, reason: true, message: true, receivedAt: true },
    orderBy: { id: 'asc' },
    take: 1_000,
  });
}
