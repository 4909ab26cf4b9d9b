import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { type InvoiceDocument, readInvoice } from '../../../billing/index.ts';
import { formatDollars } from '../../../money.ts';
import { requireRight } from '../../access/require-person.ts';
import { formatDay, formatDays, formatLastDay } from '../../copy/format.ts';
import { invoiceCopy as copy } from '../../copy/index.ts';
import { facts, lines, quiet } from '../../kit/blocks.ts';
import { readActionValue } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { Refusal } from '../../kit/refusal.ts';
import { type ViewerContext, viewerOf } from '../../kit/viewer.ts';
import { IDS } from './ids.ts';

const MAX_LINES = 200;

/** Opens an invoice with its lines, for company admins. */
export async function showInvoice(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const person = await requireRight(ctx, who, 'see_invoices');
  const invoice = await readInvoice(ctx.db, {
    companyId: person.company.id,
    token: readActionValue(body),
  });
  if (invoice === null) throw new Refusal(copy.gone);
  await client.views.open({
    trigger_id: body.trigger_id,
    view: invoiceView(invoice, viewerOf(ctx, person)),
  });
}

/** The document: what it comes to, by when, and each credit on it. */
export function invoiceView(invoice: InvoiceDocument, { timeZone, now }: ViewerContext): ModalView {
  const told = invoice.lines
    .slice(0, MAX_LINES)
    .map((line) => copy.line({ ...line, at: formatDay(line.at, timeZone, now) }));
  const more = invoice.lines.length - told.length;
  return {
    type: 'modal',
    callback_id: IDS.view.invoice,
    title: { type: 'plain_text', text: copy.title(invoice.number) },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [
      facts([
        [copy.total, formatDollars(invoice.total)],
        [copy.period, formatDays(invoice.startsAt, invoice.closesAt, timeZone)],
        [copy.due, formatLastDay(invoice.dueAt, timeZone, now)],
        [copy.state, copy.states[invoice.state]],
      ]),
      ...lines(told),
      ...(more > 0 ? [quiet(copy.more(more))] : []),
    ],
  };
}
