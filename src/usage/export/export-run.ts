import type { ExportKey, ExportRow } from './export-rows.ts';
import type { ExportDeps } from './types.ts';

/** The run is not the export's any more: it was cancelled, or another worker has it. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/** One run of an export; what it writes down counts only while it is the latest. */
export interface ExportRun extends ExportKey {
  number: number;
}

/** Stores a step of a run. Throws SupersededError where it is not the export's latest, or the export is over. */
export async function moveRun(
  deps: Pick<ExportDeps, 'db'>,
  { companyId, id, number }: ExportRun,
  data: Partial<
    Pick<
      ExportRow,
      'state' | 'done' | 'total' | 'costMicros' | 'fileIds' | 'finishedAt' | 'failure' | 'reference'
    >
  >,
): Promise<void> {
  const moved = await deps.db.usageExport.updateMany({
    where: { companyId, id, runs: number, finishedAt: null },
    data,
  });
  if (moved.count === 0) throw new SupersededError('another run has this export, or it is over');
}
