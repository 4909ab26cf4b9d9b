import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { SECOND_MS } from '../../durations.ts';
import { NoticeDeliveryError } from '../../notices/index.ts';
import { UploadRefusedError } from './file-upload.ts';

/** Refusals that stay until someone invites the app, un-archives the channel or installs anew. */
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

/** What a failed call to Slack means for whoever delivers: try again, later, or never. */
export interface SlackFailure {
  /** Slack's name for it; null where Slack did not answer as itself. */
  code: string | null;
  /** For the log. */
  message: string;
  permanent: boolean;
  /** How long Slack asked to be left alone, in milliseconds; absent where it did not. */
  retryAfterMs?: number;
}

export function describeFailure(error: unknown): SlackFailure {
  if (error instanceof WebAPIRateLimitedError) {
    const retryAfterMs = error.retryAfter * SECOND_MS;
    return { code: null, message: 'rate limited', permanent: false, retryAfterMs };
  }
  if (error instanceof UploadRefusedError) {
    const { message, retryAfterMs } = error;
    return { code: null, message, permanent: false, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  }
  const code = codeOf(error);
  if (code !== null) return { code, message: code, permanent: PERMANENT.has(code) };
  const message = error instanceof WebAPIHTTPError ? `HTTP ${error.statusCode}` : String(error);
  return { code, message, permanent: false };
}

/** A failed call to Slack, for the outbox. */
export function toDeliveryError(error: unknown): NoticeDeliveryError {
  if (error instanceof NoticeDeliveryError) return error;
  const { message, permanent, retryAfterMs } = describeFailure(error);
  return new NoticeDeliveryError(message, {
    permanent,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: error,
  });
}

/** Slack's name for what was wrong, or null. */
export function codeOf(error: unknown): string | null {
  return error instanceof WebAPIPlatformError ? error.data.error : null;
}
