import { WebAPIPlatformError } from '@slack/web-api';
import { findCheckMessage } from '../../billing/index.ts';
import type { SlackContext } from '../context.ts';
import { cardWords as words } from '../words/en.ts';
import { claimedBlocks } from './blocks.ts';

/**
 * Has the direct message that asked whose card it is say how its check stands; the button stays only while its amount or
 * code is asked for.
 */
export async function showCardCheck(
  ctx: SlackContext,
  of: { companyId: bigint; checkId: bigint } | { companyId: bigint; cardId: bigint },
): Promise<void> {
  const message = await findCheckMessage(ctx.db, of);
  if (message === null || message.state === 'charging') return;
  const text = words.check[message.state](message.card, message);
  const client = await ctx.clientFor(message.teamId);
  try {
    await client.chat.update({
      channel: message.channelId,
      ts: message.ts,
      text,
      blocks: claimedBlocks(text, message.state === 'waiting' ? (message.check?.token ?? null) : null),
    });
  } catch (error) {
    // The message is gone; the channel is told as well.
    if (!(error instanceof WebAPIPlatformError)) throw error;
    ctx.log.debug({ err: error }, 'the message of a card check could not be brought up to date');
  }
}
