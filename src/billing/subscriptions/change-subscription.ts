import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { isCompanyAdmin, type Person, recordAudit } from '../../org/index.ts';
import { lockCompany } from '../order-rows.ts';
import type { BillingDeps } from '../types.ts';
import { endSubscription } from './end-subscription.ts';
import { openPeriod } from './open-period.ts';
import { findSubscription, type SubscriptionRow } from './rows.ts';

/** Cancels a bundle at the end of its period; a paused one ends at once. Throws `not-allowed`, `subscription-unknown`. */
export async function cancelSubscription(deps: BillingDeps, person: Person, token: string): Promise<void> {
  await change(deps, person, token, 'bundle-cancelled', async (tx, subscription, at) => {
    if (subscription.state === 'paused') await endSubscription(tx, subscription, at);
    else await setEnding(tx, subscription, true);
  });
}

/** Takes a cancellation back while the bundle's last period runs. Throws as `cancelSubscription`. */
export async function keepSubscription(deps: BillingDeps, person: Person, token: string): Promise<void> {
  await change(deps, person, token, 'bundle-kept', (tx, subscription) => setEnding(tx, subscription, false));
}

/** Has another bundle of its kind take this one's place from the next period on. Throws also `bundle-unknown`. */
export async function switchBundle(
  deps: BillingDeps,
  person: Person,
  token: string,
  bundleId: bigint,
): Promise<void> {
  await change(deps, person, token, 'bundle-changed', async (tx, subscription) => {
    const next = await tx.bundle.findFirst({ where: { id: bundleId, retiredAt: null } });
    if (next === null || next.kind !== subscription.bundle?.kind)
      throw new RefillError('bundle-unknown', 'That bundle is not on sale any more.');
    await tx.subscription.update({
      where: { companyId_id: { companyId: subscription.companyId, id: subscription.id } },
      data: { nextBundleId: next.id === subscription.bundleId ? null : next.id },
    });
  });
}

/** Starts a paused bundle again: a new period begins now, and is paid. Again while it runs changes nothing. */
export async function resumeSubscription(deps: BillingDeps, person: Person, token: string): Promise<void> {
  await change(deps, person, token, 'bundle-resumed', async (tx, subscription, at) => {
    if (subscription.state !== 'paused') return;
    const resumed = await tx.subscription.update({
      where: { companyId_id: { companyId: subscription.companyId, id: subscription.id } },
      data: { state: 'active', isEnding: false, nextPeriodAt: at },
      include: { bundle: true, nextBundle: true },
    });
    await openPeriod(tx, person.company, resumed, at);
  });
}

async function setEnding(tx: Tx, subscription: SubscriptionRow, isEnding: boolean): Promise<void> {
  await tx.subscription.update({
    where: { companyId_id: { companyId: subscription.companyId, id: subscription.id } },
    data: { isEnding },
  });
}

async function change(
  deps: BillingDeps,
  person: Person,
  token: string,
  action: string,
  work: (tx: Tx, subscription: SubscriptionRow, at: Date) => Promise<void>,
): Promise<void> {
  if (!isCompanyAdmin(person)) throw new RefillError('not-allowed', 'Only company admins change bundles.');
  const at = deps.clock.now();
  const companyId = person.company.id;
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const named = await tx.subscription.findFirst({
      where: { token, companyId, bundleId: { not: null }, state: { not: 'ended' } },
    });
    const subscription = named === null ? null : await findSubscription(tx, { companyId, id: named.id });
    if (subscription === null)
      throw new RefillError('subscription-unknown', 'That bundle is not known any more.');
    await work(tx, subscription, at);
    await recordAudit(tx, {
      companyId,
      at,
      actor: `${person.teamId}/${person.userId}`,
      surface: 'slack',
      action,
      details: { subscription: subscription.id.toString() },
    });
  });
}
