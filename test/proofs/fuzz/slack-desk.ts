import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { DEMO_BOT, DEMO_CAST, TEAM_ID } from '../../../src/demo/cast.ts';
import {
  describeFault,
  faultsOfMessage,
  faultsOfView,
  isObject,
  type Json,
  optionListFaults,
} from '../../../src/stand-ins/local-workspace/blocks/index.ts';
import type { Harvest } from './harvest.ts';

const MAX_TEXT = 40_000;
const ADMIN = 'U0ANA00001';
/** Keys of requests stand in their triggers, the ids of their windows and the addresses of their replies. */
const KEY = /^k\d+$/;

/** Slack's end of the wire, kept light: it takes what Slack would take, and says who is in the workspace. */
export interface SlackDesk {
  apiUrl: string;
  replyUrl(key: string): string;
  /** Who sends the request with this key; one that opens the Home tab is answered on it. */
  expect(key: string, userId: string, isHome: boolean): void;
  /** What the app answered at once: the options of a list, or what becomes of a form. */
  takeAnswer(key: string, answer: Json): void;
  /** Whether the app said or showed anything for it. */
  hasHeard(key: string): boolean;
  /** When something was last heard from the app, by `performance.now()`. */
  lastHeardAt(): number;
  /** What Slack would have refused, and what says that the app failed, each with the key of its request. */
  faults: { key: string; fault: string }[];
  close(): Promise<void>;
}

export async function openSlackDesk(harvest: Harvest): Promise<SlackDesk> {
  const senders = new Map<string, string>();
  const heard = new Set<string>();
  const homes = new Map<string, string[]>();
  const faults: SlackDesk['faults'] = [];
  let lastHeardAt = performance.now();

  const check = (key: string, what: string, found: readonly string[], shown: unknown): boolean => {
    const known = KEY.test(key) ? key : '';
    if (known !== '') heard.add(known);
    // What nobody asked for stands in the log.
    if (known !== '' && /went wrong on our side/.test(JSON.stringify(shown) ?? ''))
      faults.push({ key: known, fault: `${what} says that something went wrong` });
    for (const fault of found.slice(0, 2))
      faults.push({ key: known, fault: `Slack would refuse ${what}: ${fault}` });
    return found.length === 0;
  };
  const userOf = (key: string): string => senders.get(key) ?? ADMIN;
  const takeView = (key: string, method: string, surface: 'modal' | 'home', given: unknown): boolean => {
    const view = parse(given);
    const isTaken = check(key, method, faultsOfView(view, surface).map(describeFault), view);
    if (isTaken) harvest.takeView(view, surface, surface === 'home' ? key : userOf(key));
    return isTaken;
  };
  const takeMessage = (key: string, what: string, message: Json): boolean => {
    const blocks = parse(message.blocks);
    const said = typeof message.text === 'string' ? message.text : '';
    const found = [
      ...(blocks === undefined ? [] : faultsOfMessage(blocks).map(describeFault)),
      ...(said.length > MAX_TEXT ? ['msg_too_long'] : []),
    ];
    const isTaken = check(key, what, found, message);
    if (isTaken) harvest.takeMessage(blocks, userOf(key));
    return isTaken;
  };
  const call = (method: string, args: Json): Json => {
    const refused = { ok: false, error: 'invalid_arguments' };
    const arg = (name: string): string => String(args[name] ?? '');
    switch (method) {
      case 'auth.test':
        return {
          ok: true,
          team_id: TEAM_ID,
          team: 'Acme Corp',
          user_id: DEMO_BOT.userId,
          bot_id: DEMO_BOT.botId,
        };
      case 'users.info':
        return describeUser(arg('user'));
      case 'users.lookupByEmail':
        return describeUser(DEMO_CAST.find(({ name }) => `${name}@acme.example` === arg('email'))?.id ?? '');
      case 'views.open':
      case 'views.push':
        return takeView(arg('trigger_id'), method, 'modal', args.view)
          ? { ok: true, view: { id: arg('trigger_id') } }
          : refused;
      case 'views.update':
        return takeView(arg('view_id'), method, 'modal', args.view)
          ? { ok: true, view: { id: arg('view_id') } }
          : refused;
      case 'views.publish':
        for (const key of homes.get(arg('user_id')) ?? []) heard.add(key);
        homes.delete(arg('user_id'));
        return takeView(arg('user_id'), method, 'home', args.view)
          ? { ok: true, view: { id: 'VHOME' } }
          : refused;
      case 'chat.postMessage':
      case 'chat.postEphemeral':
      case 'chat.update':
        return takeMessage('', method, args) ? { ok: true, channel: arg('channel'), ts: '1.1' } : refused;
      case 'files.getUploadURLExternal':
        return { ok: true, upload_url: `${origin}/upload`, file_id: 'F1' };
      default:
        return { ok: true };
    }
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, folder, name = ''] = (request.url ?? '').split('/');
    const body = await text(request);
    lastHeardAt = performance.now();
    if (folder === 'api') {
      const args = Object.fromEntries(new URLSearchParams(body));
      response.setHeader('content-type', 'application/json').end(JSON.stringify(call(name, args)));
      return;
    }
    const message = folder === 'reply' ? parse(body) : {};
    const isTaken = folder !== 'reply' || (isObject(message) && takeMessage(name, 'a reply', message));
    response.writeHead(isTaken ? 200 : 400).end(isTaken ? 'ok' : 'invalid_blocks');
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // Longer than any pause: what the app sends over a connection that is being closed would be lost.
  server.keepAliveTimeout = 10 * 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    apiUrl: `${origin}/api/`,
    replyUrl: (key) => `${origin}/reply/${key}`,
    expect(key, userId, isHome) {
      senders.set(key, userId);
      if (isHome) homes.set(userId, [...(homes.get(userId) ?? []), key]);
    },
    takeAnswer(key, given) {
      if (given.view !== undefined) takeView(key, 'the answer to a form', 'modal', given.view);
      if (given.options !== undefined)
        check(key, 'the options of a list', optionListFaults(given.options).map(describeFault), given);
      heard.add(key);
    },
    hasHeard: (key) => heard.has(key),
    lastHeardAt: () => lastHeardAt,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parse(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

function describeUser(userId: string): Json {
  const known = DEMO_CAST.find(({ id }) => id === userId);
  if (known === undefined) return { ok: false, error: 'user_not_found' };
  const { id, realName, role } = known;
  return {
    ok: true,
    user: { id, team_id: TEAM_ID, real_name: realName, deleted: false, is_restricted: role === null },
  };
}
