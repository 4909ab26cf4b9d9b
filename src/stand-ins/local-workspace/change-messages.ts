/** Posting, changing and removing messages: committed first, then told to the open pages. */
import type { Json } from './blocks/index.ts';
import type { Sql } from './store/database.ts';
import {
  deleteMessage,
  insertMessage,
  type NewMessage,
  nextTs,
  rewriteMessage,
  type StoredMessage,
  toMessage,
} from './store/messages.ts';
import { findConversation } from './store/people.ts';
import type { Workspace } from './workspace.ts';

/** Who sees a message: all members, or the one person it is for. */
async function audience(sql: Sql, message: Pick<StoredMessage, 'conversationId' | 'onlyFor'>) {
  if (message.onlyFor !== null) return [message.onlyFor];
  return (await findConversation(sql, message.conversationId))?.memberIds ?? [];
}

/** Posts a message, for everybody or for one person. */
export async function postMessage(workspace: Workspace, message: NewMessage): Promise<StoredMessage> {
  const posted = await workspace.database.transaction((sql) => insertMessage(sql, workspace.clock, message));
  const to = await audience(workspace.database, posted);
  workspace.bus.tell({ type: 'message', message: toMessage(posted) }, to);
  return posted;
}

/** Replaces a message's text and blocks. */
export async function changeMessage(
  workspace: Workspace,
  message: StoredMessage,
  content: { text: string; blocks: readonly Json[] },
): Promise<StoredMessage> {
  const changed = await workspace.database.transaction(async (sql) =>
    rewriteMessage(sql, message, { ...content, editedTs: await nextTs(sql, workspace.clock) }),
  );
  const to = await audience(workspace.database, changed);
  workspace.bus.tell({ type: 'message-changed', message: toMessage(changed) }, to);
  return changed;
}

/** Removes a message for good. */
export async function removeMessage(workspace: Workspace, message: StoredMessage): Promise<void> {
  const to = await audience(workspace.database, message);
  await deleteMessage(workspace.database, message.conversationId, message.ts);
  workspace.bus.tell({ type: 'message-deleted', conversationId: message.conversationId, ts: message.ts }, to);
}
