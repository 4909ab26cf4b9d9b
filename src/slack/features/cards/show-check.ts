import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { type CheckShown, findCheckToShow } from '../../../billing/index.ts';
import { cardCopy as copy } from '../../copy/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { showAddedCard } from '../../screens/render-order.ts';
import { claimedBlocks } from './card-blocks.ts';

/** How a check can end that whoever added the card has to know of. */
const BAD_ENDS: ReadonlySet<string> = new Set(['failed', 'locked', 'expired']);

/**
 * Has the purchase's modal from which a card is added, and the direct message that asked whose it is, say how its check
 * stands. Where there is neither, whoever added it gets a direct message when the card is not used.
 */
export async function showCardCheck(
  ctx: SlackContext,
  of: { companyId: bigint; checkId: bigint } | { companyId: bigint; cardId: bigint },
): Promise<void> {
  const check = await findCheckToShow(ctx.db, of);
  if (check === null) return;
  const { companyId } = of;
  const isSeen = await showAddedCard(ctx, { companyId, cardId: check.card.cardId });
  if (check.state === 'charging') return;
  const client = await ctx.clientFor(check.teamId);
  const text = copy.check[check.state](check.card, check);
  if (check.message !== null) await updateMessage(ctx, client, check.message, { check, text });
  else if (!isSeen && BAD_ENDS.has(check.state))
    await client.chat.postMessage({ channel: check.userId, text, blocks: claimedBlocks(text, null) });
}

async function updateMessage(
  ctx: SlackContext,
  client: WebClient,
  { channelId: channel, ts }: NonNullable<CheckShown['message']>,
  { check, text }: { check: CheckShown; text: string },
): Promise<void> {
  const token = check.state === 'waiting' ? (check.check?.token ?? null) : null;
  try {
    await client.chat.update({ channel, ts, text, blocks: claimedBlocks(text, token) });
  } catch (error) {
    // The message is gone; the channel is told as well.
    if (!(error instanceof WebAPIPlatformError)) throw error;
    ctx.log.debug({ err: error }, 'the message of a card check could not be brought up to date');
  }
}
