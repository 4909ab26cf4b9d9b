import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DirectoryLists, demoDirectory } from './demo-directory.ts';

const KEY = 'local-directory-key-it-guards-nothing';
const LISTS: Record<string, keyof DirectoryLists> = {
  '/api/v2/offices': 'offices',
  '/api/v2/departments': 'departments',
  '/api/v2/users': 'users',
  '/api/v2/numbers': 'numbers',
};

/** An answer that is given instead of a page. */
export interface Trouble {
  status: number;
  retryAfterSeconds?: number;
}

/** The phone system's own list of who there is, over its REST API: a bearer key, and pages with a cursor. */
export interface DirectoryApi {
  url: string;
  key: string;
  /** For tests: what it lists, how much of it at once, and what goes wrong next. */
  lists: DirectoryLists;
  pageSize: number;
  troubles: Trouble[];
  /** Every request so far, its path and query. */
  asked: string[];
  close(): Promise<void>;
}

/** Starts it on a free port of 127.0.0.1 with the demo company's people. */
export async function startDirectoryApi(): Promise<DirectoryApi> {
  const server = createServer((request, response) => answer(api, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const api: DirectoryApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: KEY,
    lists: demoDirectory(),
    pageSize: 100,
    troubles: [],
    asked: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return api;
}

interface Reply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

function answer(api: DirectoryApi, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  api.asked.push(`${url.pathname}${url.search}`);
  const { status, body, headers } = reply(api, url, request);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function reply(api: DirectoryApi, url: URL, request: IncomingMessage): Reply {
  const trouble = api.troubles.shift();
  if (trouble !== undefined) {
    const { status, retryAfterSeconds: wait } = trouble;
    return {
      ...refuse(status, 'Not now.'),
      ...(wait === undefined ? {} : { headers: { 'retry-after': `${wait}` } }),
    };
  }
  if (request.headers.authorization !== `Bearer ${api.key}`) return refuse(401, 'Invalid API key.');
  const list = LISTS[url.pathname];
  if (list === undefined) return refuse(404, 'Not found.');
  if (request.method !== 'GET') return refuse(405, 'Method not allowed.');
  const cursor = url.searchParams.get('cursor');
  const from = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isInteger(from) || from < 0) return refuse(400, 'Invalid cursor.');
  const state = url.searchParams.get('state') ?? 'active';
  const items = api.lists[list].filter((item) => list !== 'users' || state === 'all' || item.state === state);
  const to = from + api.pageSize;
  const next = to < items.length ? { cursor: Buffer.from(`${to}`).toString('base64url') } : {};
  return { status: 200, body: { items: items.slice(from, to), ...next } };
}

function refuse(status: number, message: string): Reply {
  return { status, body: { error: { code: status, message } } };
}
