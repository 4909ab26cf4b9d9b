import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { fromMicros, type Money, toMicros } from '../../money.ts';
import { findCompany, isCompanyAdmin, type Person, recordAudit, type Scope } from '../../org/index.ts';
import { assertNotStandingStill } from '../dispute/standing.ts';
import { assertWithinExposure } from '../limits.ts';
import { lockCompany } from '../order-rows.ts';
import { readPayBy } from '../pay-by.ts';
import type { BillingDeps } from '../types.ts';
import { openPeriod } from './open-period.ts';
import { findSubscription } from './rows.ts';

/**
 * Buys a bundle: its first period begins now and is paid like any purchase. The same token again buys nothing more.
 * Bundles are the company admins'; an AI bundle is always the primary office's (R5).
 * Throws RefillError `not-allowed`, `bundle-unknown`, `office-unknown`, `no-card`, `exposure-limit`, `purchases-paused`.
 */
export async function buyBundle(
  deps: BillingDeps,
  person: Person,
  choice: { bundleId: bigint; scope: Scope; token: string },
): Promise<{ outcome: 'bought' | 'already' }> {
  if (!isCompanyAdmin(person)) throw new RefillError('not-allowed', 'Only company admins buy bundles.');
  const at = deps.clock.now();
  const { company } = person;
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, company.id);
    if ((await tx.subscription.count({ where: { token: choice.token } })) > 0) return { outcome: 'already' };
    const bundle = await tx.bundle.findFirst({ where: { id: choice.bundleId, retiredAt: null } });
    if (bundle === null) throw new RefillError('bundle-unknown', 'That bundle is not on sale any more.');
    await assertNotStandingStill(tx, company.id);
    const { payBy, cardId } = await readPayBy(tx, company, at);
    if (payBy.method === 'invoice')
      await assertWithinExposure(tx, company.id, fromMicros(bundle.priceMicros));
    else if (cardId === null) throw new RefillError('no-card', 'There is no card on file yet.');
    await startSubscription(tx, {
      companyId: company.id,
      token: choice.token,
      officeId: homeOf(person, bundle.kind, choice.scope),
      bundleId: bundle.id,
      credit: fromMicros(bundle.creditMicros),
      price: fromMicros(bundle.priceMicros),
      actor: `${person.teamId}/${person.userId}`,
      at,
    });
    return { outcome: 'bought' };
  });
}

export interface NewSubscription {
  companyId: bigint;
  token: string;
  officeId: bigint | null;
  /** Null: recurring general credits (R17). */
  bundleId: bigint | null;
  credit: Money;
  /** Zero: free. */
  price: Money;
  actor: string;
  at: Date;
}

/** Begins a subscription, with its first period. Under the company's lock. */
export async function startSubscription(tx: Tx, wanted: NewSubscription): Promise<void> {
  const { companyId, at } = wanted;
  const { id } = await tx.subscription.create({
    data: {
      companyId,
      token: wanted.token,
      officeId: wanted.officeId,
      bundleId: wanted.bundleId,
      creditMicros: toMicros(wanted.credit),
      priceMicros: toMicros(wanted.price),
      state: 'active',
      actor: wanted.actor,
      createdAt: at,
      nextPeriodAt: at,
    },
  });
  await recordAudit(tx, {
    companyId,
    at,
    actor: wanted.actor,
    surface: wanted.actor === 'operator' ? 'operator' : 'slack',
    action: wanted.bundleId === null ? 'recurring-added' : 'bundle-bought',
    details: {
      subscription: id.toString(),
      credit: wanted.credit.toFixed(2),
      price: wanted.price.toFixed(2),
    },
  });
  const company = await findCompany(tx, companyId);
  const subscription = await findSubscription(tx, { companyId, id });
  if (company === null || subscription === null)
    throw new RefillError('company-unknown', 'There is no such company.');
  await openPeriod(tx, company, subscription, at);
}

function homeOf(person: Person, kind: string, scope: Scope): bigint | null {
  if (kind === 'ai') return person.offices.find(({ isPrimary }) => isPrimary)?.id ?? null;
  if (scope.kind === 'company') return null;
  if (!person.offices.some(({ id }) => id === scope.officeId))
    throw new RefillError('office-unknown', 'There is no such office.');
  return scope.officeId;
}
