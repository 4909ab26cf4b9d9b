import type { Clock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import type { Logger } from '../log.ts';
import { EachCompany, type Sweep } from '../queue/index.ts';
import type { DigestSigner } from './digest/digest-head.ts';
import { expireHolds, listDueHolds } from './expire-holds.ts';
import { forgetFacts, listDueFacts } from './forget-facts.ts';
import { lapseExpired, listDueLapses } from './lapse-expired.ts';
import { listUnsummed, sumEntries } from './sum-entries.ts';
import { listDueSums, sumUpUsage } from './sum-up-usage.ts';
import type { Check } from './verify/finding.ts';
import { verifyDatabase } from './verify/verify-database.ts';
import type { VerifySummary } from './verify/verify-ledger.ts';
import { listDueWakes, wakeWatchers } from './wake-watchers.ts';

/** UTC; few people call then. */
const NIGHT_HOUR = 3;

/**
 * Makes the sweep that takes what is left of bundles that ended six hours ago (R7), frees holds whose time is over, wakes
 * the watchers of balances that the clock alone changed, sums up the usage of quarter-hours that are over and the
 * entries that came, and forgets the facts that are compared no more. Safe to run twice, and in several processes.
 *
 * Each company is swept separately: one whose book is broken or locked delays no other. In the end the sweep throws an
 * AggregateError that names those that failed.
 */
export function createLedgerSweep({ db, clock }: { db: Db; clock: Clock }): () => Promise<void> {
  // The first time all bundles that were granted ahead are new: the time of the last sweep is not known.
  let lookedAt = new Date(0);
  return async () => {
    const at = clock.now();
    const each = new EachCompany();
    for (const id of await listDueLapses(db, at)) await each.work(id, () => lapseExpired(db, id, at));
    for (const id of await listDueHolds(db, at)) await each.work(id, () => expireHolds(db, id, at));
    const looked = { since: lookedAt, at };
    let areWoken = true;
    for (const id of await listDueWakes(db, looked))
      areWoken = (await each.work(id, () => wakeWatchers(db, id, looked))) && areWoken;
    if (areWoken) lookedAt = at;
    for (const id of await listDueSums(db, at)) await each.work(id, () => sumUpUsage(db, id, at));
    for (const wallet of await listUnsummed(db))
      await each.work(wallet.companyId, () => sumEntries(db, wallet));
    for (const id of await listDueFacts(db, at)) await each.work(id, () => forgetFacts(db, id, at));
    each.end();
  };
}

/** Sweeps once, as one that never looked before. */
export async function sweepLedger(deps: { db: Db; clock: Clock }): Promise<void> {
  await createLedgerSweep(deps)();
}

/**
 * Recomputes what is new in the books once a night, and everything where `isFullDue` says so (always, without it); logs an
 * error for each check that does not agree and hands the night's sums to `record`. A night that failed is tried again until it
 * was done, also after its hour.
 */
export function createNightlyVerify(deps: {
  url: string;
  clock: Clock;
  log: Logger;
  checks?: readonly Check[];
  signer: DigestSigner;
  isFullDue?: (day: string) => Promise<boolean>;
  record?: (night: VerifySummary & { day: string; at: Date }) => Promise<void>;
}): Sweep {
  let night = '';
  let isDone = true;
  return async (stop) => {
    const now = deps.clock.now();
    const today = now.toISOString().slice(0, 10);
    if (now.getUTCHours() === NIGHT_HOUR && today !== night) {
      night = today;
      isDone = false;
    }
    if (isDone) return;
    try {
      const isFull = (await deps.isFullDue?.(night)) ?? true;
      const summary = await verifyDatabase(deps, {
        ...(isFull ? {} : { since: 'last-closed-day' }),
        onFinding: (finding) => deps.log.error({ finding }, 'ALARM: the books do not agree'),
        ...(deps.checks === undefined ? {} : { checks: deps.checks }),
        stop,
        signer: deps.signer,
      });
      await deps.record?.({ ...summary, day: night, at: deps.clock.now() });
      isDone = true;
      const { findings, part } = summary;
      deps.log.info({ findings, since: part?.since ?? null }, 'the books were verified');
    } catch (error) {
      if (!stop.aborted) throw error;
    }
  };
}
