import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { readRecords } from '../../../usage/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { usageCopy as copy, generalCopy } from '../../copy/index.ts';
import { readActionValue } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { Refusal } from '../../kit/refusal.ts';
import { type Message, replaceClicked, replyPrivately } from '../../kit/reply.ts';
import { orWithoutData } from './or-without-data.ts';
import { RECORDS_A_PAGE, recordBlocks, recordLines } from './record-blocks.ts';
import { decodeState } from './usage-state.ts';

/** [Show records]: the newest ones, below the message. */
export async function showRecords(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const { full, plain } = await drawPage(ctx, who, body);
  await orWithoutData(full, plain, (message) => replyPrivately(client, body, message));
}

/** [Newer], [Older]: another page where this one stood. */
export async function turnRecords(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const { full, plain } = await drawPage(ctx, who, body);
  await orWithoutData(full, plain, (message) => replaceClicked(client, body, message));
}

async function drawPage(
  ctx: SlackContext,
  who: Who,
  body: BlockAction,
): Promise<{ full: Message; plain: Message }> {
  const person = await requireRight(ctx, who, 'see_usage');
  const state = decodeState(readActionValue(body));
  if (state === null) throw new Refusal(generalCopy.outdated);
  const query = { ...state.query, timeZone: person.company.timeZone };
  const after = state.turned.at(-1) ?? null;
  const page = await readRecords(ctx.db, person, state.query, { after, limit: RECORDS_A_PAGE });
  const text = copy.recordsCaption(query);
  return {
    full: { text, blocks: recordBlocks(page, query, state) },
    plain: { text, blocks: recordLines(page, query, state) },
  };
}
