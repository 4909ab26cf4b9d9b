import type { InvoiceDocument, InvoiceSummary, InvoicingFacts } from '../../billing/index.ts';
import { dollars, formatDollars, type Money } from '../../money.ts';
import type { InvoiceFacts } from '../../notices/index.ts';
import { formatDay, formatDays, formatLastDay, mentionAny } from './format.ts';
import { escapeText } from './mrkdwn.ts';

const STATES = { open: 'Open', overdue: 'Overdue', paid: 'Paid', void: 'Void' } as const;

const count = (number: number): string => `${number} ${number === 1 ? 'item' : 'items'}`;

/** What a line is for, and for which office. */
const what = ({ description, office }: { description: string; office: string | null }): string =>
  office === null ? escapeText(description) : `${escapeText(description)} for ${escapeText(office)}`;

const day = (at: Date | string, timeZone: string): string => formatDay(new Date(at), timeZone, new Date(at));

export const invoiceCopy = {
  help: '`/credits invoices`  your invoices and their files; also `INV-2026-0042` after it',
  notice: (facts: InvoiceFacts): string => {
    const total = `*${formatDollars(dollars(facts.total))}*`;
    const dueAt = new Date(facts.dueAt);
    const due = formatLastDay(dueAt, facts.timeZone, dueAt);
    if (facts.owedAgain !== null && (facts.state === 'open' || facts.state === 'overdue'))
      return `:warning: *Invoice ${facts.number} is owed again*: *${formatDollars(dollars(facts.owedAgain))}* of ${formatDollars(dollars(facts.total))}, because a payment of it was refunded or disputed. ${facts.state === 'open' ? 'Due' : 'It was due'} ${due}.`;
    switch (facts.state) {
      case 'open':
        return `:receipt: *Invoice ${facts.number}*: ${total}, due ${due}.`;
      case 'overdue':
        return `:warning: *Invoice ${facts.number} is overdue*: ${total} was due ${due}.`;
      case 'paid': {
        const on = facts.resolvedAt === null ? '' : ` ${day(facts.resolvedAt, facts.timeZone)}`;
        return `:white_check_mark: Invoice ${facts.number}: ${total}, paid${on}.`;
      }
      case 'void':
        return `:receipt: Invoice ${facts.number}: ${total}, void. Nothing is owed for it.`;
    }
  },
  period: 'For',
  days: ({ startsAt, closesAt, timeZone, lines }: InvoiceFacts): string | null =>
    startsAt === null || closesAt === null
      ? null
      : `${count(lines)}, ${formatDays(new Date(startsAt), new Date(closesAt), timeZone)}`,
  item: (item: InvoiceFacts['items'][number], timeZone: string): string => {
    const amount = `*${formatDollars(dollars(item.amount))}*`;
    return item.at === null
      ? `${what(item)} × ${item.count} · ${amount}`
      : `${day(item.at, timeZone)} · ${what(item)} · ${item.receipt ?? ''} · ${amount}`;
  },
  moreItems: (more: number): string => `… and ${more} more`,
  /** Who knows about an invoice, and where every line of it is. */
  whoToAsk: ({ admins, number }: InvoiceFacts): string =>
    `Every line is in the file in this thread. ${
      admins.length === 0 ? 'Questions? Ask' : `Questions? Ask ${mentionAny(admins)}, or`
    } your provider: quote ${number}.`,
  pay: 'Pay invoice',
  payFailed: 'A payment was tried and did not go through. Nothing was charged.',
  view: 'View',
  title: (number: string): string => number,
  total: 'Total',
  due: 'Due',
  state: 'State',
  states: STATES,
  line: (line: {
    at: string;
    description: string;
    office: string | null;
    receipt: string;
    amount: Money;
  }): string => `${line.at} · ${what(line)} · ${line.receipt} · *${formatDollars(line.amount)}*`,
  more: (more: number): string => `… and ${more} more ${more === 1 ? 'line' : 'lines'}`,
  gone: 'That invoice is not there for you.',

  onlyCompanyAdmins: 'Only company admins can see invoices.',
  header: 'Invoices',
  none: ({ method }: InvoicingFacts): string =>
    method === 'card'
      ? 'Your company pays by card, so there are no invoices. Each purchase has a receipt.'
      : 'There are no invoices yet.',
  next: ({ next }: InvoicingFacts, timeZone: string, now: Date): string => {
    const on = formatDay(next.closesAt, timeZone, now);
    return next.lines === 0
      ? `Nothing to invoice since the last one. The next invoice comes ${on}.`
      : `Not on an invoice yet: *${formatDollars(next.total)}* for ${count(next.lines)}. The next invoice comes *${on}*.`;
  },
  owed: ({ owed, limit }: InvoicingFacts): string =>
    `Owed in all: ${formatDollars(owed)} of the ${formatDollars(limit)} that your provider allows.`,
  row: (invoice: InvoiceSummary, timeZone: string, now: Date): string => {
    const due = formatLastDay(invoice.dueAt, timeZone, now);
    const on = invoice.resolvedAt === null ? '' : formatDay(invoice.resolvedAt, timeZone, now);
    const state = {
      open: `Open, due ${due}`,
      overdue: `:warning: *Overdue*, was due ${due}`,
      paid: `Paid ${on}`,
      void: 'Void, nothing is owed for it',
    }[invoice.state];
    const days = formatDays(invoice.startsAt, invoice.closesAt, timeZone);
    const again =
      invoice.owedAgain === null
        ? ''
        : ` · ${formatDollars(invoice.owedAgain)} owed again: a payment was refunded or disputed`;
    return `*${invoice.number}* · *${formatDollars(invoice.total)}*\n${days} · ${state}${again}`;
  },
  older: (older: number): string =>
    `${older} older ${older === 1 ? 'one is' : 'ones are'} not shown: type \`/credits invoices\` and its number.`,
  unknown: (typed: string): string =>
    `There is no invoice “${typed}” of your company. \`/credits invoices\` lists them.`,
  pdf: 'PDF',
  sent: (name: string): string => `We sent ${name} to your messages with Refill.`,
  pdfOf: (name: string): string => `Here’s ${name}.`,
  getFile: 'Get the lines (CSV)',
  onItsWay: (number: string): string => `We’ll send ${number} to your messages with Refill.`,
  announced: (invoice: InvoiceDocument, now: Date): string =>
    `Invoice *${invoice.number}* (${formatDays(invoice.startsAt, invoice.closesAt, invoice.timeZone)}), ${formatDollars(invoice.total)}, ${
      {
        open: `due ${formatLastDay(invoice.dueAt, invoice.timeZone, now)}`,
        overdue: `overdue, was due ${formatLastDay(invoice.dueAt, invoice.timeZone, now)}`,
        paid: 'paid',
        void: 'void',
      }[invoice.state]
    }: you asked for its file.`,
  file: ({ number, lines, total, timeZone }: InvoiceDocument): string =>
    `${number} · ${lines.length} ${lines.length === 1 ? 'line' : 'lines'} · ${formatDollars(total)} · days in ${timeZone}`,
};
