import { dollars, formatDollars } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { formatCard, formatTime } from './format.ts';
import { escapeText } from './mrkdwn.ts';
import { listBalances } from './order-lines.ts';

type FactsOf<K extends NoticeFacts['kind']> = Extract<NoticeFacts, { kind: K }>;

const classNames = { calls: 'calls and messages', ai: 'AI conversations' } as const;

export const noticeCopy = {
  receipt: (facts: FactsOf<'receipt'>): string => {
    const paid = facts.payBy.method === 'card' ? formatCard(facts.payBy) : 'On the next invoice';
    const added = `:white_check_mark: <@${facts.byUserId}> added *${formatDollars(dollars(facts.amount))}*`;
    const [line, ...others] = facts.lines;
    if (line === undefined || others.length > 0)
      return `${added}. ${paid} · ${facts.receipt}\n${listBalances(facts.lines)}`;
    return `${added} to ${escapeText(line.scopeLabel)}. Balance: ${formatDollars(dollars(line.balance))}. ${paid} · ${facts.receipt}`;
  },
  low: (facts: FactsOf<'low_balance'>): string =>
    `:warning: *Credits are low* at ${escapeText(facts.scopeLabel)}: ${formatDollars(dollars(facts.available))} left for ${classNames[facts.class]}${facts.alertAt === null ? '' : ` (alert at ${formatDollars(dollars(facts.alertAt))})`}.`,
  interrupted: (facts: FactsOf<'low_balance'>): string =>
    `:no_entry: *Credits have run out* at ${escapeText(facts.scopeLabel)}: ${
      facts.class === 'ai'
        ? 'AI conversations are stopped'
        : 'texts and paid calls are stopped. Local calls still work'
    }. Balance ${formatDollars(dollars(facts.available))}.`,
  recovered: (facts: FactsOf<'low_balance'>): string => {
    const { recovered } = facts;
    const balance = recovered === null ? '' : formatDollars(dollars(recovered.balance));
    const when = recovered === null ? '' : formatTime(new Date(recovered.at), facts.timeZone);
    return `:white_check_mark: Credits ${facts.level === 'out' ? 'had run out' : 'were low'} at ${escapeText(facts.scopeLabel)} from ${formatTime(new Date(facts.since), facts.timeZone)}; back at ${when} · ${balance} for ${classNames[facts.class]}`;
  },
  addCredits: 'Add credits',
};
