import type { ModalView } from '@slack/types';
import type { SlackContext, Who } from './context.ts';

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
