import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { declineRequest, findRequestToAnswer, requestCredits } from '../../../billing/index.ts';
import { type Money, parseDollars } from '../../../money.ts';
import { requirePerson } from '../../access/require-person.ts';
import { describeFault } from '../../copy/amounts.ts';
import { requestCopy as copy } from '../../copy/index.ts';
import type { MessageClick } from '../../kit/click.ts';
import { readActionValue } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { Refusal, toRefusal } from '../../kit/refusal.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { IDS } from './ids.ts';
import { readTyped } from './read-typed-request.ts';
import { declineForm, requestForm, requestText } from './request-views.ts';

const field = z.object({ value: z.string().nullish() });
const form = z.object({
  [IDS.field.amount]: z.object({ [IDS.field.amount]: field }),
  [IDS.field.reason]: z.object({ [IDS.field.reason]: field }),
});
const declineValues = z.object({ [IDS.field.reason]: z.object({ [IDS.field.reason]: field }) });

/** `/credits request [amount] [for what]`: posted at once, or by a modal where nothing was typed. Returns what to say. */
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
    return copy.sent(await requestCredits(ctx.billing, person, asked));
  } catch (error) {
    throw toRefusal('request', error);
  }
}

/** [Request credits]: the form, with the amount that the button carries. */
export const openRequest: MessageClick = async (ctx, client, who, body) => {
  await requirePerson(ctx, who);
  const typed = readTyped(readActionValue(body));
  const amount = 'fault' in typed ? null : typed.amount;
  await client.views.open({ trigger_id: body.trigger_id, view: requestForm(amount) });
};

export async function submitRequest(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requirePerson(ctx, submission.who);
  const read = form.safeParse(submission.values).data;
  const typed = read?.amount.amount.value?.trim() ?? '';
  let amount: Money | null = null;
  if (typed !== '') {
    const parsed = parseDollars(typed);
    if ('fault' in parsed) return showErrors({ [IDS.field.amount]: describeFault(parsed.fault) });
    amount = parsed.amount;
  }
  try {
    const sent = await requestCredits(ctx.billing, person, {
      amount,
      reason: read?.reason.reason.value ?? '',
    });
    return showView(requestText(copy.sent(sent)));
  } catch (error) {
    throw toRefusal('request', error);
  }
}

/** [Decline] under a request: asks for the reason. What stands against it is said at once. */
export const openDecline: MessageClick = async (ctx, client, who, body) => {
  const person = await requirePerson(ctx, who);
  const token = readActionValue(body);
  try {
    await findRequestToAnswer(ctx.db, person, token);
  } catch (error) {
    throw toRefusal('request', error);
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
    throw toRefusal('request', error);
  }
  return showView(requestText(copy.declined));
}
