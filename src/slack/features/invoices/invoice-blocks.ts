import type { Button, KnownBlock } from '@slack/types';
import type { InvoiceSummary, InvoicingFacts } from '../../../billing/index.ts';
import type { InvoiceFacts } from '../../../notices/index.ts';
import { invoiceCopy as copy } from '../../copy/index.ts';
import { button, buttons, lines, linkButton, quiet, section } from '../../kit/blocks.ts';
import type { ViewerContext } from '../../kit/viewer.ts';
import { IDS } from './ids.ts';

/** Kinds of credit that a notice names; there is a file with every line. */
const MAX_ITEMS = 12;

/** The notice: what it is, what it is for, and who knows more. */
export function noticeBlocks(facts: InvoiceFacts): KnownBlock[] {
  const days = copy.days(facts);
  const items = facts.items.slice(0, MAX_ITEMS).map((item) => copy.item(item, facts.timeZone));
  const more = facts.items.length - items.length;
  return [
    section(copy.notice(facts)),
    ...(days === null ? [] : [section(days)]),
    ...lines(more > 0 ? [...items, copy.moreItems(more)] : items),
    ...(facts.hasFailed ? [section(copy.payFailed)] : []),
    buttons(
      ...payButton(facts.payUrl),
      button(copy.view, IDS.action.invoiceShow, { value: facts.token }),
      button(copy.pdf, IDS.action.invoicePdf, { value: facts.token }),
    ),
    quiet(copy.whoToAsk(facts)),
  ];
}

/** The company's invoices: what is owed first, then each with what can be done. */
export function invoicingBlocks(told: InvoicingFacts, { timeZone, now }: ViewerContext): KnownBlock[] {
  const isInvoiced = told.method === 'invoice' || told.next.lines > 0;
  return [
    { type: 'header', text: { type: 'plain_text', text: copy.header } },
    ...(told.invoices.length === 0 ? [section(copy.none(told))] : []),
    ...(isInvoiced ? [section(copy.next(told, timeZone, now)), quiet(copy.owed(told))] : []),
    ...told.invoices.flatMap((invoice) => rowBlocks(invoice, { timeZone, now })),
    ...(told.older > 0 ? [quiet(copy.older(told.older))] : []),
  ];
}

/** One invoice with its buttons. */
export function rowBlocks(invoice: InvoiceSummary, { timeZone, now }: ViewerContext): KnownBlock[] {
  const { token: value } = invoice;
  return [
    section(copy.row(invoice, timeZone, now)),
    ...(invoice.hasFailed ? [quiet(copy.payFailed)] : []),
    buttons(
      ...payButton(invoice.payUrl),
      button(copy.view, IDS.action.invoiceShow, { value }),
      button(copy.pdf, IDS.action.invoicePdf, { value }),
      button(copy.getFile, IDS.action.invoiceFile, { value }),
    ),
  ];
}

function payButton(payUrl: string | null): Button[] {
  return payUrl === null ? [] : [linkButton(copy.pay, payUrl, { primary: true })];
}
