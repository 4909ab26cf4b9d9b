import { NoticeDeliveryError, type NoticeSender } from '../../notices/index.ts';
import type { SlackContext } from '../kit/context.ts';
import { toDeliveryError } from '../kit/delivery-error.ts';
import { renderNotice } from './render-notice.ts';

/** Posts a notice, or edits its message. Errors come back as NoticeDeliveryError, which says whether to try again. */
export function createNoticeSender(ctx: SlackContext): NoticeSender {
  return async ({ teamId, channelId, facts, messageTs }) => {
    const message = renderNotice(facts);
    try {
      const client = await ctx.clientFor(teamId);
      const answer =
        messageTs === null
          ? await client.chat.postMessage({ channel: channelId, unfurl_links: false, ...message })
          : await client.chat.update({ channel: channelId, ts: messageTs, ...message });
      if (answer.ts === undefined)
        throw new NoticeDeliveryError('Slack named no message', { permanent: false });
      return { ts: answer.ts, channelId: answer.channel ?? channelId };
    } catch (error) {
      throw toDeliveryError(error);
    }
  };
}
