import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { buyBundle, listBundles, reviewBundle, switchBundle } from '../../../billing/index.ts';
import { SECOND_MS } from '../../../durations.ts';
import { decodeScope, encodeScope, type Person, type Scope } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { approvalCopy, bundleCopy as copy, purchaseCopy } from '../../copy/index.ts';
import { claim } from '../../kit/claim.ts';
import type { SlackContext } from '../../kit/context.ts';
import { postReply } from '../../kit/reply.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { describeRefusal } from '../../refusals.ts';
import { bundleReviewView, bundleText } from './bundle-views.ts';
import { IDS } from './ids.ts';
import { findList } from './list-addresses.ts';
import { renderBundles } from './manage-bundles.ts';

const chosen = z.object({ selected_option: z.object({ value: z.string() }) });
const formState = z.object({
  [IDS.field.bundle]: z.object({ [IDS.field.bundle]: chosen }),
  [IDS.field.scope]: z.object({ [IDS.field.scope]: chosen }).optional(),
});
/** What the review carries: its token, the ids of the bundle and the office, all looked up again, and its mark. */
const reviewed = /^([\w-]{16,64})\.(\d{1,18})\.(company|office:\d{1,18})\.([\w-]{0,32})$/;

/** Step 1 → 2; a change is done at once, as nothing is charged by it. */
export async function submitBundleForm(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'manage_bundles');
  const [mode, token = ''] = submission.token.split('.');
  const state = formState.safeParse(submission.values);
  const id = state.data?.bundle.bundle.selected_option.value ?? '';
  if (!/^\d{1,18}$/.test(id)) return said(copy.gone);
  const bundleId = BigInt(id);
  const scope = decodeScope(state.data?.scope?.scope.selected_option.value) ?? onlyScope(person);
  return await orSaid(async () => {
    if (mode === 'change') {
      const { outcome } = await switchBundle(ctx.billing, person, token, bundleId);
      const name = (await listBundles(ctx.db)).find((one) => one.id === bundleId)?.name ?? '';
      return said(outcome === 'asked' ? approvalCopy.asked(copy.wouldChange(name)) : copy.changed(name));
    }
    if (scope === null) return showErrors({ [IDS.field.scope]: purchaseCopy.officeMissing });
    const review = await reviewBundle(ctx.billing, person, { bundleId, scope });
    const view = bundleReviewView(
      `${token}.${bundleId}.${encodeScope(scope)}`,
      review,
      viewerOf(ctx, person),
    );
    return showView(view);
  });
}

/** Step 2 → 3: bought, and committed before Slack gets its answer. */
export async function submitBundleReview(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'manage_bundles');
  const [, token, id, scopeCode, mark] = reviewed.exec(submission.token) ?? [];
  const scope = decodeScope(scopeCode);
  if (token === undefined || id === undefined || scope === null || mark === undefined) return said(copy.gone);
  const bundleId = BigInt(id);
  return await orSaid(async () => {
    const choice = { bundleId, scope, token };
    const done = await claim(() => buyBundle(ctx.billing, person, { ...choice, mark }));
    if (done.outcome === 'review-again') {
      const bought = `${token}.${id}.${scopeCode}`;
      const view = bundleReviewView(bought, done.review, viewerOf(ctx, person), true);
      return showView(view);
    }
    const name = (await listBundles(ctx.db)).find((one) => one.id === bundleId)?.name ?? copy.which;
    return said(done.outcome === 'asked' ? approvalCopy.asked(copy.wouldBuy(name)) : copy.bought(name));
  });
}

/** How soon a bundle that was paid at once shows in the list. */
const PAID_BY_MS = 4 * SECOND_MS;

/** The list that the purchase began from, with the new bundle; and once more when it is paid. */
export async function refreshList(
  ctx: SlackContext,
  _client: WebClient,
  submission: Submission,
): Promise<void> {
  const address = findList(reviewed.exec(submission.token)?.[1] ?? '');
  if (address === null) return;
  const refresh = async (): Promise<void> =>
    await postReply(address, { replace_original: true, ...(await renderBundles(ctx, submission.who)) });
  await refresh();
  await new Promise((resolve) => setTimeout(resolve, PAID_BY_MS).unref());
  await refresh();
}

/** Where a bundle goes when the form had no choice to offer. */
function onlyScope({ company, offices }: Person): Scope | null {
  const [office, ...others] = offices;
  if (company.pooled || office === undefined || others.length > 0) return null;
  return { kind: 'office', officeId: office.id };
}

async function orSaid(work: () => Promise<SubmitAnswer>): Promise<SubmitAnswer> {
  try {
    return await work();
  } catch (error) {
    const sentence = describeRefusal('bundle', error);
    if (sentence !== null) return said(sentence);
    throw error;
  }
}

function said(text: string): SubmitAnswer {
  return showView(bundleText(text));
}
