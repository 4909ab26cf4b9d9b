import type { IncomingMessage, ServerResponse } from 'node:http';
import { type App, HTTPModuleFunctions, HTTPReceiver, type Receiver } from '@slack/bolt';
import { SECOND_MS } from '../durations.ts';
import type { Logger } from '../log.ts';
import type { DeliveryRecorder } from '../org/index.ts';
import { limitConcurrency } from './access/limit-concurrency.ts';
import { createCommandQueue } from './command-queue.ts';
import { boltLogger } from './connection/bolt-logger.ts';
import { generalCopy } from './copy/index.ts';
import { postReply } from './kit/reply.ts';
import { readDelivery } from './read-delivery.ts';

/** Slack's own largest payload is far below this. */
const BODY_LIMIT_BYTES = 1_000_000;
const ENDPOINT = '/slack/events';
/** Bolt says that nothing has answered a moment after Slack has given up. */
const SLACK_WAITS_MS = 3 * SECOND_MS + 1;
/** Bolt looks for old requests only: one that is dated ahead could be sent again until its time has come. */
const MAX_CLOCK_SKEW_S = 300;
const MAX_LOGGED_PATH = 100;
/** How long a stop waits for commands that were acknowledged, and then for refusals: both are less than what the process has to stop. */
const DRAIN_MS = 2 * SECOND_MS;
const MAX_REFUSALS_AT_ONCE = 20;

type Answer = { status: 200 | 400 | 401 | 413; why: string };
type Body = Parameters<App['processEvent']>[0]['body'];

/**
 * Slack over HTTP: Bolt's receiver, and in front of it the check that the address is the one we gave Slack, that the
 * request is signed and recent, and that its body has a shape that Bolt and the handlers can read. A command is acknowledged
 * right there: its answer goes to its response_url, and three seconds are little where many wait for the database. Then it
 * waits for its turn. What Slack waits for to be answered, such as a submitted modal, goes to Bolt at once.
 */
export function createHttpDelivery(
  { signingSecret, appTimeoutMs = SLACK_WAITS_MS }: { signingSecret: string; appTimeoutMs?: number },
  log: Logger,
  recordDelivery: DeliveryRecorder,
  commands = createCommandQueue(),
): {
  receiver: Receiver;
  requestListener(request: IncomingMessage, response: ServerResponse): void;
  /** Resolves when all that was acknowledged is done, or refused. */
  drain(): Promise<void>;
} {
  const logger = boltLogger(log);
  const inner = new HTTPReceiver({
    signingSecret,
    endpoints: ENDPOINT,
    unhandledRequestTimeoutMillis: appTimeoutMs,
    logger,
    // Handlers' errors end in App.error; what arrives here is a body that Bolt itself could not read.
    processEventErrorHandler: async ({ error, response }) => {
      log.error({ err: error }, 'Bolt could not read what Slack sent');
      if (!response.headersSent) response.writeHead(400).end();
      return true;
    },
    unhandledRequestHandler: ({ response }) => {
      log.error('a request of Slack’s was not answered within three seconds');
      if (!response.headersSent) response.writeHead(404).end();
    },
  });
  let bolt: App | null = null;
  const receiver: Receiver = {
    init: (app) => {
      bolt = app;
      inner.init(app);
    },
    start: () => inner.start(0),
    stop: () => inner.stop(),
  };
  const inTurn = limitConcurrency(MAX_REFUSALS_AT_ONCE);
  const takeCommand = (app: App, body: Body): boolean => {
    const { team_id: teamId, user_id: userId, response_url: replyUrl } = body;
    const reason = { team: teamId, user: userId };
    const askedAt = performance.now();
    return commands.add({
      teamId,
      userId,
      run: (letNextStart) =>
        app
          .processEvent({ body, ack: async () => undefined, customProperties: { askedAt, letNextStart } })
          .catch((error: unknown) => log.error({ err: error, ...reason }, 'Bolt could not read a command')),
      refuse: () =>
        inTurn(() => postReply(replyUrl, { response_type: 'ephemeral', text: generalCopy.restarting })).then(
          () => log.info(reason, 'a command was refused, as the app stops'),
          (error: unknown) => log.warn({ err: error, ...reason }, 'a command was lost, as the app stops'),
        ),
    });
  };
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await answerBeforeBolt(request, { signingSecret, bodyLimit: BODY_LIMIT_BYTES, logger });
    if ('body' in answer) {
      if (bolt === null || !isCommand(answer.body)) return inner.requestListener(request, response);
      const isTaken = takeCommand(bolt, answer.body);
      if (!isTaken) log.warn('a command was not acknowledged, as too many wait');
      response.writeHead(isTaken ? 200 : 503).end();
      return;
    }
    if (answer.status === 401 && request.headers['x-slack-signature'] !== undefined)
      recordDelivery('slack_refused');
    log[answer.status === 200 ? 'debug' : 'warn'](
      { why: answer.why },
      'a request to Slack’s address went no further',
    );
    response.writeHead(answer.status).end();
  };
  return {
    receiver,
    drain: () => commands.drain(DRAIN_MS),
    requestListener(request, response) {
      if (request.method === 'POST' && pathOf(request) === ENDPOINT) {
        take(request, response).catch((error: unknown) => {
          log.error({ err: error }, 'a request to Slack’s address could not be answered');
          if (!response.headersSent) response.writeHead(400).end();
        });
        return;
      }
      const path = (request.url ?? '').split('?', 1)[0]?.slice(0, MAX_LOGGED_PATH);
      log.warn({ method: request.method, path }, 'nothing of Slack’s is at this address');
      response.writeHead(404).end();
    },
  };
}

/** As Bolt reads it, which takes `/slack/./events` for the same; null for what is no address. */
function pathOf(request: IncomingMessage): string | null {
  const url = request.url ?? '';
  return URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost').pathname : null;
}

/** The answer to what Bolt must not see; the body of what it may, which stays on the request, where Bolt finds it. */
async function answerBeforeBolt(
  request: IncomingMessage,
  options: HTTPModuleFunctions.RequestVerificationOptions,
): Promise<Answer | { body: Body }> {
  try {
    const stamp = request.headers['x-slack-request-timestamp'];
    if (stamp !== undefined && !isRecent(String(stamp)))
      return { status: 401, why: 'its timestamp is not within five minutes of now' };
    const signed = await HTTPModuleFunctions.parseAndVerifyHTTPRequest(options, request);
    const body: Body = HTTPModuleFunctions.parseHTTPRequestBody(signed);
    switch (readDelivery(body)) {
      case 'handled':
        return { body };
      case 'ignored':
        return { status: 200, why: 'it is signed, but this app has no use for it' };
      case 'malformed':
        return { status: 400, why: 'it is signed, but nothing that Slack sends to this app' };
    }
  } catch (error) {
    if (error instanceof SyntaxError) return { status: 400, why: 'its body is not JSON' };
    if (HTTPModuleFunctions.isRawBodyError(error) && error.statusCode === 413)
      return { status: 413, why: 'its body is too large' };
    return { status: 401, why: error instanceof Error ? error.message : String(error) };
  }
}

/** What Bolt would hand to a command's listener. */
const isCommand = ({ command, event, ssl_check: check }: Body): boolean =>
  typeof command === 'string' && event === undefined && check !== '1';

function isRecent(stamp: string): boolean {
  if (!/^\d{1,12}$/.test(stamp)) return false;
  return Math.abs(Date.now() / SECOND_MS - Number(stamp)) <= MAX_CLOCK_SKEW_S;
}
