import { WebAPIPlatformError } from '@slack/web-api';
import { ReplyRefusedError } from './reply.ts';

/** What is sent with charts and tables, and the same in words. */
export interface WithData<Sent> {
  full: Sent;
  plain: Sent;
}

/** Sends it with charts and tables; where the workspace refuses those, in words. Other failures are passed on. */
export async function orWithoutData<Sent, Answer>(
  { full, plain }: WithData<Sent>,
  send: (what: Sent) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await send(full);
  } catch (error) {
    if (!isAboutBlocks(error)) throw error;
    return await send(plain);
  }
}

function isAboutBlocks(error: unknown): boolean {
  if (error instanceof WebAPIPlatformError) return error.data.error === 'invalid_blocks';
  return error instanceof ReplyRefusedError && error.isAboutBlocks;
}
