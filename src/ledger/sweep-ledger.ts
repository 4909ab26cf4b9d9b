import type { Clock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import type { Logger } from '../log.ts';
import { expireHolds, listDueHolds } from './expire-holds.ts';
import { lapseExpired, listDueLapses } from './lapse-expired.ts';
import { listUnsummed, sumEntries } from './sum-entries.ts';
import { listDueSums, sumUpUsage } from './sum-up-usage.ts';
import { verifyDatabase } from './verify/verify-database.ts';
import { wakeWatchers } from './wake-watchers.ts';

/** UTC; few people call then. */
const NIGHT_HOUR = 3;

/**
 * Takes what is left of bundles that ended six hours ago (R7), frees holds whose time is over, wakes whoever tells of
 * balances that the clock alone changed, and sums up the usage of quarter-hours that are over and the entries that came.
 * Safe to run twice.
 */
export async function sweepLedger(deps: { db: Db; clock: Clock }): Promise<void> {
  const at = deps.clock.now();
  for (const companyId of await listDueLapses(deps.db, at)) await lapseExpired(deps.db, companyId, at);
  for (const companyId of await listDueHolds(deps.db, at)) await expireHolds(deps.db, companyId, at);
  await wakeWatchers(deps.db, at);
  for (const companyId of await listDueSums(deps.db, at)) await sumUpUsage(deps.db, companyId, at);
  for (const wallet of await listUnsummed(deps.db)) await sumEntries(deps.db, wallet);
}

/** Recomputes the books once a night and alarms in the log about whatever does not agree. */
export function createNightlyVerify(deps: { url: string; clock: Clock; log: Logger }): () => Promise<void> {
  let lastNight = '';
  return async () => {
    const now = deps.clock.now();
    const night = now.toISOString().slice(0, 10);
    if (now.getUTCHours() !== NIGHT_HOUR || night === lastNight) return;
    lastNight = night;
    const { findings } = await verifyDatabase(deps, {
      onFinding: (finding) => deps.log.error({ finding }, 'ALARM: the books do not agree'),
    });
    deps.log.info({ findings }, 'the books were verified');
  };
}
