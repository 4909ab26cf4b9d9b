import { z } from 'zod';
import {
  applyRecharge,
  findRechargeDraft,
  type RechargeChoice,
  type RechargeFacts,
  type RechargeReview,
  raiseCap,
  readRecharges,
  reviewRecharge,
} from '../../../billing/index.ts';
import { type Money, parseDollars } from '../../../money.ts';
import { requireRight } from '../../access/require-person.ts';
import { describeFault } from '../../copy/amounts.ts';
import { rechargeCopy as copy } from '../../copy/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { readShown } from '../../kit/shown-charge.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { explainFault, explainWithoutField } from './explain-fault.ts';
import { IDS } from './ids.ts';
import { fieldOf, rechargeReview, rechargeSaved, rechargeText } from './recharge-views.ts';

const element = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  selected_options: z.array(z.object({ value: z.string() })).nullish(),
});
const state = z.record(z.string(), z.record(z.string(), element));

type Errors = Record<string, string>;

/** Saves the choice; where that charges something at once, or needs a second admin, its review comes first. */
export async function submitRecharge(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'buy');
  const { token } = submission;
  try {
    const walletId = await findRechargeDraft(ctx.billing, person, token);
    const facts = (await readRecharges(ctx, person)).find((each) => each.walletId === walletId);
    if (facts === undefined) return showView(rechargeText(copy.outdated));
    const read = readChoice(submission.values, facts);
    if ('errors' in read) return showErrors(read.errors);
    let review: RechargeReview;
    try {
      review = await reviewRecharge(ctx.billing, person, token, read.choice);
      if (review.chargesNow !== null || review.approvalAbove !== null)
        return showView(rechargeReview(review, viewerOf(ctx, person)));
    } catch (error) {
      const fault = explainFault(error);
      if (fault === null) throw error;
      // Who may not change the cap has no field for it.
      const { field, sentence } =
        fault.field === IDS.field.cap && !facts.mayChangeCap
          ? { field: IDS.field.amount, sentence: copy.aboveCap(facts.cap) }
          : fault;
      return showErrors({ [fieldOf(field, walletId)]: sentence });
    }
    return showView(rechargeSaved(await applyRecharge(ctx.billing, person, review), viewerOf(ctx, person)));
  } catch (error) {
    return showView(rechargeText(explainWithoutField(error)));
  }
}

/** "This charges $50.00 now" was confirmed. */
export async function confirmRecharge(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'buy');
  try {
    const done = await applyRecharge(ctx.billing, person, readShown(submission.token));
    return showView(rechargeSaved(done, viewerOf(ctx, person)));
  } catch (error) {
    return showView(rechargeText(explainWithoutField(error)));
  }
}

export async function submitCap(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'buy');
  try {
    const walletId = await findRechargeDraft(ctx.billing, person, submission.token);
    const errors: Errors = {};
    const cap = readMoney(submission.values, IDS.field.cap, walletId, errors);
    if (cap === null) return showErrors(errors);
    let done: Awaited<ReturnType<typeof raiseCap>>;
    try {
      done = await raiseCap(ctx.billing, person, walletId, cap);
    } catch (error) {
      const fault = explainFault(error);
      if (fault === null) throw error;
      return showErrors({ [fieldOf(IDS.field.cap, walletId)]: fault.sentence });
    }
    return showView(rechargeText(done === 'asked' ? copy.capAsked(cap) : copy.capRaised(cap)));
  } catch (error) {
    return showView(rechargeText(explainWithoutField(error)));
  }
}

function readChoice(values: unknown, facts: RechargeFacts): { choice: RechargeChoice } | { errors: Errors } {
  const { walletId } = facts;
  const errors: Errors = {};
  const isOn = elementOf(values, IDS.field.isOn, walletId)?.selected_option?.value === 'on';
  const threshold = readMoney(values, IDS.field.threshold, walletId, errors);
  const amount = readMoney(values, IDS.field.amount, walletId, errors);
  const fills = elementOf(values, IDS.field.fills, walletId)?.selected_options?.length === 1;
  const cap = facts.mayChangeCap ? readMoney(values, IDS.field.cap, walletId, errors) : facts.cap;
  if (threshold === null || amount === null || cap === null) return { errors };
  return { choice: { isOn, threshold, amount, cap, fills } };
}

function readMoney(values: unknown, field: string, walletId: bigint, errors: Errors): Money | null {
  const read = parseDollars(elementOf(values, field, walletId)?.value ?? '');
  if (!('fault' in read)) return read.amount;
  errors[fieldOf(field, walletId)] = describeFault(read.fault);
  return null;
}

function elementOf(values: unknown, field: string, walletId: bigint): z.output<typeof element> | undefined {
  return state.safeParse(values).data?.[fieldOf(field, walletId)]?.[field];
}
