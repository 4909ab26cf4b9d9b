import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import {
  confirmPurchase,
  type OrderFacts,
  readOrder,
  readPurchaseOffer,
  reviewPurchase,
} from '../../billing/index.ts';
import { requireBuyer } from '../access/require-person.ts';
import type { SlackContext, Who } from '../context.ts';
import { IDS } from '../ids.ts';
import { explainRefusal } from './explain.ts';
import { resultView, reviewView } from './modal.ts';
import { readerOf } from './open-purchase.ts';
import { readForm } from './read-form.ts';

const REDRAW_AFTER_MS = 1_000;

/** What a submission is answered with. */
export type SubmitAnswer =
  | { response_action: 'errors'; errors: Record<string, string> }
  | { response_action: 'update'; view: ModalView };

export interface Submission {
  who: Who;
  viewId: string;
  /** `private_metadata`: opaque, and untrusted like everything that went through a client. */
  token: string;
  values: unknown;
}

/** Step 1 → 2. What is wrong is told on its field, before the next step. */
export async function submitForm(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireBuyer(ctx, submission.who);
  const form = readForm(submission.values);
  if (!form.ok) return { response_action: 'errors', errors: form.errors };
  const offer = await readPurchaseOffer(ctx.billing, person);
  const scope = form.scope ?? offer.scopes[0]?.scope ?? { kind: 'company' };
  try {
    const choice = { scope, amount: form.amount };
    const review = await reviewPurchase(ctx.billing, person, submission.token, choice);
    return { response_action: 'update', view: reviewView(review, readerOf(ctx, person)) };
  } catch (error) {
    const sentence = explainRefusal(error);
    if (sentence !== null)
      return { response_action: 'errors', errors: { [fieldOf(submission.values)]: sentence } };
    if (isClosed(error)) return showOrder(await readOrder(ctx.billing, person, submission.token));
    throw error;
  }
}

/** Step 2 → 3. The claim is committed before Slack gets its answer, so that nothing can lose this click. */
export async function submitReview(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireBuyer(ctx, submission.who);
  const done = await confirmPurchase(ctx.billing, person, submission.token, { viewId: submission.viewId });
  if (done.outcome === 'review-again') {
    return { response_action: 'update', view: reviewView(done.review, readerOf(ctx, person)) };
  }
  return showOrder(done.order);
}

/**
 * The charge may be through before Slack has drawn our answer, which would then cover the outcome with "adding…".
 * So a moment later the purchase is looked at once more.
 */
export async function redrawLater(
  ctx: SlackContext,
  client: WebClient,
  submission: Submission,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, REDRAW_AFTER_MS).unref());
  const person = await requireBuyer(ctx, submission.who);
  const order = await readOrder(ctx.billing, person, submission.token);
  if (order.state === 'draft' || order.state === 'confirmed' || order.state === 'charging') return;
  await client.views
    .update({ view_id: submission.viewId, view: resultView(order) })
    .catch((error: unknown) => {
      ctx.log.debug({ err: error }, 'the window was closed before it could be drawn again');
    });
}

function showOrder(order: OrderFacts): SubmitAnswer {
  return { response_action: 'update', view: resultView(order) };
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'order-closed';
}

/** A limit is told where the amount was given. */
function fieldOf(values: unknown): string {
  const text = JSON.stringify(values) ?? '';
  return text.includes('"value":"other"') ? IDS.field.other : IDS.field.choice;
}
