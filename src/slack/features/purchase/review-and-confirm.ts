import type { ModalView } from '@slack/types';
import { confirmPurchase, readOrder, readPurchaseOffer, reviewPurchase } from '../../../billing/index.ts';
import { hasCode } from '../../../errors.ts';
import { requireBuyer } from '../../access/require-person.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { IDS } from '../../ids.ts';
import { explainRefusal } from '../../refusals.ts';
import { purchaseWords as words } from '../../copy/index.ts';
import { claim } from '../../kit/claim.ts';
import { formView } from '../../screens/purchase-form.ts';
import { refusedView, resultView, reviewView } from '../../screens/purchase-modal.ts';
import { readerOf } from './open-purchase.ts';
import { readForm } from './read-purchase-form.ts';
import { readShown } from '../../kit/shown-charge.ts';

/** What a submission is answered with; nothing: its modal closes, and the one below it is shown again. */
export type SubmitAnswer =
  | undefined
  | { response_action: 'errors'; errors: Record<string, string> }
  | { response_action: 'update'; view: ModalView };

export interface Submission {
  who: Who;
  viewId: string;
  /** The view below it in the stack; null: none. */
  parentId: string | null;
  /** `private_metadata`: opaque, and untrusted like everything that went through a client. */
  token: string;
  values: unknown;
}

/** Step 1 → 2. What is wrong is told on its field, before the next step. */
export async function submitForm(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const { token, values } = submission;
  const person = await requireBuyer(ctx, submission.who);
  const form = readForm(values);
  const offer = await readPurchaseOffer(ctx.billing, person);
  const [only, ...others] = offer.scopes;
  const scope = form.scope ?? (others.length === 0 ? only?.scope : undefined);
  const errors = scope === undefined ? { [IDS.field.scope]: words.officeMissing } : {};
  if (!form.ok) return { response_action: 'errors', errors: { ...errors, ...form.errors } };
  if (scope === undefined) return { response_action: 'errors', errors };
  try {
    const review = await reviewPurchase(ctx.billing, person, token, [{ scope, amount: form.amount }]);
    return draw(reviewView(review, readerOf(ctx, person)));
  } catch (error) {
    const sentence = explainRefusal(error);
    if (sentence !== null) return { response_action: 'errors', errors: { [fieldOf(values)]: sentence } };
    if (hasCode(error, 'no-card')) return draw(formView(token, offer, readerOf(ctx, person)));
    if (hasCode(error, 'order-closed')) return draw(resultView(await readOrder(ctx.billing, person, token)));
    throw error;
  }
}

/**
 * Step 2 → 3. The claim is committed before Slack gets its answer, so that nothing can lose this click. What came to
 * stand against the purchase since its review is said in the window, with the way back to the form.
 */
export async function submitReview(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const { viewId } = submission;
  const shown = readShown(submission.token);
  const { token } = shown;
  const person = await requireBuyer(ctx, submission.who);
  try {
    const done = await claim(() => confirmPurchase(ctx.billing, person, shown, { viewId }));
    return draw(
      done.outcome === 'review-again'
        ? reviewView(done.review, readerOf(ctx, person))
        : resultView(done.order),
    );
  } catch (error) {
    const sentence = explainRefusal(error);
    if (sentence !== null) return draw(refusedView(token, sentence));
    if (hasCode(error, 'no-card')) {
      return draw(formView(token, await readPurchaseOffer(ctx.billing, person), readerOf(ctx, person)));
    }
    throw error;
  }
}

function draw(view: ModalView): SubmitAnswer {
  return { response_action: 'update', view };
}

/** A limit is told where the amount was given. */
function fieldOf(values: unknown): string {
  const text = JSON.stringify(values) ?? '';
  return text.includes('"value":"other"') ? IDS.field.other : IDS.field.choice;
}
