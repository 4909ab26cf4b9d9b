import type { PaidBy, Receipt } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { formatCard, formatDay } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

/** How many offices one line names. */
const MAX_NAMED = 3;

export const receiptCopy = {
  help: '`/credits receipts`  your receipts; narrow them by number, amount, office or month, like `/credits receipts november`',
  button: 'Receipt',
  header: 'Receipts',
  caption: (first: number, last: number, count: number): string => `${first}–${last} of ${count}`,
  none: 'No receipts yet. Every payment gets one.',
  noneFound: (typed: string): string =>
    `I couldn’t find a receipt for “${escapeText(shorten(typed, 60))}”. Try a number like R-000123, an amount, an office or a month.`,
  row: (receipt: Receipt, timeZone: string, now: Date): string =>
    `*${receipt.number}* · ${formatDay(receipt.at, timeZone, now)} · *${formatDollars(receipt.amount)}*\n${escapeText(receipt.description)} · ${nameOffices(receipt)} · ${paidWith(receipt.paid)}`,
  refund: (refund: Receipt['refunds'][number], timeZone: string, now: Date): string =>
    `↳ *${refund.number}* · ${formatDay(refund.at, timeZone, now)} · *${formatDollars(refund.amount)} refunded*`,
  pdf: 'PDF',
  refundPdf: 'Refund PDF',
  newest: 'Newest',
  newer: 'Newer',
  older: 'Older',
  sent: (number: string): string => `We sent ${number} to your messages with Refill.`,
  openInBrowser: 'Open in browser',
  linkLife: 'The link works for 15 minutes. Don’t share it: it opens the document for anyone who has it.',
  file: (number: string): string => `Here’s ${number}.`,
  gone: 'You don’t have access to that receipt, or it doesn’t exist. See `/credits receipts`.',
};

function nameOffices({ lines }: Receipt): string {
  const named = lines.slice(0, MAX_NAMED).map(({ label }) => escapeText(shorten(label, 40)));
  const more = lines.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function paidWith(paid: PaidBy): string {
  if (paid.method === 'card') return formatCard(paid);
  return paid.invoice ?? 'on your next invoice';
}
