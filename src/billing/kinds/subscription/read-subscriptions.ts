import type { BillingPeriod } from '../../../calendar.ts';
import { endOfBillingPeriod } from '../../../calendar.ts';
import type { Queryable } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { readRemainingGrants } from '../../../ledger/index.ts';
import { fromMicros, type Money } from '../../../money.ts';
import { approvalLimit, isCompanyAdmin, labelScope, type Person, type Scope } from '../../../org/index.ts';
import { listApproverIds } from '../../approvals/list-other-approvers.ts';
import { needsApproval } from '../../approvals/needs-approval.ts';
import type { BillingDeps } from '../../deps.ts';
import { scopeOf } from '../../orders/order.ts';
import { assertHasCard, type PayBy, readPayBy } from '../../orders/pay-by.ts';
import { markOf } from '../../orders/review-mark.ts';
import { type BundleOffer, toOffer } from './catalogue.ts';
import { markOfRestart, nextTerms } from './restart-mark.ts';
import { referenceOf, sourceOf } from './subscription.ts';

/** What a company gets each period, as its admins may know it. */
export interface SubscriptionFacts {
  token: string;
  /** `general`: recurring funds. */
  kind: 'calling' | 'ai' | 'general';
  name: string;
  scopeLabel: string;
  credit: Money;
  price: Money;
  period: BillingPeriod;
  state: 'active' | 'paused';
  isEnding: boolean;
  nextName: string | null;
  /** When the next period begins, or the last one ends. */
  nextPeriodAt: Date;
  /** What the next period costs: the price of the bundle that it changes to, where there is one. */
  nextPrice: Money;
  /** Of what a restart would begin; the click on it carries it back. */
  restartMark: string;
  /** What is left of the present period's bundle; null while it is not credited. */
  left: Money | null;
}

/** The bundles and recurring funds of a company that have not ended. */
export async function readSubscriptions(
  db: Queryable,
  of: Pick<Person, 'company' | 'offices'>,
): Promise<SubscriptionFacts[]> {
  const companyId = of.company.id;
  const rows = await db.subscription.findMany({
    where: { companyId, state: { not: 'ended' } },
    include: { bundle: true, nextBundle: true, opened: { orderBy: { number: 'desc' }, take: 1 } },
    orderBy: { id: 'asc' },
  });
  const periods = rows.flatMap(({ opened }) => opened).filter((period) => sourceOf(period) === 'bundle');
  const rests = await readRemainingGrants(db, {
    companyId,
    source: 'bundle',
    references: periods.map(referenceOf),
  });
  return rows.map((row) => {
    const offer = row.bundle === null ? null : toOffer(row.bundle);
    const last = row.opened[0];
    return {
      token: row.token,
      kind: offer?.kind ?? 'general',
      name: offer?.name ?? 'Recurring credits',
      scopeLabel: labelScope(of, scopeOf(row)),
      credit: fromMicros(row.creditMicros),
      price: fromMicros(row.priceMicros),
      period: offer?.period ?? 'monthly',
      state: row.state === 'paused' ? 'paused' : 'active',
      isEnding: row.isEnding,
      nextName: row.nextBundle?.name ?? null,
      nextPeriodAt: row.nextPeriodAt,
      nextPrice: fromMicros(nextTerms(row).priceMicros),
      restartMark: markOfRestart(row),
      left:
        last?.state === 'credited' && offer !== null
          ? (rests.get(referenceOf(last)) ?? fromMicros(0n))
          : null,
    };
  });
}

export interface BundleReview {
  /** Of what this review shows; buying carries it back. */
  mark: string;
  offer: BundleOffer;
  scopeLabel: string;
  payBy: PayBy;
  /** When the first period, which begins with the purchase, ends. */
  endsAt: Date;
  /** The limit above which a second admin approves first; null where this bundle needs none (R9). */
  approvalAbove: Money | null;
  /** Who could approve it; empty: no one, so it cannot be requested. */
  approverIds: string[];
  /** The bundles of its kind that these credits have already: it is bought beside them. */
  present: string[];
}

/** What buying a bundle now would mean. Throws RefillError `not-allowed`, `bundle-unknown`, `no-card`, `card-needs-replacing`. */
export async function reviewBundle(
  { db, clock }: Pick<BillingDeps, 'db' | 'clock'>,
  person: Person,
  choice: { bundleId: bigint; scope: Scope },
): Promise<BundleReview> {
  return await describeBundle(db, person, choice, clock.now());
}

/** The same at a time that was read already. */
export async function describeBundle(
  db: Queryable,
  person: Person,
  choice: { bundleId: bigint; scope: Scope },
  at: Date,
): Promise<BundleReview> {
  if (!isCompanyAdmin(person)) throw new RefillError('not-allowed', 'Only company admins buy bundles.');
  const row = await db.bundle.findFirst({ where: { id: choice.bundleId, retiredAt: null } });
  if (row === null) throw new RefillError('bundle-unknown', 'That bundle is not on sale any more.');
  const offer = toOffer(row);
  const pay = await readPayBy(db, person.company, at);
  assertHasCard(pay);
  const primary = person.offices.find(({ isPrimary }) => isPrimary);
  const scope: Scope =
    offer.kind === 'ai' && primary !== undefined ? { kind: 'office', officeId: primary.id } : choice.scope;
  const asks = needsApproval(person.company, offer.price);
  const of = scope.kind === 'office' ? scope.officeId : null;
  const present = await db.subscription.findMany({
    where: {
      companyId: person.company.id,
      officeId: of,
      state: { not: 'ended' },
      isEnding: false,
      bundle: { kind: row.kind },
    },
    include: { bundle: true },
    orderBy: { id: 'asc' },
  });
  return {
    mark: markOf([
      offer.id,
      row.priceMicros,
      of,
      pay.payBy.method,
      pay.cardId,
      asks,
      ...present.map(({ token }) => token),
    ]),
    offer,
    scopeLabel: labelScope(person, scope),
    payBy: pay.payBy,
    endsAt: endOfBillingPeriod(person.company, at, offer.period),
    approvalAbove: asks ? approvalLimit(person.company) : null,
    approverIds: asks ? await listApproverIds(db, person, [scope]) : [],
    present: present.flatMap(({ bundle }) => (bundle === null ? [] : [bundle.name])),
  };
}
