import { z } from 'zod';
import { backoffMs } from '../../backoff.ts';
import type { Db } from '../../db/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../durations.ts';
import type { Logger } from '../../log.ts';
import { bookItem } from './book-item.ts';
import { inboxReason, releaseKnownOffices } from './inbox.ts';
import type { IngestDeps } from './ingest-deps.ts';
import type { IngestOutcome } from './outcomes.ts';
import { bookUnread, type InboxRow, isUnread } from './unread-events.ts';

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
        deps.log.error({ err: error, item: item.id.toString() }, 'usage of the inbox could not be posted');
      });
  }
  return due.length;
}

/** Still without a rate: it was kept again, and waits longer each time. What the ledger refuses is for the operator. */
async function putOff(
  deps: IngestDeps,
  { companyId, id }: InboxRow,
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

const PAGE = 200;

/** Reads events again that could not be read, as the directory or our own reading may have learned; answers how many were taken. */
export async function readUnreadAgain(deps: IngestDeps, companyId: bigint): Promise<number> {
  let taken = 0;
  for (let after = 0n; ; ) {
    const items = await deps.db.usageInbox.findMany({
      where: { companyId, reason: 'waiting', id: { gt: after } },
      orderBy: { id: 'asc' },
      take: PAGE,
    });
    for (const item of items.filter(isUnread)) {
      const outcome = await bookUnread(deps, item, false);
      if (outcome !== null && outcome.outcome !== 'rejected') taken += 1;
    }
    const last = items.at(-1);
    if (last === undefined || items.length < PAGE) return taken;
    after = last.id;
  }
}

export interface InboxLine {
  id: bigint;
  source: string;
  externalId: string;
  reason: string;
  message: string;
  receivedAt: Date;
  /** When the phones were used; null where its event could not be read. */
  usageAt: Date | null;
}

const usageTime = z.object({ usageAt: z.coerce.date() });

/** What a company's inbox holds, in the order in which it came. */
export async function listInbox(db: Db, companyId: bigint, reason?: string): Promise<InboxLine[]> {
  const rows = await db.usageInbox.findMany({
    where: {
      companyId,
      ...(reason === undefined ? {} : { reason: inboxReason.parse(reason) }),
    },
    select: {
      id: true,
      source: true,
      externalId: true,
      reason: true,
      message: true,
      receivedAt: true,
      event: true,
    },
    orderBy: { id: 'asc' },
    take: 1_000,
  });
  // The event itself holds phone numbers.
  return rows.map(({ event, ...line }) => ({
    ...line,
    usageAt: usageTime.safeParse(event).data?.usageAt ?? null,
  }));
}
