import type { IncomingMessage, ServerResponse } from 'node:http';
import { HTTPModuleFunctions, HTTPReceiver } from '@slack/bolt';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import { boltLogger } from './bolt-logger.ts';

/** Slack's own largest payload is far below this. */
const BODY_LIMIT_BYTES = 1_000_000;
const ENDPOINT = '/slack/events';

const identified = z.looseObject({ id: z.string() });
const fromPerson = { user: identified, team: identified.nullish() };

/** All that Slack sends to an app with our manifest; Bolt throws on some of what is not of these shapes. */
const slackBody = z.union([
  z.looseObject({ ssl_check: z.literal('1') }),
  z.looseObject({ type: z.literal('url_verification'), challenge: z.string() }),
  z.looseObject({
    type: z.literal('event_callback'),
    team_id: z.string(),
    event: z.looseObject({ type: z.string() }),
  }),
  z.looseObject({ command: z.string(), team_id: z.string(), user_id: z.string() }),
  z.looseObject({
    type: z.literal('block_actions'),
    ...fromPerson,
    actions: z.array(z.looseObject({})).min(1),
  }),
  z.looseObject({ type: z.literal('view_submission'), ...fromPerson, view: identified }),
]);

/** Slack over HTTP: Bolt's receiver, and in front of it the check that a request is signed and is one of Slack's. */
export function createHttpDelivery(
  { signingSecret }: { signingSecret: string },
  log: Logger,
): { receiver: HTTPReceiver; requestListener(request: IncomingMessage, response: ServerResponse): void } {
  const logger = boltLogger(log);
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: ENDPOINT,
    logger,
    processEventErrorHandler: (failed) => {
      log.error({ err: failed.error }, 'Bolt could not handle what Slack sent');
      return HTTPModuleFunctions.defaultProcessEventErrorHandler(failed);
    },
  });
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = await refusalOf(request, { signingSecret, bodyLimit: BODY_LIMIT_BYTES, logger });
    if (refusal === null) return receiver.requestListener(request, response);
    log.warn({ why: refusal.why }, 'a request to Slack’s address was refused');
    response.writeHead(refusal.status).end();
  };
  return {
    receiver,
    requestListener(request, response) {
      // As Bolt reads it, which takes `/slack/./events` for the same; an address that is none throws, there as here.
      const { pathname } = new URL(request.url ?? '', 'http://localhost');
      if (request.method === 'POST' && pathname === ENDPOINT) void take(request, response);
      else receiver.requestListener(request, response);
    },
  };
}

/** Why a request is not Slack's, in HTTP's status; the body stays on the request, where Bolt finds it. */
async function refusalOf(
  request: IncomingMessage,
  options: HTTPModuleFunctions.RequestVerificationOptions,
): Promise<{ status: 400 | 401 | 413; why: string } | null> {
  try {
    const signed = await HTTPModuleFunctions.parseAndVerifyHTTPRequest(options, request);
    const { success } = slackBody.safeParse(HTTPModuleFunctions.parseHTTPRequestBody(signed));
    return success ? null : { status: 400, why: 'it is signed, but nothing that Slack sends to this app' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof SyntaxError) return { status: 400, why };
    const isTooLarge = HTTPModuleFunctions.isRawBodyError(error) && error.statusCode === 413;
    return { status: isTooLarge ? 413 : 401, why };
  }
}
