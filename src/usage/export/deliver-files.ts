import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../backoff.ts';
import { SECOND_MS } from '../../durations.ts';
import { describeExport } from './export-rows.ts';
import { type ExportRun, moveRun } from './export-run.ts';
import type { Progress } from './tell-progress.ts';
import { ExportDeliveryError, type ExportDeps, type ExportFacts, type ExportFile } from './types.ts';

/** Tries of one step while the file is still at hand; after that the whole export waits. */
const MAX_ATTEMPTS = 4;
/** A longer wait than this is not worth a worker's time. */
const MAX_WAIT_MS = 30 * SECOND_MS;
const BACKOFF = { initialMs: 500, maxMs: MAX_WAIT_MS };

/**
 * Hands a file over and shows it. What it is called over there is written down before it is shown, so that a run that is
 * killed in between leads to the same file being shown, never to a second one.
 */
export async function deliverFiles(
  deps: ExportDeps,
  run: ExportRun,
  file: ExportFile,
  progress: Progress,
): Promise<void> {
  await moveRun(deps, run, { state: 'uploading', done: await readTotal(deps, run) });
  await progress.end();
  const facts = await readFacts(deps, run);
  const fileId = await retry(() => deps.courier.upload(facts, file));
  await moveRun(deps, run, { state: 'sharing', fileIds: [fileId] });
  await shareFiles(deps, run, [fileId]);
}

/** Shows files that were handed over, and closes the export. */
export async function shareFiles(
  deps: ExportDeps,
  run: ExportRun,
  fileIds: readonly string[],
): Promise<void> {
  const facts = await readFacts(deps, run);
  await retry(() => deps.courier.share(facts, fileIds));
  await moveRun(deps, run, { state: 'done', finishedAt: deps.clock.now() });
}

async function readFacts(deps: ExportDeps, { companyId, id }: ExportRun): Promise<ExportFacts> {
  const where = { companyId_id: { companyId, id } };
  return await describeExport(deps.db, await deps.db.usageExport.findUniqueOrThrow({ where }));
}

async function readTotal(deps: ExportDeps, run: ExportRun): Promise<bigint> {
  return BigInt((await readFacts(deps, run)).total ?? 0);
}

/** Tries a step again after a passing failure, as late as the other side asks. */
async function retry<T>(step: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await step();
    } catch (error) {
      const isPassing = error instanceof ExportDeliveryError && error.failure === null && !error.isFileGone;
      const waitMs = isPassing ? (error.retryAfterMs ?? backoffMs(tries, BACKOFF)) : 0;
      if (!isPassing || tries >= MAX_ATTEMPTS || waitMs > MAX_WAIT_MS) throw error;
      await sleep(waitMs);
    }
  }
}
