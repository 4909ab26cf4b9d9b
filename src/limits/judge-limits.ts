import type { Clock } from '../clock.ts';
import { type Db, inTransaction, type Tx } from '../db/index.ts';
import {
  listDueLimits,
  readSpendingLimits,
  rollSpendingLimits,
  storeNotifiedLevel,
  wakeLimits,
} from '../ledger/index.ts';
import { type Company, findCompany, lockCompany } from '../org/index.ts';
import { forEachCompany, type JobPayload } from '../queue/index.ts';
import { reachedLevel } from './limit-levels.ts';
import { describeLimit } from './list-limits.ts';
import { nameSubjects } from './name-subjects.ts';
import { notifyLimit } from './notify-limit.ts';

type Deps = { db: Db; clock: Clock };

/** Notifies of every level of a company's limits that was reached since: the wake-up only says that there may be one. */
export async function watchLimits(
  { db, clock }: Deps,
  { companyId }: JobPayload<'watch-limits'>,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    const company = await findCompany(tx, companyId);
    if (company !== null) await judgeLimits(tx, company, clock.now());
  });
}

/**
 * Notifies of levels as they are reached at a moment: each once in a period, of several the highest alone (R31). The
 * caller holds the company's lock. Applies R31.5.
 */
export async function judgeLimits(tx: Tx, company: Company, at: Date): Promise<void> {
  await rollSpendingLimits(tx, company.id, at);
  const limits = await readSpendingLimits(tx, company.id, at);
  const reached = limits.filter((limit) => reachedLevel(limit) > limit.notifiedLevel);
  const subjects = reached.map(({ subject }) => subject);
  const named = reached.length === 0 ? [] : await nameSubjects(tx, company.id, subjects);
  for (const limit of reached) {
    await storeNotifiedLevel(tx, limit, reachedLevel(limit));
    const state = describeLimit(limit, named);
    if (state !== null) await notifyLimit(tx, company, state, at);
  }
}

/** Wakes the job of each company where a level was reached or a period ended, and no posting noticed. */
export async function sweepLimits({ db, clock }: Deps): Promise<void> {
  const due = await listDueLimits(db, clock.now());
  await forEachCompany(
    due.map((companyId) => ({ companyId })),
    ({ companyId }) => wakeLimits(db, companyId),
  );
}
