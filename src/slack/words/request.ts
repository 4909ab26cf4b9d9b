import { dollars, formatDollars } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { escapeText } from '../blocks/build.ts';
import { formatWhen, mentionAny } from './format.ts';

type Asked = Extract<NoticeFacts, { kind: 'credit_request' | 'credit_request_answer' }>;

const what = ({ amount, scopeLabel }: Asked): string =>
  `${amount === null ? 'credits' : `*${formatDollars(dollars(amount))}* of credits`} for ${escapeText(scopeLabel)}`;
const added = ({ bought, scopeLabel }: Asked): string =>
  bought === null ? escapeText(scopeLabel) : `*${formatDollars(dollars(bought))}*`;
const why = ({ reason }: Asked): string =>
  reason === '' ? '' : `\n> ${escapeText(reason.replace(/\s+/g, ' '))}`;

export const requestWords = {
  button: 'Request credits',
  title: 'Request credits',
  intro: 'Your request is posted in your company’s channel. An admin adds the credits, or not; you are told.',
  amountLabel: 'Amount in dollars',
  amountHint: 'Leave it empty to let the admin choose.',
  reasonLabel: 'What for',
  send: 'Send request',
  add: 'Add credits',
  dismiss: 'Dismiss',

  /** The one message in the channel, as its story goes on. */
  notice: (facts: Asked): string => {
    const by = facts.answeredBy === null ? '' : ` by <@${facts.answeredBy}>`;
    const at =
      facts.answeredAt === null
        ? ''
        : ` at ${formatWhen(new Date(facts.answeredAt), facts.timeZone, new Date(facts.askedAt))}`;
    const asked = `<@${facts.byUserId}> asked for ${what(facts)}.`;
    switch (facts.state) {
      case 'open':
        return `:raised_hand: <@${facts.byUserId}> asks for ${what(facts)}.${why(facts)}`;
      case 'bought':
        return `:white_check_mark: ${asked} ${added(facts)} added${by}${at}.${why(facts)}`;
      case 'dismissed':
        return `:x: ${asked} Dismissed${by}${at}; nothing was added.${why(facts)}`;
      case 'expired':
        return `:hourglass: ${asked} Nobody answered within three days; nothing was added.${why(facts)}`;
    }
  },
  /** The same to whoever asked. */
  answer: (facts: Asked): string => {
    const by = facts.answeredBy === null ? 'Somebody' : `<@${facts.answeredBy}>`;
    switch (facts.state) {
      case 'bought':
        return `:white_check_mark: ${by} added ${added(facts)} for ${escapeText(facts.scopeLabel)}, as you asked.`;
      case 'dismissed':
        return `:x: ${by} dismissed your request for ${what(facts)}. Nothing was added.`;
      default:
        return `:hourglass: Nobody answered your request for ${what(facts)} within three days, so it ended. Nothing was added. You can ask again with \`/credits request\`.`;
    }
  },

  sent: (channelId: string): string => `Your request is in <#${channelId}>. You are told what comes of it.`,
  mayBuy: 'You can add these credits yourself: `/credits add`.',
  stillOpen: 'Your last request is still open. You are told as soon as somebody answers it.',
  noChannel: 'Your company has chosen no channel to ask in yet. Ask an admin directly.',
  gone: 'That request is not known any more. Nothing was added by this click.',
  notYours: (buyers: readonly string[]): string =>
    `Only admins who may add these credits answer requests for them${
      buyers.length === 0 ? '' : `: ask ${mentionAny(buyers)}`
    }.`,
  over: (state: string, by: string | null): string =>
    state === 'expired'
      ? 'That request ended before anybody answered it.'
      : `That request was ${state === 'bought' ? 'answered with credits' : 'dismissed'} already${by === null ? '' : ` by <@${by}>`}. This click did nothing.`,
};
