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
const EACH = { monthly: 'a month', annual: 'a year' } as const;

/** What is asked for, after "asks" or "your request". */
function what(facts: Asked): string {
  const { change } = facts;
  const amount = `*${money(facts.amount)}*`;
  const of = escapeText(facts.scopeLabel);
  switch (change?.kind) {
    case undefined:
      return `to add ${amount} of credits for ${of}`;
    case 'recharge':
      return `to set auto-recharge for ${of}: it adds ${amount} whenever general credits fall below ${money(change.threshold)}, *${money(change.cap)}* a month at most`;
    case 'bundle':
      return `to buy the bundle *${escapeText(change.name)}* for ${of}: ${amount} ${EACH[change.period]}`;
    case 'bundle_change':
      return `to change the bundle ${escapeText(change.from)} of ${of} to *${escapeText(change.name)}* from its next period on: ${amount} ${EACH[change.period]}`;
    case 'recurring':
      return `to add ${amount} of credits for ${of} every month`;
    case 'limit':
      return change.to === null
        ? `to remove the approval limit of ${amount}`
        : `to raise the approval limit from ${money(facts.amount)} to *${money(change.to)}*`;
  }
}

/** What an open question says before its answer. */
function pending(facts: Asked): string {
  const { change } = facts;
  const above = `Above ${money(facts.limit)} a second admin approves.`;
  switch (change?.kind) {
    case 'limit':
      return 'A second admin has to agree. *Nothing changes until then*';
    case 'recharge':
      return `${above}${
        change.chargesNow
          ? ` Credits are below ${money(change.threshold)} already, so a yes charges ${money(facts.amount)} at once.`
          : ''
      } *Nothing changes until then*`;
    case 'bundle_change':
      return `${above} *Nothing changes until then*`;
    default:
      return `${above} *Nothing is charged until then*`;
  }
}

const isPaidAtOnce = ({ change }: Asked): boolean =>
  change === null || change.kind === 'bundle' || change.kind === 'recurring';
const notDone = (facts: Asked): string =>
  isPaidAtOnce(facts) ? '*Nothing was charged.*' : '*Nothing was changed.*';

/** What follows a yes. */
function follows({ change }: Asked): string {
  switch (change?.kind) {
    case undefined:
      return 'It is being paid now; the receipt comes to your channel.';
    case 'bundle':
    case 'recurring':
      return 'It is being paid now; your channel hears when it is credited.';
    case 'bundle_change':
      return 'It begins with the next period.';
    default:
      return 'It is in force now.';
  }
}

/** Where the same is asked for again. */
function again({ change, amount }: Asked): string {
  switch (change?.kind) {
    case undefined:
      return `/credits add ${amount.replace(/\.00$/, '')}`;
    case 'recharge':
      return '/credits auto-recharge';
    case 'limit':
      return '/credits settings';
    default:
      return '/credits bundles';
  }
}

export const approvalWords = {
  approve: 'Approve',
  decline: 'Decline',
  ask: 'Ask for approval',

  /** The one message in the channel, as its story goes on. */
  notice: (facts: Asked): string => {
    const asker = facts.byUserId === null ? 'Your operator' : `<@${facts.byUserId}>`;
    const pays = isPaidAtOnce(facts) ? `, ${paid(facts)}` : '';
    const asked = `${asker} asked ${what(facts)}.`;
    const by = `${facts.decidedBy === null ? '' : ` by <@${facts.decidedBy}>`}${facts.decidedAt === null ? '' : ` at ${when(facts.decidedAt, facts)}`}`;
    switch (facts.state) {
      case 'open':
        return `:raised_hand: *Approval needed.* ${asker} asks ${what(facts)}${pays}. ${pending(facts)}; without an answer the request ends at ${when(facts.expiresAt, facts)}.`;
      case 'approved':
        return `:white_check_mark: *Approved*${by}: ${asked}`;
      case 'declined':
        return `:x: *Declined*${by}: ${asked} ${notDone(facts)}`;
      case 'expired':
        return `:hourglass: *Not answered in time*: ${asked} ${notDone(facts)}`;
      case 'overtaken':
        return `:hourglass: *Overtaken*: ${asked} It was set otherwise meanwhile, so there is nothing left to approve.`;
    }
  },
  /** The same to whoever asked. */
  answer: (facts: Asked): string => {
    const request = `your request ${what(facts)}`;
    const by = facts.decidedBy === null ? 'Another admin' : `<@${facts.decidedBy}>`;
    switch (facts.state) {
      case 'approved':
        return `:white_check_mark: ${by} approved ${request}. ${follows(facts)}`;
      case 'declined':
        return `:x: ${by} declined ${request}. ${notDone(facts)}`;
      default:
        return `:hourglass: Nobody answered ${request} within three days, so it ended. ${notDone(facts)} To ask again: \`${again(facts)}\``;
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
    `Above ${formatDollars(limit)} a second admin approves, and there is no other admin for these credits. Choose a smaller amount, or ask your operator.`,
  noChannel: (limit: Money): string =>
    `Above ${formatDollars(limit)} a second admin approves, and there is no channel to ask in. Choose a smaller amount, or choose a channel in \`/credits settings\`.`,
  /** What was changed above the limit: in a window, and below a button. */
  asked: (text: string): string =>
    `:raised_hand: *Waiting for a second admin.* ${text} The question is in your channel; *nothing changes until somebody approves*, and Refill writes to you then.`,
  changeNote: (limit: Money): string =>
    `Above ${formatDollars(limit)} a second admin approves: your request is posted in the channel, and nothing changes until then.`,

  gone: 'That request is not known any more. Nothing was charged by this click.',
  ownRequest:
    'This is your own request, so another admin has to decide about it. Nothing was charged by this click.',
  notYours: (approvers: readonly string[]): string =>
    `Only admins who may add these credits decide about them${
      approvers.length === 0 ? '' : `: ask ${mentionAny(approvers)}`
    }. Nothing was charged by this click.`,
  askerMayNot: 'Whoever asked may not do that any more, so this can only be declined. Nothing was charged.',
  noCard: 'There is no card on file now. Add one with `/credits card`, then approve. Nothing was charged.',
  aboveOperator:
    'That is above your operator’s limit by now, so this can only be declined. Nothing was changed.',
  notNow: (why: string): string => `${why} Nothing was charged, and the request stays open.`,
  reviewAgain:
    'This would be paid differently now. The request shows how. Check it and approve again. Nothing was charged.',
  already: ({ state, decidedBy }: ApprovalFacts): string => {
    const by = decidedBy === null ? '' : ` by <@${decidedBy}>`;
    return state === 'expired' || state === 'overtaken'
      ? 'That request ended before anybody answered it. Nothing was charged.'
      : `That request was ${state} already${by}. This click did nothing.`;
  },
};
