/**
 * Slack's side of the wire, kept so small that it costs the machine little: a Web API that takes what the app sends, counts it
 * and remembers when; a message is refused with 429 where its channel had one within the last second. Other paths answer an
 * empty list, which is what the card processor answers who has no payments.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../fork-process.ts';
import { sharedNow } from '../send-on-time.ts';

/** Slack takes about one message a second in a channel. */
const CHANNEL_PAUSE_MS = 1_000;
const API = '/api/';
const REPLY = '/reply/';
/** Of a bot; the rest of it is the workspace's id. */
const TOKEN = 'xoxb-';

/** A message that a channel has; `at` is a moment of `sharedNow`. */
export interface Message {
  channel: string;
  text: string;
  blocks: string;
  at: number;
}

const messages: Message[] = [];
const repliedAt: Record<string, number> = {};
const lastMessageAt = new Map<string, number>();
let refused = 0;

type Fields = Readonly<Record<string, string>>;
interface Sent {
  status: number;
  json: object;
  retryAfter?: number;
}

const methods: Readonly<Record<string, (fields: Fields, teamId: string) => Sent>> = {
  'auth.test': (_, teamId) =>
    ok({ team_id: teamId, team: teamId, user_id: 'UBOT', bot_id: 'BBOT', user: 'refill' }),
  'users.info': ({ user }, teamId) =>
    ok({ user: { id: user, team_id: teamId, deleted: false, is_bot: false } }),
  'chat.postMessage': ({ channel = '', text = '', blocks = '' }) => {
    const at = sharedNow();
    if (at - (lastMessageAt.get(channel) ?? Number.NEGATIVE_INFINITY) < CHANNEL_PAUSE_MS) {
      refused += 1;
      return { status: 429, json: { ok: false, error: 'ratelimited' }, retryAfter: 1 };
    }
    lastMessageAt.set(channel, at);
    messages.push({ channel, text, blocks, at });
    return ok({ channel, ts: `${Math.floor(at)}.000000` });
  },
  'chat.update': ({ channel = '', text = '', blocks = '', ts }) => {
    messages.push({ channel, text, blocks, at: sharedNow() });
    return ok({ channel, ts });
  },
};

function ok(fields: object): Sent {
  return { status: 200, json: { ok: true, ...fields } };
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { status, json, retryAfter } = answer(request, Buffer.concat(chunks).toString());
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    });
    response.end(JSON.stringify(json));
  });
});

function answer({ url = '', headers }: IncomingMessage, body: string): Sent {
  if (url.startsWith(REPLY)) {
    repliedAt[url.slice(REPLY.length)] ??= sharedNow();
    return ok({});
  }
  if (!url.startsWith(API)) return { status: 200, json: { object: 'list', data: [], has_more: false, url } };
  const fields = Object.fromEntries(new URLSearchParams(body));
  const token = fields.token ?? headers.authorization?.replace('Bearer ', '') ?? '';
  if (!token.startsWith(TOKEN)) return { status: 200, json: { ok: false, error: 'invalid_auth' } };
  const teamId = token.slice(TOKEN.length);
  return methods[url.slice(API.length)]?.(fields, teamId) ?? ok({});
}

const handlers = {
  /** Listens on a port of this machine. */
  listen: async (): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  },
  /** What came so far: messages in their order, how many were refused, and when each reply's address was first used. */
  read: async (): Promise<{ messages: Message[]; refused: number; repliedAt: Record<string, number> }> => ({
    messages,
    refused,
    repliedAt,
  }),
  countReplies: async (): Promise<number> => Object.keys(repliedAt).length,
};

export type SlackProcess = typeof handlers;
answerParent(handlers);
