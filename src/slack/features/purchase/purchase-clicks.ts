import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import {
  claimCard,
  disownCard,
  type OrderFacts,
  type PurchaseOffer,
  readCard,
  readOrder,
  readOtherCards,
  readPurchaseOffer,
  retryPurchase,
  startCardLink,
} from '../../../billing/index.ts';
import type { Person } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { cardCopy } from '../../copy/index.ts';
import { claim } from '../../kit/claim.ts';
import type { ViewClick } from '../../kit/click.ts';
import type { SlackContext } from '../../kit/context.ts';
import { Refusal } from '../../kit/refusal.ts';
import { readCardChoice, readShown } from '../../kit/shown-charge.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { describeRefusal } from '../../refusals.ts';
import { ADD_CARD_BUTTON_VALUE, otherCardsView } from '../../screens/added-card-view.ts';
import { amountView } from '../../screens/card-check-form.ts';
import { formView, linesView } from '../../screens/purchase-form.ts';
import { refusedView, resultView } from '../../screens/purchase-modal.ts';
import { renderOrder, updateModal } from '../../screens/render-order.ts';
import { leaveAlone, updateLater } from './update-later.ts';

/** Review → form, with what was chosen. */
export async function goBack(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  leaveAlone(click.viewId);
  const person = await requireRight(ctx, click.who, 'buy');
  const { token } = readShown(click.token);
  const order = await readOrder(ctx.billing, person, token);
  const offer = await readPurchaseOffer(ctx.billing, person);
  await client.views.update({ view_id: click.viewId, view: renderForm(ctx, person, order, offer) });
}

/** The form as a purchase that nobody confirmed was filled in before; where that stands otherwise by now, how. */
function renderForm(ctx: SlackContext, person: Person, order: OrderFacts, offer: PurchaseOffer): ModalView {
  if (order.state !== 'draft') return resultView(order);
  const { token, lines, chosenCardId: cardId } = order;
  const [line] = lines;
  const viewer = viewerOf(ctx, person);
  if (lines.length > 1) return linesView(token, offer, viewer, { lines, cardId });
  return formView(
    token,
    offer,
    viewer,
    line === undefined ? {} : { amount: line.amount, scope: line.scope, cardId },
  );
}

/** Form → a field for each office. */
export async function chooseSeveral(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireRight(ctx, click.who, 'buy');
  const order = await readOrder(ctx.billing, person, readShown(click.token).token);
  const offer = await readPurchaseOffer(ctx.billing, person);
  const view =
    order.state === 'draft' ? linesView(order.token, offer, viewerOf(ctx, person)) : resultView(order);
  await client.views.update({ view_id: click.viewId, view });
}

/** A declined purchase once more, on the card that the button names; shown anew first where that is another by now. */
export async function tryAgain(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  leaveAlone(click.viewId);
  const person = await requireRight(ctx, click.who, 'buy');
  try {
    const shown = readCardChoice(click.value);
    const { order } = await claim(() => retryPurchase(ctx.billing, person, shown, { viewId: click.viewId }));
    await client.views.update({ view_id: click.viewId, view: await renderOrder(ctx, person, order) });
  } catch (error) {
    const sentence = describeRefusal('retry', error);
    if (sentence === null) throw error;
    const { token } = readShown(click.value);
    await client.views.update({ view_id: click.viewId, view: refusedView(token, sentence) });
    return;
  }
  await updateLater(ctx, client, click);
}

/** Offers the cards on file, else leads to the processor's card page; the purchase waits, and its modal follows the card. */
export async function useOtherCard(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  leaveAlone(click.viewId);
  const person = await requireRight(ctx, click.who, 'manage_cards');
  const { token } = readShown(click.token);
  const order = await readOrder(ctx.billing, person, token);
  const cards = click.value === ADD_CARD_BUTTON_VALUE ? [] : await readOtherCards(ctx.billing, person, token);
  if (cards.length === 0)
    await startCardLink(ctx.billing, person, { orderToken: token, viewId: click.viewId });
  const view = cards.length === 0 ? await renderOrder(ctx, person, order) : otherCardsView(order, cards);
  await client.views.update({ view_id: click.viewId, view });
}

/** "Yes, it ends in 4444": the modal goes on to the payment, or to the card's verification. */
export async function claimHere(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireRight(ctx, click.who, 'manage_cards');
  await claimCard(ctx.billing, person, readCardId(click));
  await showHere(ctx, client, click, person);
}

/** "No, remove it". */
export async function disownHere(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireRight(ctx, click.who, 'manage_cards');
  await disownCard(ctx.billing, person, readCardId(click));
  await showHere(ctx, client, click, person);
}

/** Opens the form for the amount or the code, on top of the purchase. */
export async function openCheckHere(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireRight(ctx, click.who, 'manage_cards');
  const card = await readCard(ctx.db, person.company.id, readCardId(click));
  if (card?.check == null) return await showHere(ctx, client, click, person);
  await client.views.push({ trigger_id: click.triggerId, view: amountView(card, card.check) });
}

async function showHere(
  ctx: SlackContext,
  client: WebClient,
  click: ViewClick,
  person: Person,
): Promise<void> {
  const order = await readOrder(ctx.billing, person, readShown(click.token).token);
  await updateModal(ctx, client, { order: { ...order, viewId: click.viewId }, person });
}

/** The card that a button names; one of another company, or of another person, is not found where it is used. */
function readCardId({ value }: ViewClick): bigint {
  if (!/^\d{1,18}$/.test(value)) throw new Refusal(cardCopy.gone);
  return BigInt(value);
}
