/** The app becomes a member of a channel: by its own wish or by somebody's `/invite`. */

import { publishConversations } from './publish-conversations.ts';
import { type ConversationRow, joinConversation } from './store/people.ts';
import type { Workspace } from './workspace.ts';

/** Makes the app a member and tells everybody's page. @returns the channel with it, and whether it was there before */
export async function admitApp(
  workspace: Workspace,
  conversation: ConversationRow,
): Promise<{ joined: ConversationRow; was: boolean }> {
  const { botUserId } = workspace.seed.app;
  const was = conversation.memberIds.includes(botUserId);
  if (was) return { joined: conversation, was };
  await joinConversation(workspace.database, conversation.id, botUserId);
  const joined = { ...conversation, memberIds: [...conversation.memberIds, botUserId] };
  await publishConversations(workspace, joined.memberIds);
  return { joined, was };
}
