import type { Clock } from '../../clock.ts';
import { type Db, inTransaction } from '../../db/index.ts';
import { DAY_MS, HOUR_MS } from '../../durations.ts';
import { hasCode, RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { enqueue } from '../../queue/index.ts';
import type { DirectoryChange } from '../directory/diff-directory.ts';
import { countChanges, type SyncDeps, type SyncOrder, syncDirectory } from './sync-directory.ts';

/** A process that dies at it: another takes it up after so long. */
const LEASE_MS = HOUR_MS;

/** Wakes a job for each company whose directory is to be read again. */
export async function sweepDirectories({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  const now = clock.now();
  const due = await db.directorySource.findMany({
    where: { dueAt: { lte: now } },
    select: { companyId: true },
  });
  for (const { companyId } of due)
    await inTransaction(db, async (tx) => {
      const { count } = await tx.directorySource.updateMany({
        where: { companyId, dueAt: { lte: now } },
        data: { dueAt: new Date(now.getTime() + LEASE_MS) },
      });
      if (count > 0)
        await enqueue(
          tx,
          'sync-directory',
          { companyId },
          {
            queue: `directory:${companyId}`,
            key: `${companyId}`,
          },
        );
    });
}

/**
 * Reads a company's directory and keeps how that went, for the operator: in the row, and a failure in the log. Read
 * again after a day, give or take an hour so that not all companies ask at once; after an hour where it failed.
 */
export async function syncDirectoryJob(
  deps: SyncDeps & { log: Logger },
  { companyId }: { companyId: bigint },
): Promise<void> {
  await syncAndRecord(deps, { companyId }).catch((error: unknown) => {
    if (hasCode(error, 'directory-not-connected')) return;
    deps.log.error({ err: error, company: companyId.toString() }, 'the directory could not be read');
  });
}

/** The same for the operator: a failure is thrown; see `syncDirectory`. A dry run stores nothing. */
export async function syncAndRecord(deps: SyncDeps, order: SyncOrder): Promise<DirectoryChange[]> {
  const { companyId } = order;
  const keep = async (outcome: 'done' | 'refused' | 'failed', message: string): Promise<void> => {
    const at = deps.clock.now();
    const afterMs = outcome === 'failed' ? HOUR_MS : DAY_MS + (Math.random() * 2 - 1) * HOUR_MS;
    const dueAt = new Date(at.getTime() + afterMs);
    const done = outcome === 'done' ? { doneAt: at } : {};
    await deps.db.directorySource.updateMany({
      where: { companyId },
      data: { triedAt: at, dueAt, outcome, message, ...done },
    });
  };
  try {
    const changes = await syncDirectory(deps, order);
    const { added, changed, gone } = countChanges(changes);
    if (order.dryRun !== true) await keep('done', `${added} added, ${changed} changed, ${gone} gone`);
    return changes;
  } catch (error) {
    const isKnown = error instanceof RefillError;
    const outcome = isKnown && error.code === 'directory-would-empty' ? 'refused' : 'failed';
    if (order.dryRun !== true) await keep(outcome, isKnown ? error.message : 'it failed; the log has more');
    throw error;
  }
}
