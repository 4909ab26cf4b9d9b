/** Slack's own commands about who is in a channel: `/invite @App`, `/remove @App`, `/leave`, `/archive`. */
import { admitApp } from '../admit-app.ts';
import { postMessage } from '../change-messages.ts';
import { publishConversations } from '../publish-conversations.ts';
import { slackText } from '../slack-text.ts';
import {
  archiveConversation,
  type ConversationRow,
  leaveConversation,
  type Person,
} from '../store/people.ts';
import type { Workspace } from '../workspace.ts';
import { Refusal } from './act.ts';

type ChannelCommand = (
  workspace: Workspace,
  person: Person,
  channel: ConversationRow,
  text: string,
) => Promise<void>;

const post = (
  workspace: Workspace,
  person: Person,
  { id }: ConversationRow,
  text: string,
): Promise<unknown> => postMessage(workspace, { conversationId: id, userId: person.id, text, blocks: [] });

const namesApp = ({ seed }: Workspace, text: string): boolean =>
  text.trim().toLowerCase() === `@${seed.app.name.toLowerCase()}`;

async function invite(
  workspace: Workspace,
  person: Person,
  channel: ConversationRow,
  text: string,
): Promise<void> {
  if (!namesApp(workspace, text)) throw new Refusal(slackText.notInvited(text.trim()));
  const { was } = await admitApp(workspace, channel);
  if (!was) await post(workspace, person, channel, slackText.added(`<@${workspace.seed.app.botUserId}>`));
}

async function remove(
  workspace: Workspace,
  person: Person,
  channel: ConversationRow,
  text: string,
): Promise<void> {
  const { botUserId } = workspace.seed.app;
  if (!namesApp(workspace, text) || !channel.memberIds.includes(botUserId))
    throw new Refusal(slackText.notRemoved(text.trim()));
  await leaveConversation(workspace.database, channel.id, botUserId);
  await publishConversations(workspace, channel.memberIds);
  await post(workspace, person, channel, slackText.removed(`<@${botUserId}>`));
}

async function leave(workspace: Workspace, person: Person, channel: ConversationRow): Promise<void> {
  await post(workspace, person, channel, slackText.left);
  await leaveConversation(workspace.database, channel.id, person.id);
  await publishConversations(workspace, channel.memberIds);
}

async function archive(workspace: Workspace, person: Person, channel: ConversationRow): Promise<void> {
  await post(workspace, person, channel, slackText.archived);
  await archiveConversation(workspace.database, channel.id);
  await publishConversations(workspace, channel.memberIds);
}

const commands: Readonly<Record<string, ChannelCommand>> = {
  '/invite': invite,
  '/remove': remove,
  '/leave': leave,
  '/archive': archive,
};

/** The command of Slack's own by this name, or undefined. What it throws as a Refusal is told to the person. */
export function findChannelCommand(command: string): ChannelCommand | undefined {
  const run = commands[command];
  if (run === undefined) return undefined;
  return async (workspace, person, conversation, text) => {
    if (conversation.kind === 'dm') throw new Refusal(slackText.channelsOnly(command));
    await run(workspace, person, conversation, text);
  };
}
