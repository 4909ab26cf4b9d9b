import type { Clock } from '../clock.ts';
import { type Db, inTransaction, type Tx } from '../db/index.ts';
import { wakeWatch } from '../ledger/index.ts';
import { judgeEnforcement, lockCompany, raiseOperatorNotice, resolveOperatorNotice } from '../org/index.ts';
import { forEachCompany } from '../queue/index.ts';
import { postToAdmins } from './post-to-admins.ts';

const KIND = 'enforcement-lost';

/**
 * Notifies the operator and the company admins when a company that was enforced is only reported now, as its phone system was
 * not heard of for a day; once it is heard of again the same messages say so.
 */
export async function sweepEnforcement({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  const now = clock.now();
  const companies = await judgeEnforcement(db, now);
  const changed = companies.filter(
    ({ isSet, isEnforced, wasEnforced, lostAt }) => isEnforced !== wasEnforced || (lostAt !== null && !isSet),
  );
  await forEachCompany(changed, ({ companyId }) => inTransaction(db, (tx) => follow(tx, companyId, now)));
}

async function follow(tx: Tx, companyId: bigint, at: Date): Promise<void> {
  await lockCompany(tx, companyId);
  const [judged] = await judgeEnforcement(tx, at, companyId);
  if (judged === undefined) return;
  const { isSet, isEnforced, isPinging, wasEnforced, lostAt } = judged;
  // After a time in which Refill itself was away its own pings are what is missing.
  if (wasEnforced && !isEnforced && isSet && isPinging) return;
  const isLost = wasEnforced && !isEnforced && isSet;
  const since = isLost ? at : isEnforced || !isSet ? null : lostAt;
  await tx.enforcement.update({ where: { companyId }, data: { isEnforced, lostAt: since } });
  if (isEnforced !== wasEnforced) await wakeAlerts(tx, companyId);
  if (isLost) {
    await raiseOperatorNotice(tx, { kind: KIND, companyId, at });
    await notify(tx, companyId, at, { event: 'enforcement_lost', lostAt: at });
  } else if (lostAt !== null && since === null) {
    await resolveOperatorNotice(tx, { kind: KIND, companyId, at });
    // Where the operator has said that it is reported there is nothing that is back.
    if (isEnforced) await notify(tx, companyId, at, { event: 'enforcement_back', lostAt });
  }
}

/** Messages about credits that are out say whether calls are paused, so they are brought up to date (R27.8). */
async function wakeAlerts(tx: Tx, companyId: bigint): Promise<void> {
  const alerts = await tx.balanceAlert.findMany({ where: { companyId, isLow: true } });
  for (const { walletId, class: of } of alerts)
    await wakeWatch(tx, { companyId, walletId, class: of === 'ai' ? 'ai' : 'calls' });
}

async function notify(
  tx: Tx,
  companyId: bigint,
  at: Date,
  { event, lostAt }: { event: 'enforcement_lost' | 'enforcement_back'; lostAt: Date },
): Promise<void> {
  await postToAdmins(tx, companyId, {
    key: `enforcement:${lostAt.toISOString()}`,
    at,
    facts: (companyName) => ({ kind: 'phone_system', event, companyName }),
  });
}
