import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { NoticeDeliveryError, type NoticeSender } from '../../notices/index.ts';
import type { SlackContext } from '../kit/context.ts';
import { withoutData } from '../kit/data-blocks.ts';
import { isMessageGone, toDeliveryError } from '../kit/delivery-error.ts';
import type { NoticeMessage } from '../kit/notice-message.ts';
import { orWithoutData } from '../kit/or-without-data.ts';
import { renderNotice } from './render-notice.ts';

/**
 * Posts a notice, or edits its message; where that is gone it is posted anew. Errors come back as NoticeDeliveryError,
 * which says whether to try again.
 */
export function createNoticeSender(ctx: Pick<SlackContext, 'clientFor'>): NoticeSender {
  return async ({ teamId, channelId, facts, messageTs }) => {
    const message = renderNotice(facts);
    try {
      const { chat } = await ctx.clientFor(teamId);
      const answer = await send(chat, { ...message, channel: channelId }, messageTs);
      if (answer.ts === undefined)
        throw new NoticeDeliveryError('Slack named no message', { permanent: false });
      return { ts: answer.ts, channelId: answer.channel ?? channelId };
    } catch (error) {
      throw toDeliveryError(error);
    }
  };
}

type Outgoing = NoticeMessage & { channel: string };

/** With its chart, and where the workspace knows none, without. */
async function send(chat: WebClient['chat'], message: Outgoing, ts: string | null): Promise<Posted> {
  const post = async (blocks: KnownBlock[]): Promise<Posted> =>
    await chat.postMessage({ ...message, blocks, unfurl_links: false });
  const write = async (blocks: KnownBlock[]): Promise<Posted> => {
    if (ts === null) return await post(blocks);
    return await chat.update({ ...message, blocks, ts }).catch((error: unknown): Promise<Posted> => {
      if (isMessageGone(error)) return post(blocks);
      throw error;
    });
  };
  const plain = withoutData(message.blocks);
  return plain.length === message.blocks.length
    ? await write(plain)
    : await orWithoutData({ full: message.blocks, plain }, write);
}

/** Where Slack put a message. */
interface Posted {
  ts?: string | undefined;
  channel?: string | undefined;
}
