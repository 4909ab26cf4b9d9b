import { readCard } from '../../../billing/index.ts';
import { findCompany } from '../../../org/index.ts';
import { cardCopy as copy } from '../../copy/index.ts';
import { escapeText } from '../../copy/mrkdwn.ts';
import type { SlackContext } from '../../kit/context.ts';
import { showAddedCard } from '../../screens/render-order.ts';
import { questionBlocks } from './card-blocks.ts';

/**
 * Asks whoever opened the card page whether the card that came of it is theirs (R13): in the purchase's modal from which it
 * was opened, else in a direct message.
 */
export async function askAboutCard(
  ctx: SlackContext,
  key: { companyId: bigint; cardId: bigint },
): Promise<void> {
  const card = await readCard(ctx.db, key.companyId, key.cardId);
  const company = await findCompany(ctx.db, key.companyId);
  if (card === null || company === null || card.state !== 'unclaimed') return;
  if (await showAddedCard(ctx, key)) return;
  const client = await ctx.clientFor(card.addedBy.teamId);
  const name = escapeText(company.name);
  await client.chat.postMessage({
    channel: card.addedBy.userId,
    text: copy.isItYours(card, name),
    blocks: questionBlocks(card, name),
  });
}
