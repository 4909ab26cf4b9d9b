import type { WebClientOptions } from '@slack/web-api';
import { slackCalls } from '../../instruments.ts';

type Fetch = NonNullable<WebClientOptions['fetch']>;

const METHOD = /\/api\/([a-zA-Z.]{1,60})$/;
const CODE = /^[a-z_]{1,60}$/;

/** Slack's API over the platform's own fetch, each call counted with what became of it. */
export const countedFetch: Fetch = async (url, init) => {
  const method = METHOD.exec(new URL(url).pathname)?.[1] ?? 'upload';
  try {
    const response = await fetch(url, init as RequestInit);
    slackCalls.inc({ method, error: await readError(method, response) });
    return response;
  } catch (error) {
    slackCalls.inc({ method, error: 'no_answer' });
    throw error;
  }
};

async function readError(method: string, response: Response): Promise<string> {
  if (response.status === 429) return 'ratelimited';
  if (!response.ok) return `http_${response.status}`;
  if (method === 'upload') return 'ok';
  const answer: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : 'ok';
  return typeof error === 'string' && CODE.test(error) ? error : 'other';
}
