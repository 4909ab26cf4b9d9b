import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { SECOND_MS } from '../../durations.ts';
import { NoticeDeliveryError, type NoticeSender } from '../../notices/index.ts';
import type { SlackContext } from '../kit/context.ts';
import { renderNotice } from './render-notice.ts';

/** Refusals that stay until somebody invites the app, un-archives the channel or installs anew. */
const PERMANENT = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'account_inactive',
  'invalid_auth',
  'token_revoked',
  'missing_scope',
  'restricted_action',
  'invalid_blocks',
  'msg_too_long',
  'file_uploads_disabled',
  'file_upload_size_restricted',
]);

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

/** What a failed call to Slack means for who delivers: try again, later, or never. */
export function toDeliveryError(error: unknown): NoticeDeliveryError {
  if (error instanceof NoticeDeliveryError) return error;
  if (error instanceof WebAPIRateLimitedError) {
    return new NoticeDeliveryError('rate limited', {
      permanent: false,
      retryAfterMs: error.retryAfter * SECOND_MS,
      cause: error,
    });
  }
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    return new NoticeDeliveryError(code, { permanent: PERMANENT.has(code), cause: error });
  }
  const message = error instanceof WebAPIHTTPError ? `HTTP ${error.statusCode}` : String(error);
  return new NoticeDeliveryError(message, { permanent: false, cause: error });
}
