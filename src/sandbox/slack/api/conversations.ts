/** conversations.*: channels and direct conversations. */
import { admitApp } from '../admit-app.ts';
import type { Json } from '../blocks/index.ts';
import { SlackError } from '../slack-error.ts';
import { findRoom, type Room, readRooms } from '../store/people.ts';
import { directConversationId } from '../store/seed.ts';
import type { Workspace } from '../workspace.ts';
import { type Call, flagArg, forBot, type Method, page, requiredArg, roomArg, textArg } from './method.ts';

const READ_SCOPES = ['channels:read', 'groups:read', 'im:read', 'mpim:read'];
const SCOPE_OF_TYPE: Readonly<Record<string, string>> = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
};

const typeOf = (room: Room): string =>
  room.kind === 'dm' ? 'im' : room.isPrivate ? 'private_channel' : 'public_channel';

function needScopeOf(workspace: Workspace, type: string): void {
  const needed = SCOPE_OF_TYPE[type];
  if (needed === undefined) throw new SlackError('invalid_types');
  if (workspace.scopes.has(needed)) return;
  throw new SlackError('missing_scope', { needed, provided: [...workspace.scopes].join(',') });
}

function output(workspace: Workspace, room: Room): Json {
  const { seed } = workspace;
  const isMember = room.memberIds.includes(seed.app.botUserId);
  const common = {
    id: room.id,
    created: room.created,
    is_archived: false,
    context_team_id: seed.workspace.id,
  };
  if (room.kind === 'dm') {
    const other = room.memberIds.find((id) => id !== seed.app.botUserId);
    return { ...common, is_im: true, user: other ?? null, is_open: true };
  }
  return {
    ...common,
    name: room.name,
    name_normalized: room.name,
    is_channel: !room.isPrivate,
    is_group: room.isPrivate,
    is_im: false,
    is_mpim: false,
    is_private: room.isPrivate,
    is_general: false,
    is_member: isMember,
    topic: { value: room.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: room.memberIds.length,
  };
}

async function list({ workspace, args }: Call): Promise<Json> {
  const types = (textArg(args, 'types') ?? 'public_channel').split(',').map((type) => type.trim());
  for (const type of types) needScopeOf(workspace, type);
  const rooms = (await readRooms(workspace.database)).filter(
    (room) =>
      types.includes(typeOf(room)) &&
      (!room.isPrivate || room.memberIds.includes(workspace.seed.app.botUserId)),
  );
  const { items, ...rest } = page(args, rooms);
  return { channels: items.map((room) => output(workspace, room)), ...rest };
}

async function info(call: Call): Promise<Json> {
  const room = await roomArg(call);
  needScopeOf(call.workspace, typeOf(room));
  return { channel: output(call.workspace, room) };
}

async function members(call: Call): Promise<Json> {
  const room = await roomArg(call);
  needScopeOf(call.workspace, typeOf(room));
  const { items, ...rest } = page(call.args, room.memberIds);
  return { members: items, ...rest };
}

async function open({ workspace, args }: Call): Promise<Json> {
  const userIds = requiredArg(args, 'users').split(',');
  const [userId] = userIds;
  if (userId === undefined || userIds.length > 1)
    throw new SlackError('method_not_supported_for_channel_type');
  const room = await findRoom(workspace.database, directConversationId(userId));
  if (room === undefined) throw new SlackError('user_not_found');
  const channel = flagArg(args, 'return_im') ? output(workspace, room) : { id: room.id };
  return { channel, no_op: true, already_open: true };
}

async function join(call: Call): Promise<Json> {
  const { workspace } = call;
  const room = await roomArg(call);
  if (room.kind === 'dm') throw new SlackError('method_not_supported_for_channel_type');
  const { joined, was } = await admitApp(workspace, room);
  return { channel: output(workspace, joined), ...(was ? { warning: 'already_in_channel' } : {}) };
}

export const conversationMethods: Record<string, Method> = {
  'conversations.list': forBot(READ_SCOPES, list),
  'conversations.info': forBot(READ_SCOPES, info),
  'conversations.members': forBot(READ_SCOPES, members),
  'conversations.open': forBot(['im:write', 'mpim:write', 'channels:manage', 'groups:write'], open),
  'conversations.join': forBot(['channels:join'], join),
};
