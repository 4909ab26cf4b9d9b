import type { BlockAction } from '@slack/bolt';
import { pauseRechargeForSurprise } from '../../../billing/index.ts';
import { QUARTER_HOUR_MS } from '../../../ledger/index.ts';
import { type ExportQuery, expectSurprise, readSurprise, updateSurprise } from '../../../usage/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { generalCopy, surpriseCopy } from '../../copy/index.ts';
import { type MessageClick, readActionValue } from '../../kit/click.ts';
import { orWithoutData } from '../../kit/or-without-data.ts';
import { Refusal } from '../../kit/refusal.ts';
import { replyPrivately } from '../../kit/reply.ts';
import { renderRecords } from './render-records.ts';
import { firstPage } from './usage-state.ts';

/** What is abroad is called, or written to. */
const ABROAD = ['international', 'sms', 'mms', 'fax'];

/** Which story a button names. */
function readStory(body: BlockAction): bigint {
  const value = readActionValue(body);
  if (!/^\d{1,18}$/.test(value)) throw new Refusal(generalCopy.outdated);
  return BigInt(value);
}

/** [See calls]: the records of the hour that cost most, to whoever clicks. */
export const showSurpriseCalls: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'see_usage');
  const story = await readSurprise(ctx.db, person, readStory(body));
  const query: ExportQuery = {
    from: new Date(Math.floor(story.from.getTime() / QUARTER_HOUR_MS) * QUARTER_HOUR_MS),
    to: new Date((Math.floor(story.to.getTime() / QUARTER_HOUR_MS) + 1) * QUARTER_HOUR_MS),
    officeIds: [story.officeId],
    ...(story.part === 'type' ? { categories: [story.value] } : {}),
    ...(story.part === 'country' ? { categories: ABROAD } : {}),
  };
  const rendered = await renderRecords(ctx, person, firstPage(query));
  await orWithoutData(rendered, (message) => replyPrivately(client, body, message));
};

/** [This is expected] */
export const expectIt: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'see_money');
  const until = await expectSurprise(ctx, person, readStory(body));
  await replyPrivately(client, body, { text: surpriseCopy.muted(until, person.company.timeZone) });
};

/** [Pause auto-recharge]: of the office that the message is about. */
export const pauseForIt: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'buy');
  const id = readStory(body);
  const { officeId } = await readSurprise(ctx.db, person, id);
  const done = await pauseRechargeForSurprise(ctx.billing, person, { officeId, storyId: id });
  // Also after a click whose message was not updated any more.
  await updateSurprise(ctx, person, id);
  await replyPrivately(client, body, { text: surpriseCopy.paused[done] });
};
