import {
  type ExportDelivery,
  ExportDeliveryError,
  type ExportFacts,
  type ExportFailure,
} from '../../../usage/index.ts';
import { exportCopy } from '../../copy/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { describeFailure, isMessageGone } from '../../kit/delivery-error.ts';
import { shareFiles, uploadFile } from '../../kit/file-upload.ts';
import { renderExport } from './export-message.ts';

/** Refusals that stay until someone changes something. */
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

/** Delivers exports in Slack: a message that is edited, and files by the external upload. */
export function createExportDelivery(ctx: Pick<SlackContext, 'clientFor'>): ExportDelivery {
  return {
    tell: (facts) => asDelivery(() => tell(ctx, facts)),
    upload: (facts, file) =>
      asDelivery(async () => {
        const client = await ctx.clientFor(facts.by.teamId);
        const content = file.content.createReadStream({ start: 0, end: file.bytes - 1, autoClose: false });
        return await uploadFile(client, { name: file.name, bytes: file.bytes, content });
      }),
    share: (facts, fileIds) =>
      asDelivery(async () => {
        const client = await ctx.clientFor(facts.by.teamId);
        const channel = facts.toChannel ?? facts.message?.channelId;
        if (channel === undefined)
          throw new ExportDeliveryError('there is no conversation to show the file in');
        await shareFiles(client, fileIds, { channelId: channel, comment: exportCopy.file(facts) });
      }),
  };
}

async function tell(
  ctx: Pick<SlackContext, 'clientFor'>,
  facts: ExportFacts,
): Promise<{ channelId: string; ts: string }> {
  const client = await ctx.clientFor(facts.by.teamId);
  const message = renderExport(facts);
  if (facts.message !== null) {
    const { channelId: channel, ts } = facts.message;
    try {
      await client.chat.update({ channel, ts, ...message });
      return facts.message;
    } catch (error) {
      if (!isMessageGone(error)) throw error;
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
  const { code, message, retryAfterMs } = describeFailure(error);
  const failure = LASTING[code ?? ''];
  return new ExportDeliveryError(message, {
    ...(failure === undefined ? {} : { failure }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    isFileGone: code === 'file_not_found',
    cause: error,
  });
}
