import { backoffMs } from '../../backoff.ts';
import { exportState } from '../../db/index.ts';
import { MINUTE_MS, SECOND_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { toMicros } from '../../money.ts';
import { findPerson } from '../../org/index.ts';
import type { JobPayload } from '../../queue/index.ts';
import { newReference } from '../../reference.ts';
import { allowQuery } from './allow-query.ts';
import { deliverFiles, shareFiles } from './deliver-files.ts';
import { describeExport, type ExportKey, type ExportRow, readStoredQuery } from './export-rows.ts';
import { type ExportRun, moveRun, SupersededError } from './export-run.ts';
import { makeFile } from './make-file.ts';
import { createProgress } from './tell-progress.ts';
import { ExportDeliveryError, type ExportDeps, type ExportFailure } from './types.ts';

const INITIAL_BACKOFF_MS = 3 * SECOND_MS;
const BACKOFF = { initialMs: INITIAL_BACKOFF_MS, maxMs: 5 * MINUTE_MS };
/** Runs, the killed ones among them, before an export is given up. */
const MAX_RUNS = 8;
/** Tries to say how it ended. */
const MAX_TOLD = 20;
/** While a run is in flight no other worker picks it up; after this time one does. */
const LEASE_MS = 15 * MINUTE_MS;

/**
 * Moves an export on until it is over: reads, writes, hands over, shows, says so. Each step is written down before the
 * next; a run that was killed is begun afresh by another worker, up to the moment where the files are handed over, and
 * from then on only the showing is done again, of the same files. Safe to run any number of times.
 */
export async function runExport(
  deps: ExportDeps,
  { companyId, exportId }: JobPayload<'run-export'>,
): Promise<void> {
  const row = await claimRun(deps, { companyId, id: exportId });
  if (row === null) return;
  const run = { companyId, id: row.id, number: row.runs };
  try {
    if (row.finishedAt === null) await advance(deps, run, row);
  } catch (error) {
    if (!(error instanceof SupersededError)) await recordFailure(deps, run, error);
  }
  await showOutcome(deps, run);
}

/**
 * Opens a run of an export that is under way, or over but not said yet. Null where there is nothing to do, or not yet: a
 * run that broke off waits its time, one that was killed does not.
 */
async function claimRun(deps: ExportDeps, { companyId, id }: ExportKey): Promise<ExportRow | null> {
  const now = deps.clock.now();
  const isDue = [
    { state: { not: exportState.enum.queued }, nextRunAt: { not: null } },
    { nextRunAt: { lte: now } },
  ];
  const taken = await deps.db.usageExport.updateMany({
    where: { companyId, id, OR: isDue },
    data: { runs: { increment: 1 }, nextRunAt: new Date(now.getTime() + LEASE_MS) },
  });
  if (taken.count === 0) return null;
  return await deps.db.usageExport.findUnique({ where: { companyId_id: { companyId, id } } });
}

async function advance(deps: ExportDeps, run: ExportRun, row: ExportRow): Promise<void> {
  if (row.state === 'sharing') return await shareFiles(deps, run, row.fileIds);
  const person = await findPerson(deps.db, row);
  if (person === null || person.company.id !== row.companyId)
    throw new RefillError('not-allowed', 'The asker is nobody here any more.');
  const filter = allowQuery(person, readStoredQuery(row.filter));
  await moveRun(deps, run, { state: 'running', done: 0n, total: null, costMicros: null });
  const progress = createProgress(deps, run);
  try {
    await progress.begin();
    const made = await makeFile(deps, {
      filter,
      timeZone: row.timeZone,
      name: row.fileName,
      onTotals: ({ records, cost }) =>
        moveRun(deps, run, { total: BigInt(records), costMicros: toMicros(cost) }),
      onProgress: (records) => progress.report(records),
    });
    if (made === null) {
      await moveRun(deps, run, { state: 'empty', finishedAt: deps.clock.now() });
      return;
    }
    try {
      await deliverFiles(deps, run, made, progress);
    } finally {
      await made.content.close();
    }
  } finally {
    await progress.end();
  }
}

/** A failure that stays ends the export, with a reference; any other has it tried again later. */
async function recordFailure(deps: ExportDeps, run: ExportRun, error: unknown): Promise<void> {
  const delivery = error instanceof ExportDeliveryError ? error : null;
  const lasting = delivery?.failure ?? failureOf(error);
  const isOver = lasting !== null || run.number >= MAX_RUNS;
  const reference = newReference();
  deps.log[isOver ? 'error' : 'warn'](
    { err: error, export: run.id.toString(), run: run.number, ...(isOver ? { reference } : {}) },
    isOver ? 'an export failed' : 'an export broke off; it will be tried again',
  );
  const now = deps.clock.now();
  const { state } = await deps.db.usageExport.findUniqueOrThrow({
    where: { companyId_id: { companyId: run.companyId, id: run.id } },
  });
  /** Files that were handed over are shown, never made again, unless they are gone. */
  const isShown = state === 'sharing' && delivery?.isFileGone !== true;
  const waitMs = delivery?.retryAfterMs ?? backoffMs(run.number - 1, BACKOFF);
  await deps.db.usageExport.updateMany({
    where: { companyId: run.companyId, id: run.id, runs: run.number, finishedAt: null },
    data: isOver
      ? { state: 'failed', failure: lasting ?? 'broken', reference, finishedAt: now }
      : {
          nextRunAt: new Date(now.getTime() + waitMs),
          ...(isShown ? {} : { state: 'queued', fileIds: [] }),
        },
  });
}

function failureOf(error: unknown): ExportFailure | null {
  if (!(error instanceof RefillError)) return null;
  const known = ['not-allowed', 'bad-time-zone', 'too-many-records'] as const;
  return known.find((code) => code === error.code) ?? null;
}

/** Posts how the export ended; tried again later where that fails. */
async function showOutcome(deps: ExportDeps, { companyId, id }: ExportRun): Promise<void> {
  const where = { companyId_id: { companyId, id } };
  const row = await deps.db.usageExport.findUniqueOrThrow({ where });
  if (row.finishedAt === null || row.drawnState === row.state) return;
  const now = deps.clock.now();
  try {
    const { channelId, ts } = await deps.courier.tell(await describeExport(deps.db, row));
    await deps.db.usageExport.update({
      where,
      data: { messageChannel: channelId, messageTs: ts, drawnState: row.state, nextRunAt: null },
    });
  } catch (error) {
    const retryMs = error instanceof ExportDeliveryError ? error.retryAfterMs : null;
    const isOver = row.runs >= MAX_TOLD;
    deps.log.warn({ err: error, export: id.toString() }, 'how an export ended could not be said');
    await deps.db.usageExport.update({
      where,
      data: {
        nextRunAt: isOver ? null : new Date(now.getTime() + (retryMs ?? INITIAL_BACKOFF_MS * row.runs)),
      },
    });
  }
}
