import { z } from 'zod';
import { buyBundle, listBundles, reviewBundle, switchBundle } from '../../../billing/index.ts';
import { RefillError } from '../../../errors.ts';
import { decodeScope, encodeScope, type Person, type Scope } from '../../../org/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { IDS } from '../../ids.ts';
import { claim } from '../../kit/claim.ts';
import { readerOf } from '../purchase/open-purchase.ts';
import type { Submission, SubmitAnswer } from '../purchase/review-and-confirm.ts';
import { explainRefusal } from '../../refusals.ts';
import { approvalWords, purchaseWords, bundleWords as words } from '../../copy/index.ts';
import { requireBundleKeeper } from './manage-bundles.ts';
import { bundleReviewView, saidBundle } from './bundle-views.ts';

const chosen = z.object({ selected_option: z.object({ value: z.string() }) });
const formState = z.object({
  [IDS.field.bundle]: z.object({ [IDS.field.bundle]: chosen }),
  [IDS.field.scope]: z.object({ [IDS.field.scope]: chosen }).optional(),
});
/** What the review carries: its token, the ids of the bundle and the office, all looked up again, and its mark. */
const reviewed = /^([\w-]{16,64})\.(\d{1,18})\.(company|office:\d{1,18})\.([\w-]{0,32})$/;

/** Step 1 → 2; a change is done at once, as nothing is charged by it. */
export async function submitBundleForm(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireBundleKeeper(ctx, submission.who);
  const [mode, token = ''] = submission.token.split('.');
  const state = formState.safeParse(submission.values);
  const id = state.data?.bundle.bundle.selected_option.value ?? '';
  if (!/^\d{1,18}$/.test(id)) return said(words.gone);
  const bundleId = BigInt(id);
  const scope = decodeScope(state.data?.scope?.scope.selected_option.value) ?? onlyScope(person);
  return await orSaid(async () => {
    if (mode === 'change') {
      const { outcome } = await switchBundle(ctx.billing, person, token, bundleId);
      const name = (await listBundles(ctx.db)).find((one) => one.id === bundleId)?.name ?? '';
      return said(outcome === 'asked' ? approvalWords.asked(words.wouldChange(name)) : words.changed(name));
    }
    if (scope === null)
      return { response_action: 'errors', errors: { [IDS.field.scope]: purchaseWords.officeMissing } };
    const review = await reviewBundle(ctx.billing, person, { bundleId, scope });
    const view = bundleReviewView(
      `${token}.${bundleId}.${encodeScope(scope)}`,
      review,
      readerOf(ctx, person),
    );
    return { response_action: 'update', view };
  });
}

/** Step 2 → 3: bought, and committed before Slack gets its answer. */
export async function submitBundleReview(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireBundleKeeper(ctx, submission.who);
  const [, token, id, scopeCode, mark] = reviewed.exec(submission.token) ?? [];
  const scope = decodeScope(scopeCode);
  if (token === undefined || id === undefined || scope === null || mark === undefined)
    return said(words.gone);
  const bundleId = BigInt(id);
  return await orSaid(async () => {
    const choice = { bundleId, scope, token };
    const done = await claim(() => buyBundle(ctx.billing, person, { ...choice, mark }));
    if (done.outcome === 'review-again') {
      const bought = `${token}.${id}.${scopeCode}`;
      const view = bundleReviewView(bought, done.review, readerOf(ctx, person), true);
      return { response_action: 'update', view };
    }
    const name = (await listBundles(ctx.db)).find((one) => one.id === bundleId)?.name ?? words.which;
    return said(done.outcome === 'asked' ? approvalWords.asked(words.wouldBuy(name)) : words.bought(name));
  });
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
    const sentence = explainRefusal(error);
    if (sentence !== null) return said(purchaseWords.refused(sentence));
    if (!(error instanceof RefillError)) throw error;
    if (error.code === 'no-card') return said(words.noCard);
    const isGone = ['bundle-unknown', 'office-unknown', 'subscription-unknown'].includes(error.code);
    if (isGone) return said(words.gone);
    throw error;
  }
}

function said(text: string): SubmitAnswer {
  return { response_action: 'update', view: saidBundle(text) };
}
