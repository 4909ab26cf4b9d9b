import { randomBytes } from 'node:crypto';
import { inTransaction, type Tx } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { dollars, type Money, toMicros } from '../money.ts';
import { buyableScopes, canBuyFor, labelScope, type Person, type Scope } from '../org/index.ts';
import { approvalLimit, needsApproval } from './approval/needs-approval.ts';
import { readCards } from './card-check/read-cards.ts';
import type { CardFacts } from './card-check/types.ts';
import { assertNotStandingStill } from './dispute/standing.ts';
import { assertWithinExposure, assertWithinLimits, offerChoices } from './limits.ts';
import { findOwnOrder, readScopeBalance } from './order-rows.ts';
import { readPayBy } from './pay-by.ts';
import { findRequestToAnswer } from './request/read-request.ts';
import type { BillingDeps, OtherPurchase, PurchaseOffer, PurchaseReview } from './types.ts';

/** What a person may buy, for whom, and how it would be paid. Throws RefillError `not-allowed`. */
export async function readPurchaseOffer(deps: BillingDeps, person: Person): Promise<PurchaseOffer> {
  const scopes = buyableScopes(person);
  if (scopes.length === 0) throw new RefillError('not-allowed', 'Only admins can add credits.');
  const { payBy } = await readPayBy(deps.db, person.company, deps.clock.now());
  return {
    choices: offerChoices(person.company.purchaseLimits),
    limits: person.company.purchaseLimits,
    payBy,
    cardToConfirm:
      payBy.method === 'card' && payBy.card === null
        ? ((await readCards(deps.db, person.company.id)).find(isToBeConfirmed) ?? null)
        : null,
    scopes: await Promise.all(
      scopes.map(async (scope) => ({
        scope,
        label: labelScope(person, scope),
        balance: await readScopeBalance(deps.db, person.company.id, scope, deps.clock.now()),
      })),
    ),
  };
}

function isToBeConfirmed({ state }: CardFacts): boolean {
  return state === 'unclaimed' || state === 'unconfirmed';
}

/**
 * Opens a purchase for this person. The returned token is the only thing a form needs to carry: it says nothing,
 * and is looked up again under the verified workspace and person each time. With a request's token the purchase
 * answers that request once it is credited; throws what `findRequestToAnswer` throws.
 */
export async function openDraft(
  deps: BillingDeps,
  person: Person,
  from: { viewId?: string; replyUrl?: string; requestToken?: string },
): Promise<{ token: string }> {
  if (buyableScopes(person).length === 0)
    throw new RefillError('not-allowed', 'Only admins can add credits.');
  const request =
    from.requestToken === undefined ? null : await findRequestToAnswer(deps.db, person, from.requestToken);
  const token = randomBytes(18).toString('base64url');
  await deps.db.purchaseOrder.create({
    data: {
      companyId: person.company.id,
      token,
      kind: 'purchase',
      state: 'draft',
      teamId: person.teamId,
      userId: person.userId,
      requestId: request?.id ?? null,
      viewId: from.viewId ?? null,
      replyUrl: from.replyUrl ?? null,
      createdAt: deps.clock.now(),
    },
  });
  return { token };
}

/**
 * Fixes what is to be bought and shows the cost before anything is charged (R9). May be called again with another
 * choice until the purchase is confirmed. Throws RefillError `order-unknown`, `order-closed`, `not-allowed`,
 * `no-card`, and those of the limits.
 */
export async function reviewPurchase(
  deps: BillingDeps,
  person: Person,
  token: string,
  choice: { scope: Scope; amount: Money },
): Promise<PurchaseReview> {
  const at = deps.clock.now();
  await assertMayBuy(deps.db, person, choice, at);
  await inTransaction(deps.db, async (tx) => {
    const order = await findOwnOrder(tx, person, token);
    const changed = await tx.purchaseOrder.updateMany({
      where: { companyId: order.companyId, id: order.id, state: 'draft' },
      data: {
        officeId: choice.scope.kind === 'office' ? choice.scope.officeId : null,
        amountMicros: toMicros(choice.amount),
        reviewedAt: at,
      },
    });
    if (changed.count === 0) throw new RefillError('order-closed', 'This purchase was confirmed already.');
  });
  return await describeReview(deps, person, { token, ...choice }, []);
}

/** Everything that may stand against a purchase, except what only the lock on the company can tell. */
export async function assertMayBuy(
  db: Tx,
  person: Person,
  choice: { scope: Scope; amount: Money },
  at: Date,
): Promise<void> {
  if (!canBuyFor(person, choice.scope))
    throw new RefillError('not-allowed', 'Only admins can add credits there.');
  await assertNotStandingStill(db, person.company.id);
  await assertWithinLimits(db, person.company, choice.amount, at);
  if (person.company.billingMethod === 'invoice') {
    await assertWithinExposure(db, person.company.id, choice.amount);
  } else if ((await readPayBy(db, person.company, at)).cardId === null) {
    throw new RefillError('no-card', 'There is no card on file yet.');
  }
}

export async function describeReview(
  deps: BillingDeps,
  person: Person,
  purchase: { token: string; scope: Scope; amount: Money },
  meanwhile: OtherPurchase[],
): Promise<PurchaseReview> {
  const { payBy } = await readPayBy(deps.db, person.company, deps.clock.now());
  const balanceBefore = await readScopeBalance(deps.db, person.company.id, purchase.scope, deps.clock.now());
  const asks = needsApproval(person.company, purchase.amount);
  return {
    token: purchase.token,
    scopeLabel: labelScope(person, purchase.scope),
    amount: purchase.amount,
    payBy,
    chargedNow: payBy.method === 'card' && !asks ? purchase.amount : dollars('0'),
    approvalAbove: asks ? approvalLimit(person.company) : null,
    balanceBefore,
    balanceAfter: balanceBefore.plus(purchase.amount),
    meanwhile,
  };
}
