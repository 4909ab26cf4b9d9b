import { FileGoneError, type InvoiceFileDelivery } from '../../../billing/index.ts';
import { NoticeDeliveryError } from '../../../notices/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { codeOf, handOver, showFiles, UploadRefusedError } from '../../kit/file-upload.ts';
import { toDeliveryError } from '../../notices/send-notice.ts';
import { invoiceWords as words } from '../../copy/index.ts';

/** Delivers invoices in Slack as files: in the thread of their notice, or of a line to whoever asked. */
export function createInvoiceCourier(ctx: Pick<SlackContext, 'clientFor' | 'clock'>): InvoiceFileDelivery {
  return {
    announce: ({ teamId, userId }, invoice) =>
      asDelivery(async () => {
        const client = await ctx.clientFor(teamId);
        const { channel, ts } = await client.chat.postMessage({
          channel: userId,
          text: words.announced(invoice, ctx.clock.now()),
        });
        if (channel === undefined || ts === undefined)
          throw new NoticeDeliveryError('Slack named no message', { permanent: false });
        return { teamId, channelId: channel, messageTs: ts };
      }),
    upload: (teamId, { name, content }) =>
      asDelivery(async () => {
        const client = await ctx.clientFor(teamId);
        return await handOver(client, { name, bytes: content.length, content });
      }),
    share: ({ teamId, channelId, messageTs }, fileId, invoice) =>
      asDelivery(async () => {
        const client = await ctx.clientFor(teamId);
        const comment = words.file(invoice);
        await showFiles(client, [fileId], { channelId, threadTs: messageTs, comment });
      }),
  };
}

async function asDelivery<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === 'file_not_found')
      throw new FileGoneError('file_not_found', { permanent: false, cause: error });
    if (error instanceof UploadRefusedError)
      throw new NoticeDeliveryError(error.message, {
        permanent: false,
        ...(error.retryAfterMs === null ? {} : { retryAfterMs: error.retryAfterMs }),
        cause: error,
      });
    throw toDeliveryError(error);
  }
}
