import type { WebClient } from '@slack/web-api';
import { confirmSharing, findSharingDraft, openSharing, reviewSharing } from '../../../billing/index.ts';
import { RefillError } from '../../../errors.ts';
import { isCompanyAdmin, type Person } from '../../../org/index.ts';
import { Refusal } from '../../access/require-person.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import type { ViewClick } from '../purchase/purchase-clicks.ts';
import type { Submission, SubmitAnswer } from '../purchase/review-and-confirm.ts';
import { explainRefusal } from '../../refusals.ts';
import { requireSettingsKeeper } from '../../access/require-settings-manager.ts';
import { sharingWords as words } from '../../copy/index.ts';
import { sharingForm, sharingReview, sharingText } from './sharing-form.ts';
import { placeFaults, readSharingForm } from './read-sharing-form.ts';

/** [Share company-wide] and [End sharing] in the settings: the modal becomes the change's. */
export async function startSharing(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireSharingAdmin(ctx, click.who);
  const view = await openSharing(ctx, person).then(sharingForm, (error: unknown) =>
    sharingText(explain(error)),
  );
  await client.views.update({ view_id: click.viewId, view });
}

/** Form → review, or what is wrong on its field. */
export async function submitSharing(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireSharingAdmin(ctx, submission.who);
  const { token } = submission;
  try {
    const { state, choice } = await findSharingDraft(ctx, person, token);
    const read = readSharingForm(submission.values, state, choice);
    if ('errors' in read) return { response_action: 'errors', errors: read.errors };
    const done = await reviewSharing(ctx, person, token, read.choice);
    if ('faults' in done) return { response_action: 'errors', errors: placeFaults(done.faults, state) };
    return draw(sharingReview(done.review));
  } catch (error) {
    return draw(sharingText(explain(error)));
  }
}

/** Review → changed; or reviewed again, where something changed meanwhile. */
export async function submitSharingReview(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireSharingAdmin(ctx, submission.who);
  try {
    const done = await confirmSharing(ctx, person, submission.token);
    return draw(
      done.outcome === 'stale'
        ? sharingReview(done.review, words.stale)
        : sharingText(words.changed(done.to, done.effects)),
    );
  } catch (error) {
    return draw(sharingText(explain(error)));
  }
}

async function requireSharingAdmin(ctx: SlackContext, who: Who): Promise<Person> {
  const person = await requireSettingsKeeper(ctx, who);
  if (isCompanyAdmin(person)) return person;
  throw new Refusal(words.onlyCompanyAdmins);
}

/** Why a change is not possible now; anything else is thrown on. */
function explain(error: unknown): string {
  if (error instanceof RefillError) {
    const sentence = words.refusals[error.code];
    if (sentence !== undefined) return sentence;
    const refusal = explainRefusal(error);
    if (refusal !== null) return refusal;
  }
  throw error;
}

function draw(view: ReturnType<typeof sharingText>): SubmitAnswer {
  return { response_action: 'update', view };
}
