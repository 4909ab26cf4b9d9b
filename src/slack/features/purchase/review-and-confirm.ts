import type { ModalView } from '@slack/types';
import { confirmPurchase, readOrder, readPurchaseOffer, reviewPurchase } from '../../../billing/index.ts';
import { hasCode } from '../../../errors.ts';
import type { Money } from '../../../money.ts';
import type { Person, Scope } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { purchaseCopy as copy } from '../../copy/index.ts';
import { claim } from '../../kit/claim.ts';
import type { SlackContext } from '../../kit/context.ts';
import { readShown } from '../../kit/shown-charge.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { describeRefusal } from '../../refusals.ts';
import { IDS } from '../../screens/ids.ts';
import { formView } from '../../screens/purchase-form.ts';
import { refusedView, resultView, reviewView } from '../../screens/purchase-modal.ts';
import { amountField, linesField, readForm, readLinesForm } from './read-purchase-form.ts';

/** Step 1 → 2. What is wrong is shown on its field, before the next step. Applies R9.1. */
export async function submitForm(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const { token, values } = submission;
  const person = await requireRight(ctx, submission.who, 'buy');
  const form = readForm(values);
  const offer = await readPurchaseOffer(ctx.billing, person);
  const [only, ...others] = offer.scopes;
  const scope = form.scope ?? (others.length === 0 ? only?.scope : undefined);
  const errors = scope === undefined ? { [IDS.field.scope]: copy.officeMissing } : {};
  if (!form.ok) return showErrors({ ...errors, ...form.errors });
  if (scope === undefined) return showErrors(errors);
  const { amount, cardId } = form;
  const reviewed = await renderReview(ctx, person, token, { lines: [{ scope, amount }], cardId });
  return 'view' in reviewed
    ? showView(reviewed.view)
    : showErrors({ [amountField(values)]: reviewed.refusal });
}

/** The same for several offices at once. */
export async function submitLines(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const { token, values } = submission;
  const person = await requireRight(ctx, submission.who, 'buy');
  const form = readLinesForm(values);
  if (!form.ok) return showErrors(form.errors);
  const reviewed = await renderReview(ctx, person, token, form);
  return 'view' in reviewed
    ? showView(reviewed.view)
    : showErrors({ [linesField(form.lines)]: reviewed.refusal });
}

/** The review of what was chosen, or what takes its place; or the sentence that stands against it. */
async function renderReview(
  ctx: SlackContext,
  person: Person,
  token: string,
  { lines, cardId }: { lines: readonly { scope: Scope; amount: Money }[]; cardId: bigint | null },
): Promise<{ view: ModalView } | { refusal: string }> {
  const viewer = viewerOf(ctx, person);
  try {
    const review = await reviewPurchase(ctx.billing, person, token, lines, { cardId });
    return { view: reviewView(review, viewer) };
  } catch (error) {
    const refusal = describeRefusal('purchase', error);
    if (refusal !== null) return { refusal };
    if (hasCode(error, 'no-card'))
      return { view: formView(token, await readPurchaseOffer(ctx.billing, person), viewer) };
    if (hasCode(error, 'order-closed'))
      return { view: resultView(await readOrder(ctx.billing, person, token)) };
    throw error;
  }
}

/**
 * Step 2 → 3. The claim is committed before Slack gets its answer, so that nothing can lose this click. What came to
 * stand against the purchase since its review is said in the modal, with the way back to the form.
 */
export async function submitReview(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const { viewId } = submission;
  const shown = readShown(submission.token);
  const { token } = shown;
  const person = await requireRight(ctx, submission.who, 'buy');
  try {
    const done = await claim(() => confirmPurchase(ctx.billing, person, shown, { viewId }));
    return showView(
      done.outcome === 'review-again'
        ? reviewView(done.review, viewerOf(ctx, person))
        : resultView(done.order),
    );
  } catch (error) {
    const sentence = describeRefusal('purchase', error);
    if (sentence !== null) return showView(refusedView(token, sentence));
    if (hasCode(error, 'no-card')) {
      return showView(formView(token, await readPurchaseOffer(ctx.billing, person), viewerOf(ctx, person)));
    }
    throw error;
  }
}
