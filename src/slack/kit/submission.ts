import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { generalCopy } from '../copy/index.ts';
import type { SlackContext, Who } from './context.ts';

const formBlocks = z.array(z.looseObject({ block_id: z.string().optional() }));

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

/** What answers a submitted modal. */
export type Submit = (ctx: SlackContext, submission: Submission) => Promise<SubmitAnswer>;

/** The modal becomes this one. */
export function showView(view: ModalView): SubmitAnswer {
  return { response_action: 'update', view };
}

/** What is wrong, each on its field. */
export function showErrors(errors: Record<string, string>): SubmitAnswer {
  return { response_action: 'errors', errors };
}

/**
 * The answer as the form can show it. Errors on fields that it does not have, as it was rendered for a role or settings of
 * before, are refused by Slack as a whole, and the person would learn nothing: they are told that the form is out of date.
 */
export function fitToForm(
  answer: SubmitAnswer,
  blocks: unknown,
  render: (text: string) => ModalView,
): SubmitAnswer {
  const shown = formBlocks.safeParse(blocks);
  if (answer?.response_action !== 'errors' || !shown.success) return answer;
  const ids = new Set(shown.data.map(({ block_id: id }) => id));
  return Object.keys(answer.errors).every((id) => ids.has(id))
    ? answer
    : showView(render(generalCopy.outdated));
}
