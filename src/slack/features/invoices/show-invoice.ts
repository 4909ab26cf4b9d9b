import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { type InvoiceDocument, readInvoice } from '../../../billing/index.ts';
import { formatDollars } from '../../../money.ts';
import { Refusal } from '../../access/require-person.ts';
import { facts, lines, quiet } from '../../kit/blocks.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { IDS } from '../../ids.ts';
import type { Reader } from '../../screens/purchase-modal.ts';
import { readerOf } from '../purchase/open-purchase.ts';
import { readActionValue } from '../../kit/click.ts';
import { invoiceWords as words } from '../../copy/index.ts';
import { formatDay, formatDays, formatLastDay } from '../../copy/format.ts';
import { requireInvoiceReader } from './list-invoices.ts';

const MOST_LINES = 200;

/** Opens an invoice with its lines, for company admins. */
export async function showInvoice(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const person = await requireInvoiceReader(ctx, who);
  const invoice = await readInvoice(ctx.db, {
    companyId: person.company.id,
    token: readActionValue(body),
  });
  if (invoice === null) throw new Refusal(words.gone);
  await client.views.open({
    trigger_id: body.trigger_id,
    view: invoiceView(invoice, readerOf(ctx, person)),
  });
}

/** The document: what it comes to, by when, and each credit on it. */
export function invoiceView(invoice: InvoiceDocument, { timeZone, now }: Reader): ModalView {
  const told = invoice.lines
    .slice(0, MOST_LINES)
    .map((line) => words.line({ ...line, at: formatDay(line.at, timeZone, now) }));
  const more = invoice.lines.length - told.length;
  return {
    type: 'modal',
    callback_id: IDS.view.invoice,
    title: { type: 'plain_text', text: words.title(invoice.number) },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [
      facts([
        [words.total, formatDollars(invoice.total)],
        [words.period, formatDays(invoice.startsAt, invoice.closesAt, timeZone)],
        [words.due, formatLastDay(invoice.dueAt, timeZone, now)],
        [words.state, words.states[invoice.state] ?? ''],
      ]),
      ...lines(told),
      ...(more > 0 ? [quiet(words.more(more))] : []),
    ],
  };
}
