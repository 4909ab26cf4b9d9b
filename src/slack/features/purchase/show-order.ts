import type { WebClient } from '@slack/web-api';
import { findOrderToShow, type OrderFacts } from '../../../billing/index.ts';
import { encodeScope, type Person } from '../../../org/index.ts';
import { purchaseCopy } from '../../copy/index.ts';
import { button, buttons, section } from '../../kit/blocks.ts';
import type { SlackContext } from '../../kit/context.ts';
import { postReply } from '../../kit/reply.ts';
import { LINK_IDS } from '../../links.ts';
import { resultBlocks } from '../../screens/purchase-modal.ts';
import { renderBalance } from '../../screens/render-balance.ts';
import { updateModal } from '../../screens/render-order.ts';

/**
 * Renders where a purchase stands for its buyer: in the modal while it is open. When the modal is gone, a purchase
 * that needs its buyer is told to them directly; one that went well is told by the channel's receipt. The message
 * with the balance is brought up to date as well.
 */
export async function showOrderJob(
  ctx: SlackContext,
  key: { companyId: bigint; orderId: bigint },
): Promise<void> {
  const found = await findOrderToShow(ctx.billing, key);
  if (found === null) return;
  const { order, person } = found;
  const client = await ctx.clientFor(order.requestedBy.teamId);
  const isSeen = await updateModal(ctx, client, found);
  if (!isSeen && needsItsBuyer(order)) await tellDirectly(client, order);
  if (order.state !== 'settled') return;
  if (order.replyUrl !== null) await refreshBalance(ctx, person, order.replyUrl);
}

function needsItsBuyer(order: OrderFacts): boolean {
  if (order.state === 'settled') return order.receiptChannelId === null;
  return ['declined', 'needs_action', 'unknown', 'stuck'].includes(order.state);
}

async function tellDirectly(client: WebClient, order: OrderFacts): Promise<void> {
  const told = resultBlocks(order).filter(({ type }) => type === 'section');
  await client.chat.postMessage({
    channel: order.requestedBy.userId,
    text: purchaseCopy.directAbout(order),
    blocks: [
      section(purchaseCopy.directAbout(order)),
      ...told,
      ...(order.state === 'declined' && order.retryWith !== null
        ? [section(purchaseCopy.otherOnFile(order.retryWith))]
        : []),
      ...(order.state === 'declined'
        ? [
            buttons(
              button(purchaseCopy.title, LINK_IDS.addCredits, {
                value: encodeScope(order.lines[0]?.scope ?? { kind: 'company' }),
                primary: true,
              }),
            ),
          ]
        : []),
    ],
  });
}

/** The balance that was on screen when the purchase began. Only a courtesy: its address lives for half an hour. */
async function refreshBalance(ctx: SlackContext, person: Person, replyUrl: string): Promise<void> {
  try {
    const message = await renderBalance(ctx, person);
    await postReply(replyUrl, { replace_original: true, ...message });
  } catch (error) {
    ctx.log.debug({ err: error }, 'the balance message could not be brought up to date');
  }
}
