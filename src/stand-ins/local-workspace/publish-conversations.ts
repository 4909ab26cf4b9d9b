import { readConversations } from './store/people.ts';
import type { Workspace } from './workspace.ts';

/** Sends the open pages of these people which conversations they are in now. */
export async function publishConversations(workspace: Workspace, userIds: readonly string[]): Promise<void> {
  for (const userId of userIds) {
    const conversations = await readConversations(workspace.database, userId);
    workspace.bus.tell({ type: 'conversations', conversations }, [userId]);
  }
}
