/** What a Web API method is: who may call it, and what it does. */
import type { Json } from '../blocks/index.ts';
import { invalidArguments, SlackError } from '../slack-error.ts';
import { type ConversationRow, findConversation, listConversations } from '../store/people.ts';
import type { Workspace } from '../workspace.ts';

/** One call: its arguments as they came (forms carry texts, JSON bodies carry values). */
export interface Call {
  workspace: Workspace;
  args: Json;
  token: 'bot' | 'app';
}

export interface Method {
  token: 'bot' | 'app' | 'any';
  /** Any one of these scopes is enough; none: every token will do. */
  scopes: readonly string[];
  run(call: Call): Promise<Json>;
}

/** A method for the bot token. */
export const forBot = (scopes: readonly string[], run: Method['run']): Method => ({
  token: 'bot',
  scopes,
  run,
});

/** A text argument; undefined when absent or empty. */
export function textArg(args: Json, name: string): string | undefined {
  const value = args[name];
  return typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number'
      ? String(value)
      : undefined;
}

/** A text argument that must be there. @throws SlackError `invalid_arguments` */
export function requiredArg(args: Json, name: string): string {
  const value = textArg(args, name);
  if (value === undefined) throw invalidArguments(`missing required field: ${name}`);
  return value;
}

export const flagArg = (args: Json, name: string): boolean =>
  args[name] === true || args[name] === 'true' || args[name] === '1' || args[name] === 1;

/** A whole number within bounds, or the default when absent. */
function countArg(args: Json, name: string, { byDefault, max }: { byDefault: number; max: number }): number {
  const value = textArg(args, name);
  if (value === undefined) return byDefault;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0) throw new SlackError('invalid_limit');
  return Math.min(count === 0 ? byDefault : count, max);
}

/** One page of a list, with Slack's cursor (the base64 of an offset). */
export function page<T>(
  args: Json,
  items: readonly T[],
): { items: T[]; response_metadata: { next_cursor: string } } {
  const limit = countArg(args, 'limit', { byDefault: 100, max: 1000 });
  const cursor = textArg(args, 'cursor');
  const offset = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString());
  if (!Number.isInteger(offset) || offset < 0) throw new SlackError('invalid_cursor');
  const end = offset + limit;
  const next = end < items.length ? Buffer.from(String(end)).toString('base64') : '';
  return { items: items.slice(offset, end), response_metadata: { next_cursor: next } };
}

/** The conversation of a message that exists. A person's id names one only where a message is posted to them. */
export async function ownConversationArg(call: Call): Promise<ConversationRow> {
  const conversation = await conversationArg(call);
  if (conversation.kind === 'dm' && textArg(call.args, 'channel') !== conversation.id)
    throw new SlackError('channel_not_found');
  return conversation;
}

/** The conversation that a `channel` argument means: an id, a `#name`, or a person's id for the direct one. */
export async function conversationArg({ workspace, args }: Call): Promise<ConversationRow> {
  const given = textArg(args, 'channel');
  if (given === undefined) throw new SlackError('channel_not_found');
  const { database, seed } = workspace;
  const byId = await findConversation(database, given);
  const conversation =
    byId ??
    (await listConversations(database)).find((each) =>
      each.kind === 'dm' ? each.memberIds.includes(given) : `#${each.name}` === given || each.name === given,
    );
  const hidden = conversation?.isPrivate === true && !conversation.memberIds.includes(seed.app.botUserId);
  if (conversation === undefined || hidden || given === seed.app.botUserId)
    throw new SlackError('channel_not_found');
  return conversation;
}
