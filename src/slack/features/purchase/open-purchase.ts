import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import {
  openDraft,
  type PurchaseOffer,
  type RequestStart,
  readPurchaseOffer,
  reviewPurchase,
} from '../../../billing/index.ts';
import type { Money } from '../../../money.ts';
import { isSameScope, type Scope } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { purchaseCopy } from '../../copy/index.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { openModal } from '../../kit/open-modal.ts';
import { Refusal, toRefusal } from '../../kit/refusal.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { IDS } from '../../screens/ids.ts';
import { formView, scopeOptions } from '../../screens/purchase-form.ts';
import { loadingView, purchaseText, reviewView } from '../../screens/purchase-modal.ts';

export interface PurchaseStart {
  triggerId: string;
  /** An amount that was typed already. */
  amount: Money | null;
  /** Where the message with the balance can be brought up to date. */
  replyUrl: string | null;
  /** The credits that the message with the button is about; null: none are named. */
  scope?: Scope | null;
  /** The request that this purchase answers: the form is filled in with it. */
  request?: RequestStart;
}

/**
 * Opens the purchase modal: at the review where an amount was typed and all is clear, else at the form.
 * Throws a Refusal, before any modal opens, for who may not buy or an amount that cannot be.
 */
export async function openPurchase(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  start: PurchaseStart,
): Promise<void> {
  const { triggerId } = start;
  const modal = {
    id: IDS.view.purchaseForm,
    who,
    triggerId,
    loading: loadingView(),
    textModal: purchaseText,
  };
  await openModal(ctx, client, modal, drawFirst(ctx, who, start));
}

async function drawFirst(ctx: SlackContext, who: Who, start: PurchaseStart): Promise<ModalView> {
  const person = await requireRight(ctx, who, 'buy');
  const offer = await readPurchaseOffer(ctx.billing, person);
  if (start.amount !== null) assertWithinOffer(offer, start.amount);
  const { request } = start;
  const { token } = await openDraft(ctx.billing, person, {
    ...(start.replyUrl === null ? {} : { replyUrl: start.replyUrl }),
    ...(request === undefined ? {} : { requestToken: request.token }),
  });
  if (request !== undefined) {
    const { scope, amount } = request;
    return formView(token, offer, viewerOf(ctx, person), { scope, ...(amount === null ? {} : { amount }) });
  }
  const hasCard = offer.payBy.method === 'invoice' || offer.payBy.card?.needsReplacing === false;
  const named = findNamed(offer, start.scope ?? null);
  if (start.amount !== null && hasCard && named !== null) {
    try {
      const review = await reviewPurchase(ctx.billing, person, token, [
        { scope: named, amount: start.amount },
      ]);
      return reviewView(review, viewerOf(ctx, person));
    } catch (error) {
      throw toRefusal('purchase', error);
    }
  }
  return formView(token, offer, viewerOf(ctx, person), {
    ...(start.amount === null ? {} : { amount: start.amount }),
    ...(named === null ? {} : { scope: named }),
  });
}

/** The offices of a form that offers more than Slack takes in one list. */
export const suggestOffices: Suggest = async (ctx, { who }) =>
  scopeOptions(await readPurchaseOffer(ctx.billing, await requireRight(ctx, who, 'buy')));

/** The credits that were named, where this person may buy for them; else the only ones there are; else null. */
function findNamed(offer: PurchaseOffer, named: Scope | null): Scope | null {
  const scopes = offer.scopes.map(({ scope }) => scope);
  const found = named === null ? undefined : scopes.find((scope) => isSameScope(scope, named));
  return found ?? (scopes.length === 1 ? (scopes[0] ?? null) : null);
}

/** An amount that no review would pass is refused before a modal opens; the limit of a day is shown on the form. */
function assertWithinOffer({ limits }: PurchaseOffer, amount: Money): void {
  if (amount.lessThan(limits.min)) throw new Refusal(purchaseCopy.belowMinimum(limits.min));
  if (amount.greaterThan(limits.max)) throw new Refusal(purchaseCopy.aboveMaximum(limits.max));
}
