import type { ApprovalFacts, OrderFacts } from '../../billing/index.ts';
import { dollars, formatDollars, type Money } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { escapeText } from '../blocks/build.ts';
import { formatCard, formatWhen, mentionAny } from './format.ts';

type Asked = Extract<NoticeFacts, { kind: 'approval' | 'approval_answer' }>;

const money = (amount: string): string => formatDollars(dollars(amount));
const paid = (facts: Asked): string =>
  facts.payBy.method === 'card' ? `paid with ${formatCard(facts.payBy)}` : 'on the next invoice';
const when = (iso: string, { timeZone, askedAt }: Asked): string =>
  formatWhen(new Date(iso), timeZone, new Date(askedAt));

export const approvalWords = {
  approve: 'Approve',
  decline: 'Decline',
  ask: 'Ask for approval',

  /** The one message in the channel, as its story goes on. */
  notice: (facts: Asked): string => {
    const what = `*${money(facts.amount)}* of credits for ${escapeText(facts.scopeLabel)}`;
    const by = `${facts.decidedBy === null ? '' : ` by <@${facts.decidedBy}>`}${facts.decidedAt === null ? '' : ` at ${when(facts.decidedAt, facts)}`}`;
    switch (facts.state) {
      case 'open':
        return `:raised_hand: *Approval needed.* <@${facts.byUserId}> asks to add ${what}, ${paid(facts)}. Above ${money(facts.limit)} a second admin approves. *Nothing is charged until then*; without an answer the request ends at ${when(facts.expiresAt, facts)}.`;
      case 'approved':
        return `:white_check_mark: *Approved*${by}: <@${facts.byUserId}> adds ${what}.`;
      case 'declined':
        return `:x: *Declined*${by}: <@${facts.byUserId}> asked to add ${what}. *Nothing was charged.*`;
      case 'expired':
        return `:hourglass: *Not answered in time*: <@${facts.byUserId}> asked to add ${what}. *Nothing was charged.*`;
    }
  },
  /** The same to whoever asked. */
  answer: (facts: Asked): string => {
    const what = `your request to add *${money(facts.amount)}* for ${escapeText(facts.scopeLabel)}`;
    const by = facts.decidedBy === null ? 'Another admin' : `<@${facts.decidedBy}>`;
    switch (facts.state) {
      case 'approved':
        return `:white_check_mark: ${by} approved ${what}. It is being paid now; the receipt comes to your channel.`;
      case 'declined':
        return `:x: ${by} declined ${what}. *Nothing was charged.*`;
      default:
        return `:hourglass: Nobody answered ${what} within three days, so it ended. *Nothing was charged.* To ask again: \`/credits add ${facts.amount.replace(/\.00$/, '')}\``;
    }
  },

  /** In the review, before it is asked. */
  reviewNote: (limit: Money): string =>
    `Above ${formatDollars(limit)} a second admin approves: your request is posted in the channel, and nothing is charged until then.`,
  waiting: (order: OrderFacts): string =>
    `:raised_hand: *Waiting for a second admin.* Your request to add ${formatDollars(order.amount)} for ${escapeText(order.scopeLabel)}${
      order.approval?.channelId == null ? ' is posted' : ` is in <#${order.approval.channelId}>`
    }. *Nothing is charged until somebody approves it.*`,
  waitingMore: 'You may close this window: Refill writes to you when it is answered.',
  ended: (approval: ApprovalFacts): string =>
    approval.state === 'declined'
      ? `:x: ${approval.decidedBy === null ? 'Another admin' : `<@${approval.decidedBy}>`} declined this request. *Nothing was charged.*`
      : ':hourglass: Nobody answered this request within three days, so it ended. *Nothing was charged.*',

  noApprover: (limit: Money): string =>
    `Purchases above ${formatDollars(limit)} need a second admin, and there is no other admin for these credits. Choose a smaller amount, or ask your operator.`,
  noChannel: (limit: Money): string =>
    `Purchases above ${formatDollars(limit)} need a second admin, and there is no channel to ask in. Choose a smaller amount, or ask your operator to set one.`,

  gone: 'That request is not known any more. Nothing was charged by this click.',
  ownRequest:
    'This is your own request, so another admin has to decide about it. Nothing was charged by this click.',
  notYours: (approvers: readonly string[]): string =>
    `Only admins who may add these credits decide about them${
      approvers.length === 0 ? '' : `: ask ${mentionAny(approvers)}`
    }. Nothing was charged by this click.`,
  askerMayNot:
    'Whoever asked may not add these credits any more, so this can only be declined. Nothing was charged.',
  noCard: 'There is no card on file now. Add one with `/credits card`, then approve. Nothing was charged.',
  notNow: (why: string): string => `${why} Nothing was charged, and the request stays open.`,
  already: ({ state, decidedBy }: ApprovalFacts): string => {
    const by = decidedBy === null ? '' : ` by <@${decidedBy}>`;
    return state === 'expired'
      ? 'That request ended before anybody answered it. Nothing was charged.'
      : `That request was ${state} already${by}. This click did nothing.`;
  },
};
