import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { enqueueExport } from './export-rows.ts';

/** A form that was left open this long is forgotten. */
const DRAFT_LIVES_MS = DAY_MS;

/** Wakes exports that are due but have no job, and forgets forms that were left. */
export async function sweepExports(deps: { db: Db; clock: Clock }): Promise<void> {
  const now = deps.clock.now();
  const due = await deps.db.usageExport.findMany({
    where: { nextRunAt: { lte: now } },
    select: { companyId: true, id: true },
    orderBy: { nextRunAt: 'asc' },
    take: 100,
  });
  for (const key of due) await enqueueExport(deps.db, key);
  await deps.db.usageExport.deleteMany({
    where: { state: 'draft', createdAt: { lt: new Date(now.getTime() - DRAFT_LIVES_MS) } },
  });
}
