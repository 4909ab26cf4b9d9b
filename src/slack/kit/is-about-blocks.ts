import { WebAPIPlatformError } from '@slack/web-api';
import { ReplyRefusedError } from './reply.ts';

/** Whether Slack refused a message for what is in it, as a workspace does that has no charts and tables yet. */
export function isAboutBlocks(error: unknown): boolean {
  if (error instanceof WebAPIPlatformError) return error.data.error === 'invalid_blocks';
  return error instanceof ReplyRefusedError && error.isAboutBlocks;
}
