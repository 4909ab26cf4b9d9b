/** The app becomes a member of a channel: by its own wish or by somebody's `/invite`. */
import { joinRoom, type Room, readConversations } from './store/people.ts';
import type { Workspace } from './workspace.ts';

/** Makes the app a member and tells everybody's page. @returns the channel with it, and whether it was there before */
export async function admitApp(workspace: Workspace, room: Room): Promise<{ joined: Room; was: boolean }> {
  const { botUserId } = workspace.seed.app;
  const was = room.memberIds.includes(botUserId);
  if (was) return { joined: room, was };
  await joinRoom(workspace.database, room.id, botUserId);
  const joined = { ...room, memberIds: [...room.memberIds, botUserId] };
  for (const userId of joined.memberIds) {
    const conversations = await readConversations(workspace.database, userId);
    workspace.bus.tell({ type: 'conversations', conversations }, [userId]);
  }
  return { joined, was };
}
