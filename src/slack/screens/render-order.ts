import { isDeepStrictEqual } from 'node:util';
import type { ModalView } from '@slack/types';
import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import {
  findAddedCard,
  findOrderOfCard,
  findOrderToShow,
  type OrderFacts,
  readOrder,
  readPurchaseOffer,
} from '../../billing/index.ts';
import type { Person } from '../../org/index.ts';
import type { SlackContext } from '../kit/context.ts';
import { viewerOf } from '../kit/viewer.ts';
import { addedCardView } from './added-card-view.ts';
import { formView } from './purchase-form.ts';
import { resultView } from './purchase-modal.ts';

/** What Slack says of a modal that was closed, or never came to be. */
const GONE = new Set(['not_found', 'view_not_found', 'invalid_arguments', 'not_allowed']);
const MAX_RENDERINGS = 4;
/** Purchases that can still be paid with another card. */
const WAITS_FOR_CARD = new Set<OrderFacts['state']>(['draft', 'declined', 'needs_action']);

/**
 * The modal of a purchase as it stands: with the card that its buyer is adding from it, until that is usable or another one
 * can be charged; a draft's form again once there is a card.
 */
export async function renderOrder(ctx: SlackContext, person: Person, order: OrderFacts): Promise<ModalView> {
  if (!WAITS_FOR_CARD.has(order.state)) return resultView(order);
  const added = await findAddedCard(ctx.billing, person, order.token);
  const isOver = added === null || added.stage === 'over';
  // Nothing was entered on the page yet, and another card is on file by now.
  const isSuperseded = added?.stage === 'page' && order.retryWith !== null;
  if (!isOver && !isSuperseded) return addedCardView(order, added);
  if (order.state !== 'draft') return resultView(order);
  return formView(order.token, await readPurchaseOffer(ctx.billing, person), viewerOf(ctx, person));
}

/**
 * Renders a purchase in its modal; false where that is closed. The purchase, or its card, may move on between reading and
 * rendering, and be rendered by others in that moment: so it is read once more, until the modal shows how it stands.
 */
export async function updateModal(
  ctx: SlackContext,
  client: WebClient,
  { order, person }: { order: OrderFacts; person: Person },
): Promise<boolean> {
  const viewId = order.viewId ?? (await findAddedCard(ctx.billing, person, order.token))?.viewId ?? null;
  if (viewId === null) return false;
  let view = await renderOrder(ctx, person, order);
  for (let renderings = 0; renderings < MAX_RENDERINGS; renderings += 1) {
    if (!(await isUpdated(client, viewId, view))) return false;
    const now = await renderOrder(ctx, person, await readOrder(ctx.billing, person, order.token));
    if (isDeepStrictEqual(now, view)) break;
    view = now;
  }
  return true;
}

async function isUpdated(client: WebClient, viewId: string, view: ModalView): Promise<boolean> {
  try {
    await client.views.update({ view_id: viewId, view });
    return true;
  } catch (error) {
    if (error instanceof WebAPIPlatformError && GONE.has(error.data.error)) return false;
    throw error;
  }
}

/** Renders how a card stands in the modal from which it is added; false where it was added elsewhere, or that is closed. */
export async function showAddedCard(
  ctx: SlackContext,
  key: { companyId: bigint; cardId: bigint },
): Promise<boolean> {
  const order = await findOrderOfCard(ctx.db, key);
  if (order === null) return false;
  const found = await findOrderToShow(ctx.billing, { companyId: key.companyId, orderId: order.id });
  if (found === null || !WAITS_FOR_CARD.has(found.order.state)) return false;
  return await updateModal(ctx, await ctx.clientFor(found.order.requestedBy.teamId), found);
}
