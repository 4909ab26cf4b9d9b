import { SECOND_MS } from '../../durations.ts';
import { describeExport } from './export-rows.ts';
import { type ExportRun, moveRun } from './export-run.ts';
import type { ExportDeps } from './types.ts';

/** Often enough to see that something happens, seldom enough for a channel's limit. Wall time: it paces a machine. */
const PAUSE_MS = 2 * SECOND_MS;

export interface Progress {
  /** The first word: it finds out whether the place takes any. Throws ExportDeliveryError. */
  begin(): Promise<void>;
  /** Throws SupersededError once the run is not the export's any more. */
  report(records: number): Promise<void>;
  /** Waits for what is on its way: nothing said later may cover the outcome. */
  end(): Promise<void>;
}

/** Records how far a run is, and updates the export's message from time to time. */
export function createProgress(deps: ExportDeps, run: ExportRun): Progress {
  const where = { companyId_id: { companyId: run.companyId, id: run.id } };
  let lastAt = performance.now();
  let telling: Promise<void> = Promise.resolve();
  const tell = async (): Promise<void> => {
    const row = await deps.db.usageExport.findUniqueOrThrow({ where });
    const { channelId, ts } = await deps.courier.tell(await describeExport(deps.db, row));
    if (row.messageTs === null)
      await deps.db.usageExport.update({ where, data: { messageChannel: channelId, messageTs: ts } });
  };
  return {
    async begin() {
      await tell();
    },
    async report(records) {
      const now = performance.now();
      if (now - lastAt < PAUSE_MS) return;
      lastAt = now;
      await moveRun(deps, run, { done: BigInt(records) });
      await telling;
      telling = tell().catch((error: unknown) =>
        deps.log.debug({ err: error }, 'how far an export is could not be told'),
      );
    },
    end: () => telling,
  };
}
