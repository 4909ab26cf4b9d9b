/** Plain messages of people, and putting ephemeral ones away. */
import { postMessage, removeMessage } from '../change-messages.ts';
import type { ActResult } from '../protocol.ts';
import { slackText } from '../slack-text.ts';
import { findMessage } from '../store/messages.ts';
import type { Workspace } from '../workspace.ts';
import { acting, actor, conversationOf, Refusal } from './act.ts';

/** Posts what a person wrote. */
export const postText = (
  workspace: Workspace,
  { as, conversation, text }: { as: string; conversation: string; text: string },
): Promise<ActResult> =>
  acting(async () => {
    const person = await actor(workspace, as);
    const { id, kind } = await conversationOf(workspace, person, conversation);
    if (kind === 'dm' && workspace.seed.app.isMessagesReadOnly === true)
      throw new Refusal(slackText.messagesOff);
    if (text.trim() === '') throw new Refusal(slackText.emptyMessage);
    await postMessage(workspace, {
      conversationId: id,
      userId: person.id,
      text: text.trim(),
      blocks: [],
    });
    return { ok: true };
  });

/** Puts away a message that only this person sees. */
export const dismiss = (
  workspace: Workspace,
  { as, conversation, ts }: { as: string; conversation: string; ts: string },
): Promise<ActResult> =>
  acting(async () => {
    const person = await actor(workspace, as);
    const message = await findMessage(workspace.database, conversation, ts);
    if (message?.onlyFor === person.id) await removeMessage(workspace, message);
    return { ok: true };
  });
