import { NoticeDeliveryError, type NoticeSender } from '../../notices/index.ts';
import type { SlackContext } from '../kit/context.ts';
import { isMessageGone, toDeliveryError } from '../kit/delivery-error.ts';
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
      const post = () => chat.postMessage({ channel: channelId, unfurl_links: false, ...message });
      const answer =
        messageTs === null
          ? await post()
          : await chat.update({ channel: channelId, ts: messageTs, ...message }).catch((error) => {
              if (isMessageGone(error)) return post();
              throw error;
            });
      if (answer.ts === undefined)
        throw new NoticeDeliveryError('Slack named no message', { permanent: false });
      return { ts: answer.ts, channelId: answer.channel ?? channelId };
    } catch (error) {
      throw toDeliveryError(error);
    }
  };
}
