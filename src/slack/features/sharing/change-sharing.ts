import type { WebClient } from '@slack/web-api';
import { confirmSharing, findSharingDraft, openSharing, reviewSharing } from '../../../billing/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { sharingCopy as copy } from '../../copy/index.ts';
import type { ViewClick } from '../../kit/click.ts';
import type { SlackContext } from '../../kit/context.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { describeRefusal } from '../../refusals.ts';
import { placeFaults, readSharingForm } from './read-sharing-form.ts';
import { sharingForm, sharingReview, sharingText } from './sharing-form.ts';

/** [Share company-wide] and [End sharing] in the settings: the modal becomes the change's. */
export async function startSharing(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireRight(ctx, click.who, 'change_sharing');
  const view = await openSharing(ctx, person).then(sharingForm, (error: unknown) =>
    sharingText(explain(error)),
  );
  await client.views.update({ view_id: click.viewId, view });
}

/** Form → review, or what is wrong on its field. */
export async function submitSharing(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'change_sharing');
  const { token } = submission;
  try {
    const { state, choice } = await findSharingDraft(ctx, person, token);
    const read = readSharingForm(submission.values, state, choice);
    if ('errors' in read) return showErrors(read.errors);
    const done = await reviewSharing(ctx, person, token, read.choice);
    if ('faults' in done) return showErrors(placeFaults(done.faults, state));
    return showView(sharingReview(done.review));
  } catch (error) {
    return showView(sharingText(explain(error)));
  }
}

/** Review → changed; or reviewed again, where something changed meanwhile. */
export async function submitSharingReview(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'change_sharing');
  try {
    const done = await confirmSharing(ctx, person, submission.token);
    return showView(
      done.outcome === 'stale'
        ? sharingReview(done.review, copy.stale)
        : sharingText(copy.changed(done.to, done.effects)),
    );
  } catch (error) {
    return showView(sharingText(explain(error)));
  }
}

/** Why a change is not possible now; anything else is thrown on. */
function explain(error: unknown): string {
  const sentence = describeRefusal('sharing', error);
  if (sentence === null) throw error;
  return sentence;
}
