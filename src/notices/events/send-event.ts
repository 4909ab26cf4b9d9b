import { lookup } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { SECOND_MS } from '../../durations.ts';
import { isLoopback, isPublicIp } from '../../web-address.ts';
import { SIGNATURE_HEADER, signEvent } from './sign-event.ts';

const TIMEOUT_MS = 10 * SECOND_MS;
const MAX_ERROR_LENGTH = 200;

/** The result of sending: any 2xx within ten seconds is accepted; a redirect is not, and is not followed. */
export type Sent = { isAccepted: true } | { isAccepted: false; error: string };

/**
 * Sends a signed body to an endpoint. A name is looked up for this one connection, and one that leads into a private network
 * is refused, whatever it led to when the endpoint was added. Throws nothing.
 */
export async function sendEvent(endpoint: { url: string; secret: string }, body: string): Promise<Sent> {
  try {
    const status = await post(endpoint, body);
    return status >= 200 && status < 300
      ? { isAccepted: true }
      : { isAccepted: false, error: `answered ${status}` };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { isAccepted: false, error: message.slice(0, MAX_ERROR_LENGTH) };
  }
}

function post({ url, secret }: { url: string; secret: string }, body: string): Promise<number> {
  const isLocal = isLoopback(url);
  return new Promise((resolve, reject) => {
    const sent = (url.startsWith('https:') ? request : requestPlain)(url, {
      method: 'POST',
      agent: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Refill',
        [SIGNATURE_HEADER]: signEvent(secret, body),
      },
      ...(isLocal ? {} : { lookup: lookupPublic }),
    });
    sent.once('error', (error) =>
      reject(error.name === 'TimeoutError' ? new Error('no answer within 10 seconds') : error),
    );
    sent.once('response', (answer) => {
      resolve(answer.statusCode ?? 0);
      // What it answers beside the status is of no interest, and may be endless.
      answer.destroy();
    });
    sent.end(body);
  });
}

/** Looks a name up, and refuses it where any of its addresses is not a public one. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) return callback(error ?? new Error('no address'), '', 0);
    if (!addresses.every(({ address }) => isPublicIp(address)))
      return callback(new Error(`${hostname} leads into a private network`), '', 0);
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
