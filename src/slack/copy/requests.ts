import { dollars, formatDollars } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { formatWhen, mentionAll, mentionAny } from './format.ts';
import { escapeText } from './mrkdwn.ts';

type Asked = Extract<NoticeFacts, { kind: 'credit_request' | 'credit_request_answer' }>;

const what = ({ amount, scopeLabel }: Asked): string =>
  `${amount === null ? 'credits' : `*${formatDollars(dollars(amount))}*`} for ${escapeText(scopeLabel)}`;
const added = ({ bought, scopeLabel }: Asked): string =>
  bought === null ? escapeText(scopeLabel) : `*${formatDollars(dollars(bought))}*`;
const quote = (text: string): string => (text === '' ? '' : `\n> ${escapeText(text.replace(/\s+/g, ' '))}`);
function closedBecause({ closedFor }: Asked): string {
  switch (closedFor) {
    case 'sharing':
      return 'Credit sharing was changed.';
    case 'move':
      return 'The company moved to another workspace.';
    case 'closing':
      return 'Your provider closed the company’s account.';
    default:
      return 'The requester left.';
  }
}

export const requestCopy = {
  helpWhom: '`/credits`  whom to ask for credits',
  help: '`/credits request 50 for the fair`  request credits from your admins',
  button: 'Request credits',
  title: 'Request credits',
  intro:
    'We’ll send your request to the admins who can add these credits, and let you know what they answer.',
  amountLabel: 'Amount ($)',
  amountHint: 'Leave blank to let the admin choose.',
  reasonLabel: 'Reason',
  send: 'Send request',
  add: 'Add credits',
  decline: 'Decline',

  declineTitle: 'Decline request',
  declineIntro: 'No credits are added. The requester sees your answer.',
  declineReasonLabel: 'Reason',
  declineReasonHint: 'Optional. The requester and the admins see it.',
  declined: 'Declined. The requester has been notified.',

  /** Each message of a request, as it is now. */
  notice: (facts: Asked): string => {
    const by = facts.answeredBy === null ? '' : ` by <@${facts.answeredBy}>`;
    const at =
      facts.answeredAt === null
        ? ''
        : ` at ${formatWhen(new Date(facts.answeredAt), facts.timeZone, new Date(facts.askedAt))}`;
    const asked = `<@${facts.byUserId}> requested ${what(facts)}.`;
    const why = quote(facts.reason);
    switch (facts.state) {
      case 'open':
        return `:raised_hand: <@${facts.byUserId}> requests ${what(facts)}.${why}${
          facts.answererIds.length === 0
            ? ''
            : `\n${mentionAll(facts.answererIds, facts.moreAnswerers)} can add credits.`
        }`;
      case 'bought':
        return `:white_check_mark: ${asked} ${added(facts)} added${by}${at}.${why}`;
      case 'declined':
        return `:x: ${asked} Declined${by}${at}. Nothing was added.${why}${facts.answer === '' ? '' : `\nReason:${quote(facts.answer)}`}`;
      case 'expired':
        return `:hourglass: ${asked} Expired: no one answered within 3 days. Nothing was added.${why}`;
      case 'closed':
        return `:heavy_minus_sign: ${asked} Closed: ${closedBecause(facts)} Nothing was added.${why}`;
    }
  },
  /** The answer, to the requester. */
  answer: (facts: Asked): string => {
    const by = facts.answeredBy === null ? 'An admin' : `<@${facts.answeredBy}>`;
    switch (facts.state) {
      case 'bought':
        return `:white_check_mark: ${by} added ${added(facts)} for ${escapeText(facts.scopeLabel)}, as you requested.`;
      case 'declined':
        return `:x: ${by} declined your request for ${what(facts)}. Nothing was added.${quote(facts.answer)}`;
      case 'closed':
        return `:heavy_minus_sign: Your request for ${what(facts)} was closed. ${closedBecause(facts)} Nothing was added.`;
      default:
        return `:hourglass: Your request for ${what(facts)} expired: no one answered within 3 days. Nothing was added. To request it again: \`/credits request\``;
    }
  },

  sent: ({ channelId, userIds }: { channelId: string | null; userIds: readonly string[] }): string =>
    `Request sent to ${channelId === null ? mentionAll(userIds, 0) : `<#${channelId}>`}. We’ll let you know when an admin responds.`,
  mayBuy: 'You can add these credits yourself: `/credits add`.',
  stillOpen: 'Your last request is still open. We’ll let you know when an admin responds.',
  noAnswerer: 'There is no admin who can add these credits yet. Ask your provider.',
  gone: 'This request is no longer available. Nothing was added.',
  notYours: (buyers: readonly string[]): string =>
    `Only admins who can add these credits can answer this request. ${
      buyers.length === 0 ? 'Ask your provider' : `Ask ${mentionAny(buyers)}`
    }.`,
  over: (state: string, by: string | null): string => {
    const who = by === null ? '' : ` by <@${by}>`;
    switch (state) {
      case 'bought':
        return `This request was already answered with credits${who}. Your click changed nothing.`;
      case 'declined':
        return `This request was already declined${who}. Your click changed nothing.`;
      default:
        return 'This request has ended. Nothing was added.';
    }
  },
};
