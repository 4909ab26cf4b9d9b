import { inTransaction, type Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { fromMicros } from '../../../money.ts';
import {
  type AuditAction,
  actorOf,
  type Company,
  findCompany,
  isCompanyAdmin,
  lockForPerson,
  type Person,
  recordAudit,
} from '../../../org/index.ts';
import { textOf } from '../../approvals/approvable.ts';
import { askForChange, supersedeQuestion } from '../../approvals/ask-approval.ts';
import { needsApproval } from '../../approvals/needs-approval.ts';
import type { BillingDeps } from '../../deps.ts';
import { changedMeanwhile } from '../../orders/judge-again.ts';
import type { Shown } from '../../orders/review-mark.ts';
import { toOffer } from './catalogue.ts';
import { endSubscription } from './end-subscription.ts';
import { openPeriod } from './open-period.ts';
import { markOfRestart } from './restart-mark.ts';
import type { Beginning } from './start-subscription.ts';
import { findSubscription, type SubscriptionRow } from './subscription.ts';
import { switchSubjectKey } from './subscription-changes.ts';

/**
 * Cancels a bundle at the end of its period; a paused one ends at once. Again changes nothing. Throws `not-allowed`,
 * `subscription-unknown`.
 */
export async function cancelSubscription(deps: BillingDeps, person: Person, token: string): Promise<void> {
  await change(deps, person, token, 'bundle-cancelled', async (tx, subscription, { at }) => {
    if (subscription.state !== 'paused') return await setEnding(tx, subscription, true);
    await endSubscription(tx, subscription, at);
    return 'changed';
  });
}

/** Takes a cancellation back while the bundle's last period runs; else changes nothing. Throws as `cancelSubscription`. */
export async function keepSubscription(deps: BillingDeps, person: Person, token: string): Promise<void> {
  await change(deps, person, token, 'bundle-kept', (tx, subscription) => setEnding(tx, subscription, false));
}

/**
 * Replaces a bundle by another one of its kind from the next period on; or asks a second admin where the new one's
 * price is above the approval limit and above this one's (R9). Throws also `bundle-unknown` and
 * `no-approver`.
 */
export async function switchBundle(
  deps: BillingDeps,
  person: Person,
  token: string,
  bundleId: bigint,
): Promise<{ outcome: 'changed' | 'asked' }> {
  return await inTransaction(deps.db, async (tx) => {
    const admin = await lockForPerson(tx, person);
    return { outcome: await makeSwitch(tx, admin, token, bundleId, { at: deps.clock.now() }) };
  });
}

/** The same under the company's lock, for a click and for a yes. */
export async function makeSwitch(
  tx: Tx,
  person: Person,
  token: string,
  bundleId: bigint,
  { at, approvedBy }: Beginning,
): Promise<'changed' | 'asked'> {
  const subscription = await findOwn(tx, person, token);
  const next = await tx.bundle.findFirst({ where: { id: bundleId, retiredAt: null } });
  if (next === null || next.kind !== subscription.bundle?.kind)
    throw new RefillError('bundle-unknown', 'That bundle is not on sale any more.');
  const company = (await findCompany(tx, person.company.id)) ?? person.company;
  const price = fromMicros(next.priceMicros);
  const asks = needsApproval(company, price) && next.priceMicros > subscription.priceMicros;
  if (approvedBy === undefined && asks) {
    const { name, period } = toOffer(next);
    const change = {
      kind: 'bundle_change' as const,
      officeId: subscription.officeId?.toString() ?? null,
      amount: textOf(price),
      bundleId: next.id.toString(),
      token,
      name,
      period,
      from: subscription.bundle.name,
    };
    await askForChange(tx, company, { change, askedBy: actorOf(person) }, at);
    return 'asked';
  }
  await tx.subscription.update({
    where: { companyId_id: { companyId: subscription.companyId, id: subscription.id } },
    data: { nextBundleId: next.id === subscription.bundleId ? null : next.id },
  });
  if (approvedBy === undefined) await supersedeQuestion(tx, company, switchSubjectKey(token), at);
  await record(tx, person, subscription, { action: 'bundle-changed', at, approvedBy });
  return 'changed';
}

/**
 * Starts a paused bundle again: a new period begins now, and is paid. A click on what was shown before (it runs, was
 * paused again, or its price has changed) changes nothing: RefillError `changed-meanwhile`. Throws also as
 * `cancelSubscription`.
 */
export async function resumeSubscription(
  deps: BillingDeps,
  person: Person,
  { token, mark }: Shown,
): Promise<void> {
  await change(deps, person, token, 'bundle-resumed', async (tx, subscription, { company, at }) => {
    if (subscription.state !== 'paused' || markOfRestart(subscription) !== mark)
      throw changedMeanwhile('The bundle');
    const begun = { state: 'active' as const, isEnding: false, nextPeriodAt: at };
    await tx.subscription.update({
      where: { companyId_id: { companyId: subscription.companyId, id: subscription.id } },
      data: begun,
    });
    await openPeriod(tx, company, { ...subscription, ...begun }, at, { offSession: false });
    return 'changed';
  });
}

type Made = 'changed' | 'unchanged';

async function setEnding(tx: Tx, subscription: SubscriptionRow, isEnding: boolean): Promise<Made> {
  if (subscription.isEnding === isEnding) return 'unchanged';
  await tx.subscription.update({
    where: { companyId_id: { companyId: subscription.companyId, id: subscription.id } },
    data: { isEnding },
  });
  return 'changed';
}

async function change(
  deps: BillingDeps,
  asked: Person,
  token: string,
  action: AuditAction,
  work: (tx: Tx, subscription: SubscriptionRow, change: { company: Company; at: Date }) => Promise<Made>,
): Promise<void> {
  const at = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    const subscription = await findOwn(tx, person, token);
    const made = await work(tx, subscription, { company: person.company, at });
    if (made === 'changed') await record(tx, person, subscription, { action, at });
  });
}

async function findOwn(tx: Tx, person: Person, token: string): Promise<SubscriptionRow> {
  if (!isCompanyAdmin(person)) throw new RefillError('not-allowed', 'Only company admins change bundles.');
  const companyId = person.company.id;
  const named = await tx.subscription.findFirst({
    where: { token, companyId, bundleId: { not: null }, state: { not: 'ended' } },
  });
  const subscription = named === null ? null : await findSubscription(tx, { companyId, id: named.id });
  if (subscription === null)
    throw new RefillError('subscription-unknown', 'That bundle is not known any more.');
  return subscription;
}

async function record(
  tx: Tx,
  person: Person,
  { id }: SubscriptionRow,
  { action, at, approvedBy }: { action: AuditAction; at: Date; approvedBy?: string | undefined },
): Promise<void> {
  await recordAudit(tx, {
    companyId: person.company.id,
    at,
    actor: actorOf(person),
    surface: 'slack',
    action,
    details: { subscription: id.toString(), ...(approvedBy === undefined ? {} : { approvedBy }) },
  });
}
