import { WebAPIPlatformError } from '@slack/web-api';
import { generalCopy } from '../copy/index.ts';
import type { SlackContext, Who } from './context.ts';

/**
 * Whether Refill and this person can both post in a channel, by posting there what only they see: no right to read
 * channels is needed for it. Returns the sentence for one that cannot be chosen, or null.
 */
export async function tryChannel(ctx: SlackContext, who: Who, channel: string): Promise<string | null> {
  try {
    const client = await ctx.clientFor(who.teamId);
    await client.chat.postEphemeral({ channel, user: who.userId, text: generalCopy.channelTried });
    return null;
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError)) throw error;
    const sentence = generalCopy.channelRefused[error.data.error];
    if (sentence === undefined) throw error;
    return sentence;
  }
}
