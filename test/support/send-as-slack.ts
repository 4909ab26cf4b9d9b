import { createHmac } from 'node:crypto';
import type { TryOut } from './try-out.ts';

/** Where an app is, and with what it checks that Slack sent something. */
interface Addressee {
  appUrl: string;
  sandbox: { slack: Pick<TryOut['sandbox']['slack'], 'delivery'> };
}

export const FORM = 'application/x-www-form-urlencoded';

/** Sends a body to the app as Slack would, rightly signed: what is wrong with it is inside. */
export async function sendAsSlack(
  { sandbox, appUrl }: Addressee,
  body: string,
  contentType = FORM,
): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${appUrl}/slack/events`, {
    method: 'POST',
    body,
    headers: { 'content-type': contentType, ...signedBySlack(sandbox, body) },
  });
  return { status: answer.status, text: await answer.text() };
}

/** An interaction in the form in which Slack sends it. */
export function interaction(payload: unknown): string {
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** The headers that make a body one of Slack's. */
export function signedBySlack(
  { slack }: Addressee['sandbox'],
  body: string | Buffer,
): Record<string, string> {
  if (slack.delivery.kind !== 'http') throw new Error('over HTTP only');
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', slack.delivery.signingSecret)
    .update(`v0:${timestamp}:`)
    .update(body)
    .digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${signature}` };
}
