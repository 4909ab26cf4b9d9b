import { dollars, formatDollars, type Money } from '../../money.ts';
import type { InvoiceFacts } from '../../notices/index.ts';
import { escapeText } from '../blocks/build.ts';
import { formatDay } from './format.ts';

export const invoiceWords = {
  notice: (facts: InvoiceFacts): string => {
    const total = `*${formatDollars(dollars(facts.total))}*`;
    const due = formatDay(new Date(facts.dueAt), facts.timeZone, new Date(facts.dueAt));
    switch (facts.state) {
      case 'open':
        return `:receipt: *Invoice ${facts.number}*: ${total}, due ${due}.`;
      case 'overdue':
        return `:warning: *Invoice ${facts.number} is overdue*: ${total} was due ${due}.`;
      case 'paid':
        return `:white_check_mark: Invoice ${facts.number}: ${total}, paid.`;
      case 'void':
        return `:receipt: Invoice ${facts.number}: ${total}, void. Nothing is owed for it.`;
    }
  },
  view: 'View',
  title: (number: string): string => number,
  total: 'Total',
  due: 'Due',
  state: 'State',
  states: { open: 'Open', overdue: 'Overdue', paid: 'Paid', void: 'Void' } as Record<string, string>,
  line: (line: { at: string; description: string; receipt: string; amount: Money }): string =>
    `${line.at} · ${escapeText(line.description)} · ${line.receipt} · *${formatDollars(line.amount)}*`,
  more: (count: number): string => `… and ${count} more ${count === 1 ? 'line' : 'lines'}`,
  gone: 'That invoice is not there for you.',
};
