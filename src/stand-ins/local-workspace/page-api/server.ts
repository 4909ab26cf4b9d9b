/**
 * The server of the browser page: its files, what it reads, its stream and its acts. Only for pages of its own
 * origin: no CORS, POSTs must name this origin, and the host must be this machine (no DNS rebinding).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isLocalHost } from '../../is-local-host.ts';
import { readBody } from '../api/read-request.ts';
import type { EventSender } from '../deliver/events.ts';
import { Refusal } from '../people/act.ts';
import { openHome } from '../people/open-home.ts';
import { jsonValue } from '../read-content.ts';
import { slackText } from '../slack-text.ts';
import type { Workspace } from '../workspace.ts';
import { acts } from './acts.ts';
import { readBootstrap, readConversation } from './read-workspace.ts';
import { sendFile } from './send-file.ts';
import { answerText, SECURITY_HEADERS, servePage } from './serve-page.ts';
import { openStream } from './stream.ts';

function answerJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...SECURITY_HEADERS,
  });
  response.end(JSON.stringify(body));
}

const isOwnOrigin = ({ headers }: IncomingMessage): boolean => headers.origin === `http://${headers.host}`;

export interface PageServer {
  workspace: Workspace;
  events: EventSender;
  /** Folder of the built page. */
  folder: string;
}

async function answerRead(
  { workspace, events }: PageServer,
  name: string,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const as = query.get('as') ?? '';
  if (name === 'bootstrap') return answerJson(response, await readBootstrap(workspace, as));
  if (name === 'home') return answerJson(response, await openHome(workspace, events, as));
  if (name === 'stream') return openStream(workspace, as, response);
  if (name === 'options') return answerJson(response, []);
  if (name === 'messages') {
    return answerJson(response, await readConversation(workspace, as, query.get('conversation') ?? ''));
  }
  if (name.startsWith('files/')) return sendFile(workspace, name.slice('files/'.length), response);
  answerText(response, 404, 'The workspace has nothing of that name.');
}

async function answerAct(
  { workspace }: PageServer,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (act === undefined) return answerText(response, 404, 'The workspace knows no such act.');
  if (!isOwnOrigin(request)) return answerText(response, 403, 'Only the workspace page itself may do this.');
  if (!request.headers['content-type']?.startsWith('application/json')) {
    return answerText(response, 415, 'Acts are told in JSON.');
  }
  answerJson(response, await act(workspace, jsonValue((await readBody(request)).toString())));
}

async function route(page: PageServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isLocalHost(request)) {
    return answerText(response, 421, 'The workspace answers on this machine only.');
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const inWorkspace = pathname.startsWith('/workspace/');
  const name = pathname.slice('/workspace/'.length);
  if (request.method === 'POST' && inWorkspace) return answerAct(page, name, request, response);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return answerText(response, 405, 'The workspace knows GET and POST only.');
  }
  if (inWorkspace) return answerRead(page, name, searchParams, response);
  return servePage(page.folder, pathname, request, response);
}

/** The page's server, not yet listening. */
export function createPageServer(page: PageServer): Server {
  return createServer((request, response) => {
    route(page, request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      if (error instanceof Refusal) return answerText(response, 404, error.message);
      page.workspace.log.error({ err: error }, 'the workspace failed to answer its page');
      answerText(response, 500, slackText.submitTrouble);
    });
  });
}
