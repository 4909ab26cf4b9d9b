/** Signed HTTP requests to the app's request URL. */

import { createHmac } from 'node:crypto';
import { SECOND_MS } from '../../../durations.ts';
import type { Json } from '../blocks/index.ts';
import { acknowledgement, type Deliverer, type Envelope, type Reply } from './deliver.ts';

/** Slack's signature of a body: `v0=` and the HMAC-SHA256 of `v0:{timestamp}:{body}`. */
const sign = (secret: string, timestamp: string, body: string): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

const formOf = (fields: Json): string =>
  new URLSearchParams(
    Object.entries(fields).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();

/** Commands are forms, interactions forms of one `payload`, events JSON. */
const encode: Record<Envelope['kind'], (body: Json) => { type: string; text: string }> = {
  command: (body) => ({ type: 'application/x-www-form-urlencoded', text: formOf(body) }),
  interaction: (body) => ({
    type: 'application/x-www-form-urlencoded',
    text: formOf({ payload: JSON.stringify(body) }),
  }),
  event: (body) => ({ type: 'application/json', text: JSON.stringify(body) }),
};

async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  if (response.status < 200 || response.status > 299) return { outcome: 'status', status: response.status };
  if (!response.headers.get('content-type')?.includes('json')) {
    return { outcome: 'acknowledged', body: acknowledgement(text) };
  }
  try {
    return { outcome: 'acknowledged', body: acknowledgement(text === '' ? '' : JSON.parse(text)) };
  } catch {
    return { outcome: 'acknowledged', body: acknowledgement(text) };
  }
}

export interface HttpDelivery {
  url: string | (() => string);
  signingSecret: string;
  appTimeoutMs: number;
  /** Whether the network is down. */
  isDown(): boolean;
}

/** A deliverer over signed HTTP. The timestamp of signatures is wall time, as the app's check is. */
export function httpDeliverer({ url, signingSecret, appTimeoutMs, isDown }: HttpDelivery): Deliverer {
  const send = async ({ kind, body, retry }: Envelope): Promise<Reply> => {
    if (isDown()) return { outcome: 'unreachable' };
    const { type, text } = encode[kind](body);
    const timestamp = String(Math.floor(Date.now() / SECOND_MS));
    try {
      const response = await fetch(typeof url === 'string' ? url : url(), {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.timeout(appTimeoutMs),
        headers: {
          'content-type': type,
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': sign(signingSecret, timestamp, text),
          ...(retry && { 'x-slack-retry-num': String(retry.number), 'x-slack-retry-reason': retry.reason }),
        },
        body: text,
      });
      return await readReply(response);
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      return { outcome: timedOut ? 'timeout' : 'unreachable' };
    }
  };
  return { send, close: async () => undefined };
}
