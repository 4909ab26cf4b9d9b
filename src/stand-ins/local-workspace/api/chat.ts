/** chat.*: posting, changing, removing messages. */
import { isObject, type Json } from '../blocks/index.ts';
import { changeMessage, postMessage, removeMessage } from '../change-messages.ts';
import { messageOutput } from '../payloads.ts';
import { jsonValue, readBlocks, readContent, readText } from '../read-content.ts';
import { SlackError } from '../slack-error.ts';
import { microsFromTs } from '../store/ids.ts';
import { findMessage, type StoredMessage } from '../store/messages.ts';
import type { ConversationRow } from '../store/people.ts';
import {
  type Call,
  conversationArg,
  forBot,
  type Method,
  ownConversationArg,
  requiredArg,
  textArg,
} from './method.ts';
import { refuseTooManyPosts } from './post-limit.ts';

function refuseNonMember({ workspace }: Call, conversation: ConversationRow): void {
  if (conversation.isArchived) throw new SlackError('is_archived');
  const isMember = conversation.memberIds.includes(workspace.seed.app.botUserId);
  if (!isMember && (conversation.isPrivate || !workspace.scopes.has('chat:write.public'))) {
    throw new SlackError('not_in_channel');
  }
}

function threadArg(args: Json): { threadTs?: string } {
  const threadTs = textArg(args, 'thread_ts');
  if (threadTs === undefined) return {};
  if (microsFromTs(threadTs) === undefined) throw new SlackError('invalid_thread_ts');
  return { threadTs };
}

function metadataArg(args: Json): { metadata?: Json } {
  const metadata = jsonValue(args.metadata);
  if (metadata === undefined) return {};
  const fine =
    isObject(metadata) && typeof metadata.event_type === 'string' && isObject(metadata.event_payload);
  if (!fine) throw new SlackError('invalid_metadata_format');
  return { metadata };
}

async function post(call: Call): Promise<Json> {
  const { workspace, args } = call;
  const conversation = await conversationArg(call);
  refuseNonMember(call, conversation);
  const content = readContent(args);
  const extras = { ...threadArg(args), ...metadataArg(args) };
  refuseTooManyPosts(workspace, conversation.id);
  const message = await postMessage(workspace, {
    conversationId: conversation.id,
    userId: workspace.seed.app.botUserId,
    ...content,
    ...extras,
  });
  return { channel: conversation.id, ts: message.ts, message: messageOutput(workspace, message) };
}

async function postEphemeral(call: Call): Promise<Json> {
  const { workspace, args } = call;
  const conversation = await conversationArg(call);
  const userId = requiredArg(args, 'user');
  refuseNonMember(call, conversation);
  if (!conversation.memberIds.includes(userId)) throw new SlackError('user_not_in_channel');
  const content = readContent(args);
  const message = await postMessage(workspace, {
    conversationId: conversation.id,
    userId: workspace.seed.app.botUserId,
    ...content,
    onlyFor: userId,
    ...threadArg(args),
  });
  return { message_ts: message.ts };
}

/** The message of `channel` and `ts`, if the app itself has written it for everybody. */
async function ownMessage(
  call: Call,
  conversation: ConversationRow,
  refusal: string,
): Promise<StoredMessage> {
  const message = await findMessage(call.workspace.database, conversation.id, requiredArg(call.args, 'ts'));
  if (message === undefined || message.ephemeral) throw new SlackError('message_not_found');
  if (message.userId !== call.workspace.seed.app.botUserId) throw new SlackError(refusal);
  return message;
}

async function update(call: Call): Promise<Json> {
  const { workspace, args } = call;
  const conversation = await ownConversationArg(call);
  const message = await ownMessage(call, conversation, 'cant_update_message');
  const givenBlocks = readBlocks(args.blocks);
  const givenText = textArg(args, 'text');
  if (givenBlocks === undefined && givenText === undefined) throw new SlackError('no_text');
  const text = givenText === undefined ? '' : readText(givenText);
  const blocks = givenBlocks ?? message.blocks;
  if (text === '' && blocks.length === 0) throw new SlackError('no_text');
  const changed = await changeMessage(workspace, message, { text, blocks });
  return {
    channel: conversation.id,
    ts: changed.ts,
    text: changed.text,
    message: messageOutput(workspace, changed),
  };
}

async function remove(call: Call): Promise<Json> {
  const conversation = await ownConversationArg(call);
  const message = await ownMessage(call, conversation, 'cant_delete_message');
  await removeMessage(call.workspace, message);
  return { channel: conversation.id, ts: message.ts };
}

async function permalink(call: Call): Promise<Json> {
  const conversation = await ownConversationArg(call);
  const message = await findMessage(
    call.workspace.database,
    conversation.id,
    requiredArg(call.args, 'message_ts'),
  );
  if (message === undefined || message.ephemeral) throw new SlackError('message_not_found');
  const path = `/archives/${conversation.id}/p${microsFromTs(message.ts)}`;
  return { channel: conversation.id, permalink: `${call.workspace.addresses.page}${path}` };
}

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': forBot(['chat:write'], post),
  'chat.postEphemeral': forBot(['chat:write'], postEphemeral),
  'chat.update': forBot(['chat:write'], update),
  'chat.delete': forBot(['chat:write'], remove),
  'chat.getPermalink': forBot([], permalink),
};
