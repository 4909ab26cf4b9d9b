/** conversations.*: channels and direct conversations. */
import { admitApp } from '../admit-app.ts';
import type { Json } from '../blocks/index.ts';
import { SlackError } from '../slack-error.ts';
import { type ConversationRow, findConversation, listConversations } from '../store/people.ts';
import { directConversationId } from '../store/seed.ts';
import type { Workspace } from '../workspace.ts';
import {
  type Call,
  conversationArg,
  flagArg,
  forBot,
  type Method,
  page,
  requiredArg,
  textArg,
} from './method.ts';

const READ_SCOPES = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];
const SCOPE_OF_TYPE: Readonly<Record<string, string>> = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
};

const typeOf = (conversation: ConversationRow): string =>
  conversation.kind === 'dm' ? 'im' : conversation.isPrivate ? 'private_channel' : 'public_channel';

function needScopeOf(workspace: Workspace, type: string): void {
  const needed = SCOPE_OF_TYPE[type];
  if (needed === undefined) throw new SlackError('invalid_types');
  if (workspace.scopes.has(needed)) return;
  throw new SlackError('missing_scope', { needed, provided: [...workspace.scopes].join(',') });
}

function output(workspace: Workspace, conversation: ConversationRow): Json {
  const { seed } = workspace;
  const isMember = conversation.memberIds.includes(seed.app.botUserId);
  const common = {
    id: conversation.id,
    created: conversation.created,
    is_archived: conversation.isArchived,
    context_team_id: seed.workspace.id,
  };
  if (conversation.kind === 'dm') {
    const other = conversation.memberIds.find((id) => id !== seed.app.botUserId);
    return { ...common, is_im: true, user: other ?? null, is_open: true };
  }
  return {
    ...common,
    name: conversation.name,
    name_normalized: conversation.name,
    is_channel: !conversation.isPrivate,
    is_group: conversation.isPrivate,
    is_im: false,
    is_mpim: false,
    is_private: conversation.isPrivate,
    is_general: false,
    is_member: isMember,
    topic: { value: conversation.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: conversation.memberIds.length,
  };
}

async function list({ workspace, args }: Call): Promise<Json> {
  const types = (textArg(args, 'types') ?? 'public_channel').split(',').map((type) => type.trim());
  for (const type of types) needScopeOf(workspace, type);
  const excludesArchived = flagArg(args, 'exclude_archived');
  const rooms = (await listConversations(workspace.database)).filter(
    (conversation) =>
      types.includes(typeOf(conversation)) &&
      !(excludesArchived && conversation.isArchived) &&
      (!conversation.isPrivate || conversation.memberIds.includes(workspace.seed.app.botUserId)),
  );
  const { items, ...rest } = page(args, rooms);
  return { channels: items.map((conversation) => output(workspace, conversation)), ...rest };
}

async function info(call: Call): Promise<Json> {
  const conversation = await conversationArg(call);
  needScopeOf(call.workspace, typeOf(conversation));
  return { channel: output(call.workspace, conversation) };
}

async function members(call: Call): Promise<Json> {
  const conversation = await conversationArg(call);
  needScopeOf(call.workspace, typeOf(conversation));
  const { items, ...rest } = page(call.args, conversation.memberIds);
  return { members: items, ...rest };
}

async function open({ workspace, args }: Call): Promise<Json> {
  const userIds = requiredArg(args, 'users').split(',');
  const [userId] = userIds;
  if (userId === undefined || userIds.length > 1)
    throw new SlackError('method_not_supported_for_channel_type');
  const conversation = await findConversation(workspace.database, directConversationId(userId));
  if (conversation === undefined) throw new SlackError('user_not_found');
  const channel = flagArg(args, 'return_im') ? output(workspace, conversation) : { id: conversation.id };
  return { channel, no_op: true, already_open: true };
}

async function join(call: Call): Promise<Json> {
  const { workspace } = call;
  const conversation = await conversationArg(call);
  if (conversation.kind === 'dm') throw new SlackError('method_not_supported_for_channel_type');
  const { joined, was } = await admitApp(workspace, conversation);
  return { channel: output(workspace, joined), ...(was ? { warning: 'already_in_channel' } : {}) };
}

export const conversationMethods: Record<string, Method> = {
  'conversations.list': forBot(READ_SCOPES, list),
  'conversations.info': forBot(READ_SCOPES, info),
  'conversations.members': forBot(READ_SCOPES, members),
  'conversations.open': forBot(['im:write', 'mpim:write', 'channels:manage', 'groups:write'], open),
  'conversations.join': forBot(['channels:join'], join),
};
