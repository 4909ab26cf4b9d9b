import type { WebClientOptions } from '@slack/web-api';
import { slackCalls } from '../../instruments.ts';

type Fetch = NonNullable<WebClientOptions['fetch']>;

const METHOD = /\/api\/([a-zA-Z.]{1,60})$/;
const CODE = /^[a-z_]{1,60}$/;
/** What the app asks of Slack. */
export const CALLED_METHODS = [
  'auth.test',
  'chat.postEphemeral',
  'chat.postMessage',
  'chat.update',
  'files.completeUploadExternal',
  'files.getUploadURLExternal',
  'users.info',
  'users.lookupByEmail',
  'views.open',
  'views.publish',
  'views.push',
  'views.update',
];
/** The errors that alerts ask about (docs/operate/alerts.yml). */
const ALERTED_ERRORS = [
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'ratelimited',
];
// Counted from 0: monitoring sees no increase in what begins at 1.
for (const method of CALLED_METHODS) for (const error of ALERTED_ERRORS) slackCalls.inc({ method, error }, 0);

/**
 * Slack's API over the platform's own fetch, each call counted with what became of it. An answer is read from the network once: the
 * client gets the text that was counted.
 */
export const countedFetch: Fetch = async (url, init) => {
  const method = METHOD.exec(new URL(url).pathname)?.[1] ?? 'upload';
  try {
    const response = await fetch(url, init as RequestInit);
    if (!response.ok || method === 'upload') {
      slackCalls.inc({ method, error: describeStatus(response) });
      return response;
    }
    const { status, statusText, headers } = response;
    const text = await response.text();
    slackCalls.inc({ method, error: readError(text) });
    return new Response(text, { status, statusText, headers });
  } catch (error) {
    slackCalls.inc({ method, error: 'no_answer' });
    throw error;
  }
};

function describeStatus({ ok, status }: Response): string {
  if (ok) return 'ok';
  return status === 429 ? 'ratelimited' : `http_${status}`;
}

/** The `error` of Slack's answer; what is no JSON has none, and is the client's to refuse. */
function readError(text: string): string {
  try {
    const answer: unknown = JSON.parse(text);
    const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : 'ok';
    return typeof error === 'string' && CODE.test(error) ? error : 'other';
  } catch {
    return 'ok';
  }
}
