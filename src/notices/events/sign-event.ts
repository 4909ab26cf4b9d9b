import { createHmac } from 'node:crypto';
import { SECOND_MS } from '../../durations.ts';

/** The header that a receiver checks: `t=1764583200,v1=5257a869…`. */
export const SIGNATURE_HEADER = 'refill-signature';

/**
 * The signature of a body that is sent at a moment: HMAC-SHA-256 over `TIME.BODY`, so that neither can be changed, and a
 * receiver can refuse what is old. By wall time, as all signatures are.
 */
export function signEvent(secret: string, body: string, sentAtMs: number = Date.now()): string {
  const time = Math.floor(sentAtMs / SECOND_MS);
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}
