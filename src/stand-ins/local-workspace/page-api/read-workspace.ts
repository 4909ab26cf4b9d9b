/** What the page reads: who is here, conversations, messages, the world. */

import { actor, conversationOf } from '../people/act.ts';
import type { Bootstrap, Message, WorkspaceUser, World } from '../protocol.ts';
import { readMessages, toMessage } from '../store/messages.ts';
import { type Person, readConversations, readPeople } from '../store/people.ts';
import type { Workspace } from '../workspace.ts';

const toUser = ({ id, name, realName, title, isBot, hue }: Person): WorkspaceUser => ({
  id,
  name,
  realName,
  title,
  isBot,
  hue,
});

/** The world as the panel shows it; whether Slack can be reached is the workspace's own knowledge. */
export async function readWorld(workspace: Workspace): Promise<World> {
  const world = await workspace.world.read();
  return { ...world, network: { ...world.network, slackDown: workspace.faults.allDown } };
}

/** Everything that the page needs to begin. @throws Refusal when there is no such person */
export async function readBootstrap(workspace: Workspace, userId: string): Promise<Bootstrap> {
  const { workspace: team, app } = workspace.seed;
  const people = await readPeople(workspace.database);
  const me = await actor(workspace, userId === '' ? (people.find((each) => !each.isBot)?.id ?? '') : userId);
  return {
    workspace: { id: team.id, name: team.name },
    app: {
      id: app.id,
      botUserId: app.botUserId,
      name: app.name,
      hasHome: app.hasHome,
      description: app.description ?? '',
      isMessagesReadOnly: app.isMessagesReadOnly ?? false,
    },
    me: toUser(me),
    users: people.map(toUser),
    conversations: await readConversations(workspace.database, me.id),
    slash: [...app.slash],
    world: await readWorld(workspace),
  };
}

/** A conversation's messages as this person sees them. @throws Refusal when not a member */
export async function readConversation(
  workspace: Workspace,
  userId: string,
  conversationId: string,
): Promise<Message[]> {
  const person = await actor(workspace, userId);
  const conversation = await conversationOf(workspace, person, conversationId);
  return (await readMessages(workspace.database, conversation.id, person.id)).map(toMessage);
}
