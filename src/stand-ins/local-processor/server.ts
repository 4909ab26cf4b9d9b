import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../../log.ts';
import { isLocalHost } from '../is-local-host.ts';
import { answerApi } from './answer-api.ts';
import { answerControl, type ControlPanel } from './control.ts';
import { answerPage } from './pages/answer-page.ts';
import { type PageAnswer, showTrouble } from './pages/page-answer.ts';
import type { Processor } from './processor.ts';

const MAX_BODY_BYTES = 1_000_000;

/** What the server serves: the API, the hosted pages, and the control endpoint. */
export interface ServerParts {
  processor: Processor;
  panel: ControlPanel;
  /** After this long a silent answer's connection is cut, in milliseconds. */
  silenceMs: number;
  /** Called after each request that may have left events to deliver. */
  wake: () => void;
  log: Logger;
}

/** Starts listening on 127.0.0.1; `port: 0` takes any free one. Throws when the port is taken. */
export async function listen(port: number, parts: ServerParts): Promise<Server> {
  const server = createServer((request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      parts.log.error({ err: error }, 'the card processor could not answer');
      if (response.headersSent) response.destroy();
      else sendPage(response, showTrouble());
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isLocalHost(request)) {
    sendJson(response, 421, { error: { type: 'invalid_request_error', message: 'On this machine only.' } });
    return;
  }
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const isApi = url.pathname.startsWith('/v1/');
  const isControl = url.pathname.startsWith('/control');
  if (parts.processor.behaviour === 'down' && isApi) {
    request.socket.destroy();
    return;
  }
  const body = await readBody(request);
  if (body === undefined) {
    sendJson(response, 413, {
      error: { type: 'invalid_request_error', message: 'Request body is too large.' },
    });
    return;
  }
  const read = { method: request.method ?? 'GET', url, headers: request.headers, body };
  if (isControl) {
    const { status, body: result } = await answerControl(parts.panel, read);
    sendJson(response, status, result);
  } else if (isApi) {
    await sendApi(parts, read, response);
  } else {
    const page = await answerPage(parts.processor, read);
    sendPage(response, page);
  }
  parts.wake();
}

async function sendApi(
  parts: ServerParts,
  request: Parameters<typeof answerApi>[1],
  response: ServerResponse,
): Promise<void> {
  const result = await answerApi(parts.processor, request, parts.log);
  if (result.kind === 'answer') {
    sendJson(response, result.status, result.body, result.headers);
    return;
  }
  const timer = setTimeout(() => response.destroy(), parts.silenceMs);
  response.on('close', () => clearTimeout(timer));
}

function sendPage(response: ServerResponse, page: PageAnswer): void {
  response.writeHead(page.status, page.headers).end(page.html);
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(`${JSON.stringify(body, null, 2)}\n`);
}

/** The request's body as text; undefined when it is larger than anything the API takes. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size <= MAX_BODY_BYTES) chunks.push(bytes);
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}
