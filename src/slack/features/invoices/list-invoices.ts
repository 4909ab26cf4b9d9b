import type { BlockAction } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import {
  createDocumentLink,
  parseInvoice,
  readInvoice,
  readInvoicePdf,
  readInvoicing,
  requestInvoiceFile,
} from '../../../billing/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { invoiceCopy as copy } from '../../copy/index.ts';
import { escapeText, shorten } from '../../copy/mrkdwn.ts';
import { type MessageClick, readActionValue } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { orRefuse, Refusal } from '../../kit/refusal.ts';
import { replyPrivately } from '../../kit/reply.ts';
import { sendFileTo } from '../../kit/send-file.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { sentDocument } from '../../screens/sent-document.ts';
import { invoicingBlocks, rowBlocks } from './invoice-blocks.ts';

const MAX_INVOICES = 10;

/** The company's invoices, or the one that is named by its number. */
export async function renderInvoices(
  ctx: SlackContext,
  who: Who,
  typed: string,
): Promise<{ text: string; blocks: KnownBlock[] }> {
  const person = await requireRight(ctx, who, 'see_invoices');
  const viewer = viewerOf(ctx, person);
  if (typed === '') {
    const told = await readInvoicing(ctx, person, MAX_INVOICES);
    return { text: copy.header, blocks: invoicingBlocks(told, viewer) };
  }
  const key = parseInvoice(typed);
  const invoice = key && (await readInvoice(ctx.db, { companyId: person.company.id, ...key }));
  if (invoice === null) throw new Refusal(copy.unknown(escapeText(shorten(typed, 40))));
  return { text: invoice.number, blocks: rowBlocks(invoice, viewer) };
}

/** [Invoices], from the Home tab. */
export const showInvoices: MessageClick = async (ctx, client, who, body) =>
  await replyPrivately(client, body, await renderInvoices(ctx, who, ''));

/** A click on "Get the lines (CSV)": it goes to whoever clicked, and to no one else. */
export async function sendFile(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const person = await requireRight(ctx, who, 'see_invoices');
  const { number } = await orRefuse('invoice', () => requestInvoiceFile(ctx, person, readActionValue(body)));
  await replyPrivately(client, body, { text: copy.onItsWay(number) });
}

/** A click on "PDF": the invoice as a document, for whoever clicked. */
export const sendPdf: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'see_invoices');
  const token = readActionValue(body);
  const file = await orRefuse('invoice', () => readInvoicePdf(ctx.db, person, token));
  const number = file.name.replace(/\.pdf$/, '');
  await sendFileTo(client, who, file, copy.pdfOf(number));
  const url = await createDocumentLink(ctx.billing, person, { kind: 'invoice', token });
  await replyPrivately(client, body, sentDocument(copy.sent(number), url));
};
