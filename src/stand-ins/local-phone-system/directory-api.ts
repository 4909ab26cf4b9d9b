import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const KEY = 'local-directory-key-it-guards-nothing';
const LISTS: Record<string, keyof DirectoryLists> = {
  '/api/v2/offices': 'offices',
  '/api/v2/departments': 'departments',
  '/api/v2/users': 'users',
  '/api/v2/numbers': 'numbers',
};

/** Something that it lists: 64-bit ids as text, and far more fields than anyone needs. */
export type Listed = Record<string, unknown>;

export interface DirectoryLists {
  offices: Listed[];
  departments: Listed[];
  users: Listed[];
  numbers: Listed[];
}

/** An answer that is given instead of a page. */
export interface Trouble {
  status: number;
  retryAfterSeconds?: number;
}

/** Where its events go. */
export interface EventEndpoint {
  id: string;
  hook_url: string;
  secret: string;
  /** `call` and `sms`, with what was asked for. */
  subscriptions: Record<string, Record<string, unknown>>;
}

/**
 * The phone system's own list of who there is, over its REST API: a bearer key, and pages with a cursor; and where its
 * events are sent.
 */
export interface DirectoryApi {
  url: string;
  key: string;
  /** For tests: what it lists, how much of it at once, and what goes wrong next. */
  lists: DirectoryLists;
  pageSize: number;
  /** An empty page comes between any two. */
  hasEmptyPages: boolean;
  troubles: Trouble[];
  /** Webhooks that were created, with their subscriptions. */
  endpoints: EventEndpoint[];
  /** Whether a key may create webhooks but no subscriptions, as one without the rights. */
  refusesSubscriptions: boolean;
  /** Every request so far, its path and query. */
  asked: string[];
  close(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1; it lists these. */
export async function startDirectoryApi(lists: DirectoryLists): Promise<DirectoryApi> {
  const server = createServer((request, response) => void answer(api, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const api: DirectoryApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: KEY,
    lists,
    pageSize: 100,
    hasEmptyPages: false,
    troubles: [],
    endpoints: [],
    refusesSubscriptions: false,
    asked: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return api;
}

/** JSON in which a bigint is a number of any length, as the vendor's own may be. */
function toJson(body: unknown): string {
  const text = JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? `bigint:${value}` : value));
  return text.replace(/"bigint:(\d+)"/g, '$1');
}

interface Reply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

async function answer(api: DirectoryApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  api.asked.push(`${url.pathname}${url.search}`);
  const sent = request.method === 'POST' ? await readText(request) : '';
  const { status, body, headers } = reply(api, url, request, sent);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(toJson(body));
}

function reply(api: DirectoryApi, url: URL, request: IncomingMessage, sent: string): Reply {
  const trouble = api.troubles.shift();
  if (trouble !== undefined) {
    const { status, retryAfterSeconds: wait } = trouble;
    return {
      ...refuse(status, 'Not now.'),
      ...(wait === undefined ? {} : { headers: { 'retry-after': `${wait}` } }),
    };
  }
  if (request.headers.authorization !== `Bearer ${api.key}`) return refuse(401, 'Invalid API key.');
  if (request.method === 'POST') return createEndpoint(api, url.pathname, sent);
  if (url.pathname === '/api/v2/webhooks')
    return { status: 200, body: { items: api.endpoints.map(({ id, hook_url }) => ({ id, hook_url })) } };
  const list = LISTS[url.pathname];
  if (list === undefined) return refuse(404, 'Not found.');
  if (request.method !== 'GET') return refuse(405, 'Method not allowed.');
  return listPage(
    api,
    api.lists[list].filter(isOfState(list, url.searchParams.get('state') ?? 'active')),
    url,
  );
}

function isOfState(
  list: keyof DirectoryLists,
  state: string,
): (item: Record<string, unknown> | null) => boolean {
  return (item) => list !== 'users' || state === 'all' || item === null || item.state === state;
}

/** A page of a list; a cursor is where the next one begins. */
function listPage(api: DirectoryApi, items: readonly unknown[], url: URL): Reply {
  const cursor = url.searchParams.get('cursor');
  const [from, isEmpty] =
    cursor === null ? [0, false] : readCursor(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isInteger(from) || from < 0) return refuse(400, 'Invalid cursor.');
  const to = isEmpty ? from : from + api.pageSize;
  const next = `${api.hasEmptyPages && !isEmpty ? 'empty:' : ''}${to}`;
  return {
    status: 200,
    body: {
      items: items.slice(from, to),
      ...(to < items.length ? { cursor: Buffer.from(next).toString('base64url') } : {}),
    },
  };
}

function readCursor(text: string): [from: number, isEmpty: boolean] {
  const isEmpty = text.startsWith('empty:');
  return [Number(isEmpty ? text.slice('empty:'.length) : text), isEmpty];
}

const webhookBody = z.strictObject({ hook_url: z.url({ protocol: /^https$/ }), secret: z.string().min(1) });
const subscriptionBodies: Record<string, z.ZodType<{ endpoint_id: string | number }>> = {
  call: z.strictObject({
    endpoint_id: z.union([z.string(), z.number()]),
    call_states: z.array(z.enum(['ringing', 'connected', 'hangup', 'missed', 'voicemail', 'recording'])),
  }),
  sms: z.strictObject({
    endpoint_id: z.union([z.string(), z.number()]),
    direction: z.enum(['all', 'inbound', 'outbound']),
    status: z.boolean(),
  }),
};

/** POST /webhooks, then /subscriptions/call and /subscriptions/sms for it. */
function createEndpoint(api: DirectoryApi, path: string, sent: string): Reply {
  const body: unknown = readJson(sent);
  if (path === '/api/v2/webhooks') {
    const read = webhookBody.safeParse(body);
    if (!read.success) return refuse(400, 'Invalid webhook.');
    const id = `${5_000_000_000_000_000 + api.endpoints.length}`;
    api.endpoints.push({ id, ...read.data, subscriptions: {} });
    return {
      status: 200,
      body: { id, hook_url: read.data.hook_url, signature: { algo: 'HS256', type: 'jwt' } },
    };
  }
  const kind = /^\/api\/v2\/subscriptions\/(\w+)$/.exec(path)?.[1] ?? '';
  const read = subscriptionBodies[kind]?.safeParse(body);
  if (read === undefined) return refuse(404, 'Not found.');
  if (api.refusesSubscriptions) return refuse(403, 'Insufficient permissions.');
  const endpoint = api.endpoints.find(({ id }) => id === String(read.data?.endpoint_id));
  if (read.data === undefined || endpoint === undefined) return refuse(400, 'Invalid subscription.');
  endpoint.subscriptions[kind] = { ...read.data };
  return { status: 200, body: { id: `${endpoint.id}${kind === 'call' ? 1 : 2}`, enabled: true } };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refuse(status: number, message: string): Reply {
  return { status, body: { error: { code: status, message } } };
}
