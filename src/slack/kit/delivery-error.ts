import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { SECOND_MS } from '../../durations.ts';
import { NoticeDeliveryError } from '../../notices/index.ts';
import { UploadRefusedError } from './file-upload.ts';

/**
 * Slack's own troubles, which pass. Every other code is an answer to what was asked: it stays until someone invites the app,
 * un-archives the channel or installs anew, and asking again is answered the same. Slack adds codes, so these are listed.
 */
const PASSING = new Set([
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);
/** The channel does not take messages of the app until someone changes that. */
const CHANNEL_CLOSED = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'restricted_action',
  'restricted_action_non_threadable_channel',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
]);
/** The message cannot be edited any more, so the word goes into a new one. */
const MESSAGE_GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

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
  if (code !== null) return { code, message: code, permanent: !PASSING.has(code) };
  const message = error instanceof WebAPIHTTPError ? `HTTP ${error.statusCode}` : String(error);
  return { code, message, permanent: false };
}

/** A failed call to Slack, for the outbox. */
export function toDeliveryError(error: unknown): NoticeDeliveryError {
  if (error instanceof NoticeDeliveryError) return error;
  const { code, message, permanent, retryAfterMs } = describeFailure(error);
  return new NoticeDeliveryError(message, {
    permanent,
    isOfChannel: CHANNEL_CLOSED.has(code ?? ''),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: error,
  });
}

/** Slack's name for what was wrong, or null. */
export function codeOf(error: unknown): string | null {
  return error instanceof WebAPIPlatformError ? error.data.error : null;
}

/** True where a message was taken away, or is too old or another's to be edited. */
export function isMessageGone(error: unknown): boolean {
  return MESSAGE_GONE.has(codeOf(error) ?? '');
}
