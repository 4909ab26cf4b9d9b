import { listReceipts } from '../../../billing/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { receiptCopy as copy, generalCopy } from '../../copy/index.ts';
import { type MessageClick, readActionValue } from '../../kit/click.ts';
import type { Subcommand } from '../../kit/command.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { Refusal } from '../../kit/refusal.ts';
import { type Message, replaceClicked, replyPrivately } from '../../kit/reply.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { decodeState, type ListState } from './list-state.ts';
import { RECEIPTS_PER_PAGE, receiptBlocks } from './receipt-blocks.ts';

/** `/credits receipts [search]`. */
export const runReceipts: Subcommand['run'] = async (ctx, { who, rest }) =>
  await renderPage(ctx, who, { search: rest.plain, first: null, skipped: 0 });

/** [Receipts], from the Home tab. */
export const showReceipts: MessageClick = async (ctx, client, who, body) =>
  await replyPrivately(client, body, await renderPage(ctx, who, { search: '', first: null, skipped: 0 }));

/** [Newest], [Newer], [Older]: another page where this one stood. */
export const turnReceipts: MessageClick = async (ctx, client, who, body) => {
  const state = decodeState(readActionValue(body));
  if (state === null) throw new Refusal(generalCopy.outdated);
  await replaceClicked(client, body, await renderPage(ctx, who, state));
};

async function renderPage(ctx: SlackContext, who: Who, state: ListState): Promise<Message> {
  const person = await requireRight(ctx, who, 'see_money');
  const page = await listReceipts(ctx.billing, person, { ...state, limit: RECEIPTS_PER_PAGE });
  return { text: copy.header, blocks: receiptBlocks(page, state.search, viewerOf(ctx, person)) };
}
