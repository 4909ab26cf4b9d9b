import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import {
  declineRequest,
  findRequestToAnswer,
  readRequestStart,
  requestCredits,
} from '../../../billing/index.ts';
import { type Money, parseDollars } from '../../../money.ts';
import { Refusal, requireBuyer, requirePerson } from '../../access/require-person.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { IDS } from '../../ids.ts';
import { openPurchase } from '../purchase/open-purchase.ts';
import { describeFault } from '../purchase/read-purchase-form.ts';
import type { Submission, SubmitAnswer } from '../purchase/review-and-confirm.ts';
import { readActionValue } from '../../kit/click.ts';
import { explainRequest } from '../../refusals.ts';
import { requestWords as words } from '../../copy/index.ts';
import { readTyped } from './read-typed-request.ts';
import { declineForm, requestForm, requestSaid } from './request-views.ts';

type Click = (ctx: SlackContext, client: WebClient, who: Who, body: BlockAction) => Promise<void>;

const field = z.object({ value: z.string().nullish() });
const form = z.object({
  [IDS.field.amount]: z.object({ [IDS.field.amount]: field }),
  [IDS.field.reason]: z.object({ [IDS.field.reason]: field }),
});
const declineValues = z.object({ [IDS.field.reason]: z.object({ [IDS.field.reason]: field }) });

/** `/credits request [amount] [for what]`: posted at once, or by a window where nothing was typed. Returns what to say. */
export async function requestByCommand(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  { typed, triggerId }: { typed: string; triggerId: string },
): Promise<string | null> {
  const person = await requirePerson(ctx, who);
  if (typed === '') {
    await client.views.open({ trigger_id: triggerId, view: requestForm() });
    return null;
  }
  const asked = readTyped(typed);
  if ('fault' in asked) throw new Refusal(describeFault(asked.fault));
  try {
    return words.sent(await requestCredits(ctx.billing, person, asked));
  } catch (error) {
    throw explainRequest(error);
  }
}

export const openRequest: Click = async (ctx, client, who, body) => {
  await requirePerson(ctx, who);
  await client.views.open({ trigger_id: body.trigger_id, view: requestForm() });
};

export async function submitRequest(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requirePerson(ctx, submission.who);
  const read = form.safeParse(submission.values).data;
  const typed = read?.amount.amount.value?.trim() ?? '';
  let amount: Money | null = null;
  if (typed !== '') {
    const parsed = parseDollars(typed);
    if ('fault' in parsed)
      return { response_action: 'errors', errors: { [IDS.field.amount]: describeFault(parsed.fault) } };
    amount = parsed.amount;
  }
  try {
    const sent = await requestCredits(ctx.billing, person, {
      amount,
      reason: read?.reason.reason.value ?? '',
    });
    return { response_action: 'update', view: requestSaid(words.sent(sent)) };
  } catch (error) {
    throw explainRequest(error);
  }
}

/** [Add credits] under a request: the purchase window with its amount. */
export const addForRequest: Click = async (ctx, client, who, body) => {
  const person = await requirePerson(ctx, who);
  try {
    const request = await readRequestStart(ctx.db, person, readActionValue(body));
    await requireBuyer(ctx, who);
    await openPurchase(ctx, client, who, {
      triggerId: body.trigger_id,
      amount: null,
      replyUrl: null,
      request,
    });
  } catch (error) {
    throw explainRequest(error);
  }
};

/** [Decline] under a request: asks for the reason. What stands against it is said at once. */
export const openDecline: Click = async (ctx, client, who, body) => {
  const person = await requirePerson(ctx, who);
  const token = readActionValue(body);
  try {
    await findRequestToAnswer(ctx.db, person, token);
  } catch (error) {
    throw explainRequest(error);
  }
  await client.views.open({ trigger_id: body.trigger_id, view: declineForm(token) });
};

/** Every message of the request is updated by the outbox. */
export async function submitDecline(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requirePerson(ctx, submission.who);
  const reason = declineValues.safeParse(submission.values).data?.reason.reason.value ?? '';
  try {
    await declineRequest(ctx.billing, person, submission.token, reason);
  } catch (error) {
    throw explainRequest(error);
  }
  return { response_action: 'update', view: requestSaid(words.declined) };
}
