import { inTransaction, type Queryable, type Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { readBalance } from '../../../ledger/index.ts';
import { dollars, toMicros } from '../../../money.ts';
import {
  approvalLimit,
  buyableScopes,
  canBuyFor,
  isCompanyAdmin,
  labelScope,
  lockForPerson,
  type Person,
} from '../../../org/index.ts';
import { newToken } from '../../../token.ts';
import { listApproverIds } from '../../approvals/list-other-approvers.ts';
import type { BillingDeps } from '../../deps.ts';
import { stateOfCard } from '../../orders/card.ts';
import { assertWithinExposure, assertWithinLimits, offerChoices } from '../../orders/limits.ts';
import { amountOf, type OrderRow, type PricedOrder, scopeBalance, toPriced } from '../../orders/order.ts';
import {
  assertAreLines,
  readLines,
  replaceLines,
  totalOf,
  toWanted,
  type WantedLine,
} from '../../orders/order-lines.ts';
import { createOrder } from '../../orders/order-state.ts';
import { assertHasCard, readPayBy, readWantedPayBy } from '../../orders/pay-by.ts';
import { assertPurchasesNotPaused, findPurchasePause } from '../../orders/purchases-paused.ts';
import { findOwnOrder } from './describe-order.ts';
import { readCharge } from './read-charge.ts';
import type { OtherPurchase, PurchaseOffer, PurchaseReview } from './types.ts';

/** What a person may buy, for whom, and how it would be paid. Throws RefillError `not-allowed`. */
export async function readPurchaseOffer(deps: BillingDeps, person: Person): Promise<PurchaseOffer> {
  const scopes = buyableScopes(person);
  if (scopes.length === 0) throw new RefillError('not-allowed', 'Only admins can add credits.');
  const { payBy, cardId } = await readPayBy(deps.db, person.company, deps.clock.now());
  const cards = payBy.method === 'card' ? await listCards(deps.db, person.company.id) : [];
  const balance = await readBalance(deps.db, person.company.id, deps.clock.now());
  return {
    choices: offerChoices(person.company.purchaseLimits),
    limits: person.company.purchaseLimits,
    pausedFor: await findPurchasePause(deps.db, person.company.id),
    payBy,
    cards: isCompanyAdmin(person) ? cards.filter((card) => stateOfCard(card) === 'usable').map(nameOf) : [],
    defaultCardId: cardId,
    cardToConfirm: payBy.method === 'card' && cardId === null ? findCardToConfirm(cards) : null,
    scopes: scopes.map((scope) => ({
      scope,
      label: labelScope(person, scope),
      balance: scopeBalance(balance, scope),
    })),
  };
}

type CardRow = Awaited<ReturnType<Queryable['card']['findMany']>>[number];

/** The cards on file, the default first, then the newest. */
async function listCards(db: Queryable, companyId: bigint): Promise<CardRow[]> {
  return await db.card.findMany({
    where: { companyId, removedAt: null },
    orderBy: [{ isDefault: 'desc' }, { id: 'desc' }],
  });
}

const nameOf = ({ id: cardId, brand, last4 }: CardRow) => ({ cardId, brand, last4 });

/** A card that was added and is not confirmed yet (R13), the newest. */
function findCardToConfirm(cards: readonly CardRow[]): PurchaseOffer['cardToConfirm'] {
  const card = cards.find((each) => ['unclaimed', 'unconfirmed'].includes(stateOfCard(each)));
  return card === undefined ? null : { brand: card.brand, last4: card.last4 };
}

/**
 * Opens a purchase for this person. The returned token is the only thing a form needs to carry: it says nothing,
 * and is looked up again under the verified workspace and person each time.
 * `requestId`: the request that it answers once it is credited.
 */
export async function openDraft(
  deps: BillingDeps,
  person: Person,
  from: { viewId?: string; replyUrl?: string; requestId?: bigint },
): Promise<{ token: string }> {
  if (buyableScopes(person).length === 0)
    throw new RefillError('not-allowed', 'Only admins can add credits.');
  const token = newToken();
  await createOrder(deps.db, 'draft', {
    companyId: person.company.id,
    token,
    kind: 'purchase',
    teamId: person.teamId,
    userId: person.userId,
    requestId: from.requestId ?? null,
    viewId: from.viewId ?? null,
    replyUrl: from.replyUrl ?? null,
    createdAt: deps.clock.now(),
  });
  return { token };
}

/**
 * Fixes what is to be bought for whom and shows the cost before anything is charged (R9): one charge for all lines, whose
 * sum is within the limits; the person may buy for each. A company admin may choose the card. May be called again with another
 * choice until the purchase is confirmed: each review is another version, and only the one that was shown can be
 * confirmed. Throws RefillError `bad-lines`, `order-unknown`, `order-closed`, `not-allowed`, `no-card`, `card-needs-replacing`, and
 * those of the limits.
 */
export async function reviewPurchase(
  deps: BillingDeps,
  person: Person,
  token: string,
  lines: readonly WantedLine[],
  { cardId = null }: { cardId?: bigint | null } = {},
): Promise<PurchaseReview> {
  assertAreLines(lines);
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const buyer = await lockForPerson(tx, person);
    await assertMayBuy(tx, buyer, { lines, cardId }, at);
    const order = await findOwnOrder(tx, buyer, token);
    const [reviewed] = await tx.purchaseOrder.updateManyAndReturn({
      where: { companyId: order.companyId, id: order.id, state: 'draft', version: order.version },
      data: {
        amountMicros: toMicros(totalOf(lines)),
        cardId,
        reviewedAt: at,
        version: { increment: 1 },
      },
    });
    if (reviewed === undefined) throw new RefillError('order-closed', 'This purchase was confirmed already.');
    await replaceLines(tx, reviewed, lines);
    return await describeReview(tx, buyer, toPriced(reviewed), { at, meanwhile: [], isChanged: false });
  });
}

