/** The server that the app talks to: Web API, response urls, file uploads. Sockets join it when in Socket Mode. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isLocalHost } from '../../is-local-host.ts';
import { useResponseUrl } from '../response-url.ts';
import { SlackError } from '../slack-error.ts';
import type { Workspace } from '../workspace.ts';
import { ApiStop } from './api-stop.ts';
import { callMethod, strikeAfter, strikeBefore } from './call-method.ts';
import { storeUpload } from './files.ts';
import type { Method } from './method.ts';
import { readBody, readMultipart } from './read-request.ts';

/** What faults call the bytes of a file, which come to an address of their own. */
const UPLOAD = 'upload';
const MAX_UPLOAD_BYTES = 65 * 1024 * 1024;

function answerJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

function answerStop(response: ServerResponse, stop: ApiStop): void {
  if (stop.status === undefined) response.destroy();
  else if (stop.retryAfterSeconds === undefined) {
    response.writeHead(stop.status, { 'content-type': 'text/plain' }).end('upstream unavailable');
  } else {
    const headers = { 'retry-after': String(stop.retryAfterSeconds) };
    answerJson(response, stop.status, { ok: false, error: 'ratelimited' }, headers);
  }
}

async function answerMethod(
  workspace: Workspace,
  methods: ReadonlyMap<string, Method>,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = { 'x-oauth-scopes': [...workspace.scopes].join(','), 'x-slack-req-id': name };
  answerJson(response, 200, await callMethod(workspace, methods, name, request), headers);
}

async function answerUpload(
  workspace: Workspace,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (workspace.faults.allDown) throw ApiStop.cut();
  const fault = workspace.faults.takeApi(UPLOAD);
  const body = await readBody(request, MAX_UPLOAD_BYTES);
  await strikeBefore(fault);
  const contentType = request.headers['content-type'] ?? '';
  const multipart = contentType.startsWith('multipart/form-data');
  const fields = multipart ? Object.values(await readMultipart(body, contentType)) : [body];
  const content = fields.find((field) => Buffer.isBuffer(field));
  const taken = content !== undefined && (await storeUpload(workspace, id, content));
  strikeAfter(fault);
  response.writeHead(taken ? 200 : 400, { 'content-type': 'text/plain' });
  response.end(taken ? `OK - ${content.length}` : 'the upload is not what was announced');
}

async function answerResponseUrl(
  workspace: Workspace,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (workspace.faults.allDown) throw ApiStop.cut();
  try {
    await useResponseUrl(workspace, id, (await readBody(request)).toString());
    answerJson(response, 200, { ok: true });
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    const gone = error.code === 'used_url' || error.code === 'expired_url';
    answerJson(response, gone ? 404 : 400, { ok: false, error: error.code, ...error.extra });
  }
}

/** @param methods by name; read at every request, as Socket Mode adds one after the server exists */
export function createApiServer(workspace: Workspace, methods: () => ReadonlyMap<string, Method>): Server {
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isLocalHost(request)) return answerJson(response, 421, { ok: false, error: 'not_found' });
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [, conversation, ...rest] = pathname.split('/');
    const last = rest.at(-1) ?? '';
    if (conversation === 'api') return answerMethod(workspace, methods(), rest.join('/'), request, response);
    if (request.method === 'POST' && conversation === 'response')
      return answerResponseUrl(workspace, last, request, response);
    if (request.method === 'POST' && conversation === 'upload')
      return answerUpload(workspace, last, request, response);
    answerJson(response, 404, { ok: false, error: 'not_found' });
  };
  return createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (error instanceof ApiStop) return answerStop(response, error);
      workspace.log.error({ err: error }, 'the workspace failed to answer the app');
      if (response.headersSent) response.destroy();
      else answerJson(response, 200, { ok: false, error: 'internal_error' });
    });
  });
}
