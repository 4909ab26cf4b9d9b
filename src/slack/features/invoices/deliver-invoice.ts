import { FileGoneError, type InvoiceFileDelivery } from '../../../billing/index.ts';
import { NoticeDeliveryError } from '../../../notices/index.ts';
import { invoiceCopy as copy } from '../../copy/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { codeOf, toDeliveryError } from '../../kit/delivery-error.ts';
import { shareFiles, uploadFile } from '../../kit/file-upload.ts';

/** Delivers invoices in Slack as files: in the thread of their notice, or of a line to whoever asked. */
export function createInvoiceDelivery(ctx: Pick<SlackContext, 'clientFor' | 'clock'>): InvoiceFileDelivery {
  return {
    announce: ({ teamId, userId }, invoice) =>
      asDelivery(async () => {
        const client = await ctx.clientFor(teamId);
        const { channel, ts } = await client.chat.postMessage({
          channel: userId,
          text: copy.announced(invoice, ctx.clock.now()),
        });
        if (channel === undefined || ts === undefined)
          throw new NoticeDeliveryError('Slack named no message', { permanent: false });
        return { teamId, channelId: channel, messageTs: ts };
      }),
    upload: (teamId, { name, content }) =>
      asDelivery(async () => {
        const client = await ctx.clientFor(teamId);
        return await uploadFile(client, { name, bytes: content.length, content });
      }),
    share: ({ teamId, channelId, messageTs }, fileId, invoice) =>
      asDelivery(async () => {
        const client = await ctx.clientFor(teamId);
        const comment = copy.file(invoice);
        await shareFiles(client, [fileId], { channelId, threadTs: messageTs, comment });
      }),
  };
}

async function asDelivery<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === 'file_not_found')
      throw new FileGoneError('file_not_found', { permanent: false, cause: error });
    throw toDeliveryError(error);
  }
}
