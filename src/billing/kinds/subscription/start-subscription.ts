import { inTransaction, type Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { fromMicros, type Money, toMicros } from '../../../money.ts';
import {
  actorOf,
  findCompany,
  isCompanyAdmin,
  lockForPerson,
  type Person,
  recordAudit,
  type Scope,
} from '../../../org/index.ts';
import { textOf } from '../../approvals/approvable.ts';
import { askForChange } from '../../approvals/ask-approval.ts';
import { needsApproval } from '../../approvals/needs-approval.ts';
import type { BillingDeps } from '../../deps.ts';
import { assertWithinDay, assertWithinExposure } from '../../orders/limits.ts';
import { assertHasCard, readPayBy } from '../../orders/pay-by.ts';
import { assertPurchasesNotPaused } from '../../orders/purchases-paused.ts';
import { toOffer } from './catalogue.ts';
import { openPeriod } from './open-period.ts';
import { type BundleReview, describeBundle } from './read-subscriptions.ts';
import { findSubscription } from './subscription.ts';

/** When a subscription begins, and who approved it where approval was needed: `TEAM/USER`. */
export interface Beginning {
  at: Date;
  approvedBy?: string;
}

/**
 * Buys a bundle: its first period begins now and is paid like any purchase; or asks a second admin where its price is
 * above the approval limit (R9). The same token again buys and asks nothing more. What is bought is what the click
 * confirms: where the mark is not that of what buying would mean now, nothing is done and the review comes back.
 * Bundles are the company admins'; an AI bundle is always the primary office's (R5).
 * Throws RefillError `not-allowed`, `bundle-unknown`, `office-unknown`, `no-card`, `card-needs-replacing`, `daily-limit`,
 * `exposure-limit`, `purchases-paused`, `no-approver`.
 */
export async function buyBundle(
  deps: BillingDeps,
  person: Person,
  { mark, ...choice }: BundleChoice & { mark: string },
): Promise<{ outcome: 'bought' | 'asked' | 'already' } | { outcome: 'review-again'; review: BundleReview }> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const admin = await lockForPerson(tx, person);
    if (!(await isBegun(tx, choice))) {
      const review = await describeBundle(tx, admin, choice, at);
      if (review.mark !== mark) return { outcome: 'review-again', review };
    }
    return { outcome: await beginBundle(tx, admin, choice, { at }) };
  });
}

async function isBegun(tx: Tx, { token }: BundleChoice): Promise<boolean> {
  return (await tx.subscription.count({ where: { token } })) > 0;
}

export interface BundleChoice {
  bundleId: bigint;
  scope: Scope;
  token: string;
}

/** The same under the company's lock, for a click and for a yes. */
export async function beginBundle(
  tx: Tx,
  person: Person,
  choice: BundleChoice,
  { at, approvedBy }: Beginning,
): Promise<'bought' | 'asked' | 'already'> {
  if (!isCompanyAdmin(person)) throw new RefillError('not-allowed', 'Only company admins buy bundles.');
  const company = (await findCompany(tx, person.company.id)) ?? person.company;
  if (await isBegun(tx, choice)) return 'already';
  const bundle = await tx.bundle.findFirst({ where: { id: choice.bundleId, retiredAt: null } });
  if (bundle === null) throw new RefillError('bundle-unknown', 'That bundle is not on sale any more.');
  await assertPurchasesNotPaused(tx, company.id);
  const pay = await readPayBy(tx, company, at);
  const price = fromMicros(bundle.priceMicros);
  // The largest purchase does not bind bundles; the limit of 24 hours does (R9).
  await assertWithinDay(tx, company, { amount: price }, at);
  if (pay.payBy.method === 'invoice') await assertWithinExposure(tx, company.id, { amount: price });
  else assertHasCard(pay);
  const officeId = homeOf(person, bundle.kind, choice.scope);
  const actor = actorOf(person);
  if (approvedBy === undefined && needsApproval(company, price)) {
    const { name, period } = toOffer(bundle);
    const change = {
      kind: 'bundle' as const,
      officeId: officeId?.toString() ?? null,
      amount: textOf(price),
      bundleId: bundle.id.toString(),
      token: choice.token,
      name,
      period,
    };
    await askForChange(tx, company, { change, askedBy: actor }, at);
    return 'asked';
  }
  await startSubscription(tx, {
    companyId: company.id,
    token: choice.token,
    officeId,
    bundleId: bundle.id,
    credit: fromMicros(bundle.creditMicros),
    price,
    actor,
    at,
    ...(approvedBy === undefined ? {} : { approvedBy }),
  });
  return 'bought';
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
  /** `TEAM/USER` of who said yes, where that was needed. */
  approvedBy?: string;
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
      ...(wanted.approvedBy === undefined ? {} : { approvedBy: wanted.approvedBy }),
    },
  });
  const company = await findCompany(tx, companyId);
  const subscription = await findSubscription(tx, { companyId, id });
  if (company === null || subscription === null)
    throw new RefillError('company-unknown', 'There is no such company.');
  // The operator's recurring funds are charged off session: no person of the company is there.
  await openPeriod(tx, company, subscription, at, { offSession: wanted.bundleId === null });
}

function homeOf(person: Person, kind: string, scope: Scope): bigint | null {
  if (kind === 'ai') return person.offices.find(({ isPrimary }) => isPrimary)?.id ?? null;
  if (scope.kind === 'company') return null;
  if (!person.offices.some(({ id }) => id === scope.officeId))
    throw new RefillError('office-unknown', 'There is no such office.');
  return scope.officeId;
}
