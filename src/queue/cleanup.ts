import type { Clock } from '../clock.ts';
import { type Db, Prisma } from '../db/index.ts';
import { DAY_MS } from '../durations.ts';
import { forgetIdleQueues } from './forget-queues.ts';
import { createNightlySweep } from './nightly.ts';
import type { Sweep } from './sweeper.ts';

/** Which rows of an operational table are over, and for how long they are kept then. Nothing of the books is ever deleted. */
export interface Cleanup {
  table: string;
  keptDays: number;
  /** Of a row `t`: over since before that, and needed by nothing. */
  isOver: (before: Date) => Prisma.Sql;
}

const PAGE = 1_000;
/** Of a table at a sweep; the next one goes on with it. */
const MAX_PAGES = 50;

/** Makes the sweep that deletes, every night, what operational tables keep no longer, and names of queues in which nothing waits. */
export function createCleanupSweep(
  { db, clock }: { db: Db; clock: Clock },
  cleanups: readonly Cleanup[],
): Sweep {
  return createNightlySweep(clock, async (at) => {
    let left = cleanups;
    let hasQueues = true;
    return async (stop) => {
      const unfinished: Cleanup[] = [];
      for (const cleanup of left) if (!(await deleteOver(db, cleanup, at, stop))) unfinished.push(cleanup);
      left = unfinished;
      if (hasQueues) await forgetIdleQueues(db);
      hasQueues = false;
      return left.length === 0;
    };
  });
}

/** A page a statement, so that none holds many rows; true where nothing is left. */
async function deleteOver(
  db: Db,
  { table, keptDays, isOver }: Cleanup,
  at: Date,
  stop: AbortSignal,
): Promise<boolean> {
  const name = Prisma.raw(`"${table}"`);
  const over = isOver(new Date(at.getTime() - keptDays * DAY_MS));
  for (let page = 0; page < MAX_PAGES && !stop.aborted; page += 1) {
    const deleted = await db.$executeRaw`
      DELETE FROM ${name} WHERE ctid = ANY (ARRAY(SELECT t.ctid FROM ${name} AS t WHERE ${over} LIMIT ${PAGE}))`;
    if (deleted < PAGE) return true;
  }
  return false;
}
