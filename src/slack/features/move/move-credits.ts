import type { ModalView } from '@slack/types';
import { z } from 'zod';
import {
  readTransferOffer,
  reviewTransfer,
  type TransferChoice,
  transferCredits,
} from '../../../billing/index.ts';
import { detailsOf, hasCode } from '../../../errors.ts';
import { dollars, parseDollars } from '../../../money.ts';
import { newToken } from '../../../token.ts';
import { requireRight } from '../../access/require-person.ts';
import { describeFault } from '../../copy/amounts.ts';
import { moveCopy as copy, generalCopy } from '../../copy/index.ts';
import { claim } from '../../kit/claim.ts';
import type { Subcommand } from '../../kit/command.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { openModal } from '../../kit/open-modal.ts';
import { Refusal } from '../../kit/refusal.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { IDS } from './ids.ts';
import { moveForm, moveReview, moveText, officeOptions } from './move-views.ts';

/** `/credits move`. */
export const runMove: Subcommand['run'] = async (ctx, { client, who, triggerId }) => {
  const loading = moveText(copy.loading);
  const start = { id: IDS.view.moveForm, who, triggerId, loading, textModal: moveText };
  await openModal(ctx, client, start, renderForm(ctx, who));
  return null;
};

async function renderForm(ctx: SlackContext, who: Who): Promise<ModalView> {
  const person = await requireRight(ctx, who, 'move_credits');
  if (person.company.pooled) throw new Refusal(copy.shared);
  const offer = await readTransferOffer(ctx.billing, person);
  if (offer.length < 2) throw new Refusal(copy.oneOffice);
  return moveForm(newToken(), offer);
}

const chosen = z.object({ selected_option: z.object({ value: z.string().regex(/^\d{1,18}$/) }) });
const fieldsState = z.record(z.string(), z.record(z.string(), z.unknown()));
const typed = z.object({ value: z.string() });

/** Step 1 → 2. What is wrong is shown on its field. */
export async function submitMoveForm(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const { token, values } = submission;
  const person = await requireRight(ctx, submission.who, 'move_credits');
  const read = readForm(values);
  if ('errors' in read) return showErrors(read.errors);
  try {
    const review = await reviewTransfer(ctx.billing, person, read.choice);
    return showView(moveReview(carry(token, read.choice), review));
  } catch (error) {
    const free = detailsOf(error, 'move-too-large');
    if (free !== null) return showErrors({ [IDS.field.moveAmount]: copy.tooLarge(free.free) });
    if (hasCode(error, 'office-unknown')) return showView(moveText(generalCopy.outdated));
    throw error;
  }
}

/** Step 2 → 3. */
export async function submitMoveReview(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'move_credits');
  const shown = readCarried(submission.token);
  if (shown === null) return showView(moveText(generalCopy.outdated));
  try {
    const { outcome, review } = await claim(() => transferCredits(ctx.billing, person, shown));
    return showView(
      outcome === 'review-again'
        ? moveReview(carry(shown.token, shown), review, true)
        : moveText(copy.done(review), copy.doneTitle),
    );
  } catch (error) {
    const free = detailsOf(error, 'move-too-large');
    if (free !== null) return showView(moveText(copy.tooLarge(free.free)));
    if (hasCode(error, 'office-unknown', 'bad-facts')) return showView(moveText(generalCopy.outdated));
    throw error;
  }
}

/** The offices of a form that offers more than Slack takes in one list. */
export const suggestMoveOffices: Suggest = async (ctx, { who }) =>
  officeOptions(await readTransferOffer(ctx.billing, await requireRight(ctx, who, 'move_credits')));

function readForm(values: unknown): { choice: TransferChoice } | { errors: Record<string, string> } {
  const fields = fieldsState.safeParse(values).data ?? {};
  const office = (id: string): bigint | null => {
    const state = chosen.safeParse(fields[id]?.[id]);
    return state.success ? BigInt(state.data.selected_option.value) : null;
  };
  const { moveFrom, moveTo, moveAmount } = IDS.field;
  const [from, to] = [office(moveFrom), office(moveTo)];
  const read = parseDollars(typed.safeParse(fields[moveAmount]?.[moveAmount]).data?.value ?? '');
  const errors = {
    ...(from === null ? { [moveFrom]: copy.officeMissing } : {}),
    ...(to === null ? { [moveTo]: copy.officeMissing } : {}),
    ...(from !== null && from === to ? { [moveTo]: copy.sameOffice } : {}),
    ...('fault' in read ? { [moveAmount]: describeFault(read.fault) } : {}),
  };
  if (Object.keys(errors).length > 0 || from === null || to === null || 'fault' in read) return { errors };
  return { choice: { fromOfficeId: from, toOfficeId: to, amount: read.amount } };
}

/** What the review carries: its token, the offices and the cents, all judged again, and its mark. */
function carry(token: string, { fromOfficeId, toOfficeId, amount }: TransferChoice): string {
  return `${token}.${fromOfficeId}.${toOfficeId}.${amount.times(100).toFixed(0)}`;
}

function readCarried(text: string): (TransferChoice & { token: string; mark: string }) | null {
  const [, token, from, to, cents, mark] =
    /^([\w-]{16,64})\.(\d{1,18})\.(\d{1,18})\.(\d{1,12})\.([\w-]{1,32})$/.exec(text) ?? [];
  if (
    token === undefined ||
    from === undefined ||
    to === undefined ||
    cents === undefined ||
    mark === undefined
  )
    return null;
  const amount = dollars(cents).dividedBy(100);
  return { token, mark, fromOfficeId: BigInt(from), toOfficeId: BigInt(to), amount };
}
