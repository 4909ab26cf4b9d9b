import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import {
  openDraft,
  type PurchaseOffer,
  type RequestStart,
  readAmountToResumeFor,
  readPurchaseOffer,
  reviewPurchase,
} from '../../../billing/index.ts';
import type { Money } from '../../../money.ts';
import { isSameScope, type Person, type Scope } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { purchaseCopy } from '../../copy/index.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { openModal } from '../../kit/open-modal.ts';
import { Refusal, toRefusal } from '../../kit/refusal.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { IDS } from '../../screens/ids.ts';
import { formView, needsCard, scopeOptions } from '../../screens/purchase-form.ts';
import { loadingView, purchaseText, reviewView } from '../../screens/purchase-modal.ts';

/** What was typed: an amount, an office, or several offices, each with its amount. */
interface NamedPurchase {
  amount: Money | null;
  scope: Scope | null;
  lines?: readonly { scope: Scope; amount: Money }[];
}

export interface PurchaseStart {
  triggerId: string;
  /** An amount that was typed already; `to-resume`: what clears the overdraft of the named credits; null: to be chosen. */
  amount: Money | 'to-resume' | null;
  /** Where the message with the balance can be brought up to date. */
  replyUrl: string | null;
  /** The credits that were named, or that the message with the button is about; null: none are named. */
  scope?: Scope | null;
  /** Reads what was typed, once the offer is known. Throws a Refusal. */
  name?: (offer: PurchaseOffer) => NamedPurchase;
  /** The request that this purchase answers: the form is filled in with it. */
  request?: RequestStart;
}

/**
 * Opens the purchase modal: at the review where the amount and the office are clear, else at the form, which asks for what is
 * missing. Throws a Refusal, before any modal opens, for who may not buy, an amount that cannot be, or while purchases are paused.
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
  await openModal(ctx, client, modal, renderFirst(ctx, who, start));
}

async function renderFirst(ctx: SlackContext, who: Who, wanted: PurchaseStart): Promise<ModalView> {
  const person = await requireRight(ctx, who, 'buy');
  const offer = await readPurchaseOffer(ctx.billing, person);
  if (offer.pausedFor !== null) throw new Refusal(purchaseCopy.paused[offer.pausedFor]);
  const start = { ...wanted, ...wanted.name?.(offer) };
  if (start.amount !== null && start.amount !== 'to-resume') assertWithinOffer(offer, start.amount);
  const { request } = start;
  const { token } = await openDraft(ctx.billing, person, {
    ...(start.replyUrl === null ? {} : { replyUrl: start.replyUrl }),
    ...(request === undefined ? {} : { requestToken: request.token }),
  });
  const viewer = viewerOf(ctx, person);
  if (request !== undefined) {
    const { scope, amount } = request;
    return formView(token, offer, viewer, { scope, ...(amount === null ? {} : { amount }) });
  }
  const scope = findNamed(offer, start.scope ?? null);
  const amount = await findAmount(ctx, person, start, scope);
  const lines =
    start.lines ?? (start.amount !== null && amount !== null && scope !== null ? [{ scope, amount }] : null);
  if (lines !== null && !needsCard(offer)) {
    try {
      return reviewView(await reviewPurchase(ctx.billing, person, token, lines), viewer);
    } catch (error) {
      throw toRefusal('purchase', error);
    }
  }
  return formView(token, offer, viewer, {
    ...(amount === null ? {} : { amount }),
    ...(scope === null ? {} : { scope }),
  });
}

/** The amount that was typed, else what clears the overdraft of the credits that were named. */
async function findAmount(
  ctx: SlackContext,
  { company }: Person,
  start: PurchaseStart,
  scope: Scope | null,
): Promise<Money | null> {
  if (start.amount !== null && start.amount !== 'to-resume') return start.amount;
  if (scope === null || start.scope == null) return null;
  return (await readAmountToResumeFor(ctx.db, company, scope, ctx.clock.now()))?.amount ?? null;
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
