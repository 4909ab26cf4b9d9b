import { createDocumentLink, readReceiptFile } from '../../../billing/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { receiptCopy as copy } from '../../copy/index.ts';
import { type MessageClick, readActionValue } from '../../kit/click.ts';
import { orRefuse } from '../../kit/refusal.ts';
import { replyPrivately } from '../../kit/reply.ts';
import { sendFileTo } from '../../kit/send-file.ts';
import { sentDocument } from '../../screens/sent-document.ts';

/** [Receipt], [PDF]: the file goes to whoever clicked, and to no one else. */
export const sendReceipt: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'see_money');
  const number = readActionValue(body);
  const file = await orRefuse('receipt', () => readReceiptFile(ctx.billing, person, number));
  await sendFileTo(client, who, file, copy.file(number));
  const url = await createDocumentLink(ctx.billing, person, { kind: 'receipt', number });
  await replyPrivately(client, body, sentDocument(copy.sent(number), url));
};
