import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { request } from 'undici';
import {
  type ExportCourier,
  ExportDeliveryError,
  type ExportFacts,
  type ExportFailure,
} from '../../usage/index.ts';
import type { SlackContext } from '../context.ts';
import { exportWords } from '../words/en.ts';
import { drawExport } from './blocks.ts';

/** Refusals that stay until somebody changes something. */
const LASTING: Record<string, ExportFailure> = {
  channel_not_found: 'channel-closed',
  not_in_channel: 'channel-closed',
  is_archived: 'channel-closed',
  restricted_action: 'channel-closed',
  invalid_channel: 'channel-closed',
  file_uploads_disabled: 'uploads-refused',
  missing_scope: 'uploads-refused',
  file_upload_size_restricted: 'file-too-large',
};
/** The message was taken away, so the word goes into a new one. */
const MESSAGE_GONE = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);
/** A whole file may take its time; a connection that moves nothing for this long is dead. */
const STALLED_MS = 30_000;

/** Delivers exports in Slack: a message that is edited, and files by the external upload. */
export function createExportCourier(ctx: Pick<SlackContext, 'clientFor'>): ExportCourier {
  return {
    tell: (facts) => asDelivery(() => tell(ctx, facts)),
    upload: (facts, file) =>
      asDelivery(async () => {
        const client = await ctx.clientFor(facts.by.teamId);
        const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({
          filename: file.name,
          length: file.bytes,
        });
        if (url === undefined || id === undefined) throw new ExportDeliveryError('Slack named no address');
        await postBytes(url, file);
        return id;
      }),
    share: (facts, fileIds) =>
      asDelivery(async () => {
        const client = await ctx.clientFor(facts.by.teamId);
        const channel = facts.toChannel ?? facts.message?.channelId;
        if (channel === undefined)
          throw new ExportDeliveryError('there is no conversation to show the file in');
        try {
          const [first, ...rest] = fileIds.map((id) => ({ id }));
          if (first === undefined) throw new ExportDeliveryError('there is no file to show');
          await client.files.completeUploadExternal({
            files: [first, ...rest],
            channel_id: channel,
            initial_comment: exportWords.file(facts),
          });
        } catch (error) {
          // The answer to the time before was lost: the file is there.
          if (codeOf(error) !== 'file_already_completed') throw error;
        }
      }),
  };
}

/** The bytes of a file, from disk, with their number: what the address was given for is refused otherwise. */
async function postBytes(url: string, file: Parameters<ExportCourier['upload']>[1]): Promise<void> {
  const { statusCode, headers, body } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(file.bytes) },
    body: file.content.createReadStream({ start: 0, end: file.bytes - 1, autoClose: false }),
    headersTimeout: STALLED_MS,
    bodyTimeout: STALLED_MS,
  });
  await body.dump();
  if (statusCode === 200) return;
  const seconds = Number(headers['retry-after']);
  throw new ExportDeliveryError(`HTTP ${statusCode} to the file`, {
    ...(seconds > 0 ? { retryAfterMs: seconds * 1_000 } : {}),
  });
}

async function tell(
  ctx: Pick<SlackContext, 'clientFor'>,
  facts: ExportFacts,
): Promise<{ channelId: string; ts: string }> {
  const client = await ctx.clientFor(facts.by.teamId);
  const message = drawExport(facts);
  if (facts.message !== null) {
    const { channelId: channel, ts } = facts.message;
    try {
      await client.chat.update({ channel, ts, ...message });
      return facts.message;
    } catch (error) {
      if (!MESSAGE_GONE.has(codeOf(error) ?? '')) throw error;
    }
  }
  // Where the channel takes nothing, its asker is told.
  const where = facts.failure === 'channel-closed' ? facts.by.userId : (facts.toChannel ?? facts.by.userId);
  const { channel, ts } = await client.chat.postMessage({ channel: where, unfurl_links: false, ...message });
  if (channel === undefined || ts === undefined) throw new ExportDeliveryError('Slack named no message');
  return { channelId: channel, ts };
}

async function asDelivery<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDeliveryError(error);
  }
}

function toDeliveryError(error: unknown): ExportDeliveryError {
  if (error instanceof ExportDeliveryError) return error;
  if (error instanceof WebAPIRateLimitedError)
    return new ExportDeliveryError('rate limited', { retryAfterMs: error.retryAfter * 1_000, cause: error });
  const code = codeOf(error);
  if (code === null) {
    const message = error instanceof WebAPIHTTPError ? `HTTP ${error.statusCode}` : String(error);
    return new ExportDeliveryError(message, { cause: error });
  }
  const failure = LASTING[code];
  return new ExportDeliveryError(code, {
    ...(failure === undefined ? {} : { failure }),
    isFileGone: code === 'file_not_found',
    cause: error,
  });
}

function codeOf(error: unknown): string | null {
  return error instanceof WebAPIPlatformError ? error.data.error : null;
}
