import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SECOND_MS } from '../durations.ts';
import { hasCode, RefillError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { currentTrace, readRequestId, withTrace } from '../trace.ts';
import type { AnsweredRequest } from './metrics.ts';
import { findRefusal, problemReply } from './problems.ts';
import { type Reply, sendReply } from './reply.ts';

export interface Route {
  method: 'GET' | 'POST';
  /** Path with `:name` segments, e.g. `/billing/card/:token`. */
  path: string;
  handle(request: RouteRequest): Promise<Reply>;
}

export interface RouteRequest {
  /** As it was asked for, with what follows the question mark. */
  url: string;
  params: Record<string, string>;
  headers: IncomingMessage['headers'];
  /** The address at the other end of the connection: a person's, or the proxy's in front of us. */
  remoteAddress: string;
  /** The whole raw body; throws RefillError `body-too-large` beyond the limit. */
  body(limitBytes: number): Promise<Buffer>;
  /** The raw body as it comes in, under the same limit. Who stops reading can still answer. */
  chunks(limitBytes: number): AsyncIterable<Buffer>;
}

export interface HttpOptions {
  host: string;
  port: number;
  /** The setting that chooses the port. */
  portSetting?: 'PORT' | 'REFILL_MONITORING';
  log: Logger;
  routes: readonly Route[];
  /** Whether only requests to this machine's own names are answered: the try-out, whose secrets are public. */
  isLocalOnly?: boolean;
  /** Told of each request once it is answered. */
  observe?: (request: AnsweredRequest) => void;
  /** Takes everything below `/slack/`; absent in Socket Mode. */
  slack?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Longer than proxies keep a connection (nginx and load balancers: 60 s), which would lose a request on one that is closed here. */
const KEEP_ALIVE_MS = 75 * SECOND_MS;
const LOCAL_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/**
 * The one server of the app. Whatever a handler does, each request gets an answer and the process stays up. Each has an id,
 * its sender's `X-Request-Id` where that is a safe one, which is answered and stands in all that comes of it.
 * Throws RefillError `port-taken` when another process listens there, `port-refused` when the system does not allow it.
 */
export async function startHttp(options: HttpOptions): Promise<{ port: number; close(): Promise<void> }> {
  const routes = options.routes.map((route) => ({ ...route, pattern: toPattern(route.path) }));
  const server = createServer((request, response) => {
    const requestId = readRequestId(request.headers['x-request-id']);
    response.setHeader('x-request-id', requestId);
    withTrace({ requestId }, () => respond(options, routes, request, response));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2 * SECOND_MS).unref();
      }),
  };
}

/** Has the route of a request answer it, or Bolt. */
function respond(
  options: HttpOptions,
  routes: readonly CompiledRoute[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = pathOf(request);
  const route = findRoute(routes, request, path);
  observeAnswer(options, request, response, 'handle' in route ? route.path : routeless(path));
  if (options.isLocalOnly === true && !LOCAL_HOST.test(request.headers.host ?? '')) {
    sendReply(response, problemReply('misdirected'));
    return;
  }
  if (path.startsWith('/slack/') && options.slack !== undefined) {
    try {
      options.slack(request, response);
    } catch (error) {
      options.log.warn({ err: error, method: request.method }, 'a request to Slack’s path failed');
      sendReply(response, problemReply('not-found'));
    }
    return;
  }
  void answer(route, request, path, options.log).then((reply) => {
    sendReply(response, reply);
    if (!request.complete) discardRest(request);
  });
}

/** Not parsed as a URL: `//` and other nonsense gets a 404 like every unknown path. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/** What was not read stands between this answer and the connection's next request. */
function discardRest(request: IncomingMessage): void {
  // The listener is for a reader that lets go of the request later: then the stream flows on for it.
  request.on('data', () => undefined).resume();
}

type CompiledRoute = Route & { pattern: RegExp };

/** The route of a request, or why there is none. */
function findRoute(
  routes: readonly CompiledRoute[],
  request: IncomingMessage,
  path: string,
): CompiledRoute | Reply {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const onPath = routes.filter((route) => route.pattern.test(path));
  const route = onPath.find((candidate) => candidate.method === method);
  if (route !== undefined) return route;
  if (onPath.length === 0) return problemReply('not-found');
  const allow = onPath.map((candidate) => candidate.method).join(', ');
  return problemReply('method-not-allowed', undefined, { allow });
}

const routeless = (path: string): string => (path.startsWith('/slack/') ? '/slack/*' : 'none');

function observeAnswer(
  { observe, log }: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
  route: string,
): void {
  const trace = currentTrace() ?? { requestId: '' };
  const startedAt = performance.now();
  // Who has no route may have made up the method, too: as many as there are strings.
  const method = route === 'none' ? 'any' : (request.method ?? 'any');
  response.once('finish', () => {
    const answered = { route, method, status: response.statusCode, tookMs: performance.now() - startedAt };
    observe?.(answered);
    withTrace(trace, () => log.debug(answered, 'a request was answered'));
  });
}

async function answer(
  route: CompiledRoute | Reply,
  request: IncomingMessage,
  path: string,
  log: Logger,
): Promise<Reply> {
  if (!('handle' in route)) return route;
  try {
    const params = route.pattern.exec(path)?.groups ?? {};
    return await route.handle({
      url: request.url ?? '/',
      params,
      headers: request.headers,
      remoteAddress: request.socket.remoteAddress ?? '',
      body: (limit) => readBody(request, limit),
      chunks: (limit) => readChunks(request, limit),
    });
  } catch (error) {
    const tooLarge = hasCode(error, 'body-too-large') ? findRefusal(error) : null;
    if (tooLarge !== null) return problemReply(tooLarge.code, tooLarge.error.message);
    if (request.destroyed)
      log.debug({ method: route.method, route: route.path }, 'a sender went away in mid-request');
    else log.error({ err: error, method: route.method, route: route.path }, 'a request failed');
    return problemReply('internal');
  }
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
}

async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readChunks(request, limitBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Stopping half-way leaves the connection open, as the sender is to read why; the server discards what is left. */
async function* readChunks(request: IncomingMessage, limitBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes)
      throw new RefillError('body-too-large', `A request here may have ${limitBytes} bytes at most.`);
    yield chunk;
  }
}

async function listen(server: Server, { host, port, portSetting = 'PORT' }: HttpOptions): Promise<void> {
  const settings =
    portSetting === 'PORT'
      ? 'Set REFILL_HOST to an address of this machine, and PORT to one that its user may use.'
      : 'Set REFILL_MONITORING to an address of this machine and a port that its user may use.';
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE')
        return reject(
          new RefillError(
            'port-refused',
            `Refill cannot listen on ${host}, port ${port} (${error.code ?? error.message}). ${settings}`,
            {},
            { cause: error },
          ),
        );
      reject(
        new RefillError(
          'port-taken',
          `Port ${port} is taken: another program, or another Refill, listens there. Stop it, or set ${portSetting} to a free one.`,
        ),
      );
    });
    server.listen(port, host, () => resolve());
  });
}
