import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { ClaimClick, MessageClick, ModalClick } from './click.ts';
import type { Subcommand } from './command.ts';
import type { SlackContext } from './context.ts';
import type { Suggestions } from './long-lists.ts';
import type { NoticeRenderers } from './notice-message.ts';
import type { Submission, Submit } from './submission.ts';

/** What is rendered once a submission was answered. */
export type AfterSubmission = (ctx: SlackContext, client: WebClient, of: Submission) => Promise<void>;

/** Everything that a feature registers with Slack, each by its id. Nothing is registered anywhere else. */
export interface Feature {
  readonly commands?: readonly Subcommand[];
  /** Buttons in messages and on the Home tab. */
  readonly messageActions?: Readonly<Record<string, MessageClick>>;
  /** Buttons whose click is claimed before Slack gets its answer: they move money, and nothing may lose them. */
  readonly claimActions?: Readonly<Record<string, ClaimClick>>;
  /** Buttons and lists in a modal; their answer is rendered in it. */
  readonly viewActions?: Readonly<Record<string, ModalClick>>;
  readonly submissions?: Readonly<Record<string, Submit>>;
  readonly afterSubmissions?: Readonly<Record<string, AfterSubmission>>;
  /** Lists too long to be sent with their modal, by the modal and by the list. */
  readonly suggestions?: Suggestions;
  /**
   * The ids, of those above, that only show something or open a form. Everything else moves money, cards, roles or
   * settings, or asks for others' data, so that Slack is asked about the person first (R30).
   */
  readonly readOnly?: readonly string[];
  /** The ids of what changes nothing and is still possible while a company is suspended, such as a file of usage. */
  readonly allowedWhileSuspended?: readonly string[];
  /** The feature's modal with a text only: why something was not done. */
  readonly textModal?: (text: string) => ModalView;
  /** Its kinds of notice as messages. */
  readonly notices?: Partial<NoticeRenderers>;
}
