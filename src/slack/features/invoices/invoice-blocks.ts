import type { Button, KnownBlock } from '@slack/types';
import type { InvoiceSummary, InvoicingFacts } from '../../../billing/index.ts';
import type { InvoiceFacts } from '../../../notices/index.ts';
import { button, buttons, lines, linkButton, quiet, section } from '../../kit/blocks.ts';
import { IDS } from '../../ids.ts';
import type { Reader } from '../../screens/purchase-modal.ts';
import { invoiceWords as words } from '../../copy/index.ts';

/** Kinds of credit that a notice names; there is a file with every line. */
const MOST_ITEMS = 12;

/** The notice: what it is, what it is for, and who knows more. */
export function noticeBlocks(facts: InvoiceFacts): KnownBlock[] {
  const days = words.days(facts);
  const items = facts.items.slice(0, MOST_ITEMS).map((item) => words.item(item, facts.timeZone));
  const more = facts.items.length - items.length;
  return [
    section(words.notice(facts)),
    ...(days === null ? [] : [section(days)]),
    ...lines(more > 0 ? [...items, words.moreItems(more)] : items),
    ...(facts.hasFailed ? [section(words.payFailed)] : []),
    buttons(...payButton(facts.payUrl), button(words.view, IDS.action.invoiceShow, { value: facts.token })),
    quiet(words.whoToAsk(facts)),
  ];
}

/** The company's invoices: what is owed first, then each with what can be done. */
export function invoicingBlocks(told: InvoicingFacts, { timeZone, now }: Reader): KnownBlock[] {
  const isInvoiced = told.method === 'invoice' || told.next.lines > 0;
  return [
    { type: 'header', text: { type: 'plain_text', text: words.header } },
    ...(told.invoices.length === 0 ? [section(words.none(told))] : []),
    ...(isInvoiced ? [section(words.next(told, timeZone, now)), quiet(words.owed(told))] : []),
    ...told.invoices.flatMap((invoice) => rowBlocks(invoice, { timeZone, now })),
    ...(told.older > 0 ? [quiet(words.older(told.older))] : []),
  ];
}

/** One invoice with its buttons. */
export function rowBlocks(invoice: InvoiceSummary, { timeZone, now }: Reader): KnownBlock[] {
  const { token: value } = invoice;
  return [
    section(words.row(invoice, timeZone, now)),
    ...(invoice.hasFailed ? [quiet(words.payFailed)] : []),
    buttons(
      ...payButton(invoice.payUrl),
      button(words.view, IDS.action.invoiceShow, { value }),
      button(words.getFile, IDS.action.invoiceFile, { value }),
    ),
  ];
}

function payButton(payUrl: string | null): Button[] {
  return payUrl === null ? [] : [linkButton(words.pay, payUrl, { primary: true })];
}
