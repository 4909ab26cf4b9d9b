import type { Clock } from '../../clock.ts';
import { type Db, type DirectoryOutcome, inTransaction } from '../../db/index.ts';
import { DAY_MS, HOUR_MS } from '../../durations.ts';
import { hasCode, RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { enqueue } from '../../queue/index.ts';
import { raiseOperatorNotice, resolveOperatorNotice } from '../operator-notices/raise-operator-notice.ts';
import type { OddItem } from './read-item.ts';
import {
  countChanges,
  type SyncDeps,
  type SyncedDirectory,
  type SyncOrder,
  syncDirectory,
} from './sync-directory.ts';

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

/** So many odd items are kept for `directory status`; all are counted. */
const MAX_ODD_ITEMS = 200;

/**
 * The same for the operator: a failure is thrown; see `syncDirectory`. Odd items are kept until the next sync, and are an
 * operator notice as long as there are any. A dry run stores nothing.
 */
export async function syncAndRecord(deps: SyncDeps, order: SyncOrder): Promise<SyncedDirectory> {
  const { companyId } = order;
  try {
    const synced = await syncDirectory(deps, order);
    if (order.dryRun !== true) await recordSuccess(deps, companyId, synced);
    return synced;
  } catch (error) {
    const isKnown = error instanceof RefillError;
    const outcome = isKnown && error.code === 'directory-would-empty' ? 'refused' : 'failed';
    if (order.dryRun !== true)
      await deps.db.directorySource.updateMany({
        where: { companyId },
        data: {
          ...nextSync(deps.clock.now(), outcome),
          outcome,
          message: isKnown ? error.message : 'it failed; the log has more',
        },
      });
    throw error;
  }
}

async function recordSuccess(
  { db, clock }: SyncDeps,
  companyId: bigint,
  { changes, oddItems }: SyncedDirectory,
): Promise<void> {
  const at = clock.now();
  const { added, changed, gone } = countChanges(changes);
  await inTransaction(db, async (tx) => {
    await tx.directorySource.updateMany({
      where: { companyId },
      data: {
        ...nextSync(at, 'done'),
        doneAt: at,
        outcome: 'done',
        message: [`${added} added, ${changed} changed, ${gone} gone`, ...countOddItems(oddItems)].join('; '),
        oddItems: oddItems.slice(0, MAX_ODD_ITEMS).map((each) => ({ ...each })),
      },
    });
    const notice = { kind: 'directory-items-odd', companyId, at } as const;
    if (oddItems.length === 0) await resolveOperatorNotice(tx, notice);
    else await raiseOperatorNotice(tx, { ...notice, details: { items: oddItems.length } });
  });
}

/** How many were left out and how many taken in part, in words; nothing where none were. */
export function countOddItems(oddItems: readonly OddItem[]): string[] {
  if (oddItems.length === 0) return [];
  const skipped = oddItems.filter(({ isSkipped }) => isSkipped).length;
  return [`${skipped} left out, ${oddItems.length - skipped} taken in part`];
}

function nextSync(at: Date, outcome: DirectoryOutcome): { triedAt: Date; dueAt: Date } {
  const afterMs = outcome === 'failed' ? HOUR_MS : DAY_MS + (Math.random() * 2 - 1) * HOUR_MS;
  return { triedAt: at, dueAt: new Date(at.getTime() + afterMs) };
}
