/** Sending commands, interactions and events to the app, over whichever transport was chosen. */
import { isObject, type Json } from '../blocks/index.ts';

/** One thing sent to the app. */
export interface Envelope {
  kind: 'command' | 'interaction' | 'event';
  body: Json;
  /** Of an event that is sent again. */
  retry?: { number: number; reason: RetryReason };
}

export type RetryReason = 'http_timeout' | 'http_error' | 'connection_failed';

/** What came back. `body` is the acknowledgement's JSON; text becomes `{ text }`, nothing becomes `{}`. */
export type Reply =
  | { outcome: 'acknowledged'; body: Json }
  | { outcome: 'timeout' }
  | { outcome: 'status'; status: number }
  | { outcome: 'unreachable' };

/** A transport. */
export interface Deliverer {
  /** One try; never throws. */
  send(envelope: Envelope): Promise<Reply>;
  close(): Promise<void>;
}

/** An acknowledgement's content as JSON: Bolt sends texts as they are and objects as JSON. */
export function acknowledgement(content: unknown): Json {
  if (isObject(content)) return content;
  return typeof content === 'string' && content !== '' ? { text: content } : {};
}

/** Why an event is sent again, in the words of `X-Slack-Retry-Reason`. */
export function retryReason(reply: Reply): RetryReason {
  if (reply.outcome === 'timeout') return 'http_timeout';
  return reply.outcome === 'status' ? 'http_error' : 'connection_failed';
}
