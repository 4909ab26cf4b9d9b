import type { WebClient } from '@slack/web-api';
import { readOrder, readPurchaseOffer, retryPurchase, startCardLink } from '../../billing/index.ts';
import { requireBuyer } from '../access/require-person.ts';
import { requireCardKeeper } from '../card/require-card-keeper.ts';
import type { SlackContext, Who } from '../context.ts';
import { explainRefusal } from '../refusals.ts';
import { purchaseWords } from '../words/en.ts';
import { claim } from './claim.ts';
import { formView } from './form-view.ts';
import { cardPageView, resultView, wordsView } from './modal.ts';
import { readerOf } from './open-purchase.ts';
import { leaveAlone, redrawLater } from './redraw-later.ts';
import { readShown } from './shown.ts';

export interface ViewClick {
  who: Who;
  viewId: string;
  triggerId: string;
  token: string;
  /** What was chosen, where the click chose from a list. */
  selected?: string;
  /** What the clicked button carries. */
  value: string;
}

/** Review → form, with what was chosen. */
export async function goBack(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  leaveAlone(click.viewId);
  const person = await requireBuyer(ctx, click.who);
  const { token } = readShown(click.token);
  const order = await readOrder(ctx.billing, person, token);
  const offer = await readPurchaseOffer(ctx.billing, person);
  // The form has one office.
  const [line] = order.lines;
  const view =
    order.state === 'draft'
      ? formView(
          token,
          offer,
          readerOf(ctx, person),
          line === undefined ? {} : { amount: line.amount, scope: line.scope },
        )
      : resultView(order);
  await client.views.update({ view_id: click.viewId, view });
}

/** A declined purchase once more, on the card that is the company's by now; shown first where that is another. */
export async function tryAgain(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  leaveAlone(click.viewId);
  const person = await requireBuyer(ctx, click.who);
  try {
    const shown = readShown(click.value);
    const { order } = await claim(() => retryPurchase(ctx.billing, person, shown, { viewId: click.viewId }));
    await client.views.update({ view_id: click.viewId, view: resultView(order) });
  } catch (error) {
    const sentence = explainRefusal(error);
    if (sentence === null) throw error;
    await client.views.update({ view_id: click.viewId, view: wordsView(purchaseWords.refused(sentence)) });
    return;
  }
  await redrawLater(ctx, client, click);
}

/** Leads to the processor's card page; the purchase waits. */
export async function useOtherCard(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  leaveAlone(click.viewId);
  const person = await requireCardKeeper(ctx, click.who);
  const order = await readOrder(ctx.billing, person, click.token);
  const { url } = await startCardLink(ctx.billing, person, { orderToken: click.token });
  await client.views.update({
    view_id: click.viewId,
    view: cardPageView(click.token, url, order.state === 'draft'),
  });
}