/** Everything that may stand against a purchase, except what only the lock on the company can tell. */
export async function assertMayBuy(
  db: Tx,
  person: Person,
  {
    lines,
    order,
    cardId = null,
    hasChosenCard = false,
  }: {
    lines: readonly WantedLine[];
    /** Tried again: it stands in its own way in no limit. */
    order?: OrderRow;
    /** The card that its review chose. */
    cardId?: bigint | null;
    /** Another card is chosen for it, so that the default one need not be chargeable. */
    hasChosenCard?: boolean;
  },
  at: Date,
): Promise<void> {
  if (!lines.every(({ scope }) => canBuyFor(person, scope)))
    throw new RefillError('not-allowed', 'Only admins can add credits there.');
  if (cardId !== null && !isCompanyAdmin(person))
    throw new RefillError('not-allowed', 'Only company admins choose another card.');
  await assertPurchasesNotPaused(db, person.company.id);
  const wanted = { amount: totalOf(lines), order };
  await assertWithinLimits(db, person.company, wanted, at);
  if (person.company.billingMethod === 'invoice') {
    await assertWithinExposure(db, person.company.id, wanted);
  } else if (!hasChosenCard) {
    assertHasCard(await readWantedPayBy(db, person.company, cardId, at));
  }
}

/** A reviewed purchase as its buyer is shown it, and is asked to confirm it. */
export async function describeReview(
  tx: Tx,
  buyer: Person,
  order: PricedOrder,
  { at, meanwhile, isChanged }: { at: Date; meanwhile: OtherPurchase[]; isChanged: boolean },
): Promise<PurchaseReview> {
  const amount = amountOf(order);
  const { payment, asks, mark } = await readCharge(tx, buyer.company, order, at);
  const lines = toWanted(await readLines(tx, order));
  const before = await readBalance(tx, order.companyId, at);
  return {
    token: order.token,
    mark,
    isChanged,
    amount,
    lines: lines.map((line) => {
      const balanceBefore = scopeBalance(before, line.scope);
      const balanceAfter = balanceBefore.plus(line.amount);
      return { ...line, scopeLabel: labelScope(buyer, line.scope), balanceBefore, balanceAfter };
    }),
    payBy: payment.payBy,
    chargedNow: payment.payBy.method === 'card' && !asks ? amount : dollars('0'),
    approvalAbove: asks ? approvalLimit(buyer.company) : null,
    approverIds: asks
      ? await listApproverIds(
          tx,
          buyer,
          lines.map(({ scope }) => scope),
        )
      : [],
    meanwhile,
  };
}
