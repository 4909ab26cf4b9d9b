import type { ApprovalFacts, OrderFacts } from '../../billing/index.ts';
import { dollars, formatDollars, type Money } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { formatCard, formatHours, formatMoment, formatWhen, mentionAll, mentionAny } from './format.ts';
import { escapeText } from './mrkdwn.ts';
import { nameLines } from './order-lines.ts';

type Asked = Extract<NoticeFacts, { kind: 'approval' | 'approval_answer' }>;

const money = (amount: string): string => formatDollars(dollars(amount));
const when = (iso: string, { timeZone, askedAt }: Asked): string =>
  formatWhen(new Date(iso), timeZone, new Date(askedAt));
const EACH = { monthly: 'a month', annual: 'a year' } as const;
const PROVIDER = 'your provider';

/** What is requested, after "request" or "requests approval". */
function what(facts: Asked): string {
  const { change } = facts;
  const amount = `*${money(facts.amount)}*`;
  const of = escapeText(facts.scopeLabel);
  switch (change?.kind) {
    case undefined:
      return `to add ${amount} to ${facts.lines.length > 1 ? nameLines(facts.lines) : of}`;
    case 'recharge':
      return `to set auto-recharge for ${of}: ${amount} when the balance drops below ${money(change.threshold)}, up to *${money(change.cap)}* a month`;
    case 'bundle':
      return `to buy *${escapeText(change.name)}* for ${of}: ${amount} ${EACH[change.period]}`;
    case 'bundle_change':
      return `to change ${of} from ${escapeText(change.from)} to *${escapeText(change.name)}* from the next period: ${amount} ${EACH[change.period]}`;
    case 'recurring':
      return `to add ${amount} to ${of} every month`;
    case 'limit':
      return change.to === null
        ? `to remove the approval limit of ${amount}`
        : `to raise the approval limit from ${money(facts.amount)} to *${money(change.to)}*`;
  }
}

/** Whether a yes charges something at once. */
const isCharged = ({ change }: Asked): boolean =>
  change === null ||
  change.kind === 'bundle' ||
  change.kind === 'recurring' ||
  (change.kind === 'recharge' && change.chargesNow);

/** What holds until the answer. */
function pending(facts: Asked): string {
  const { change } = facts;
  if (change?.kind === 'limit') return 'Nothing changes until a second company admin approves.';
  const above = `Amounts over ${money(facts.limit)} need a second admin.`;
  if (change?.kind === 'recharge' && change.chargesNow)
    return `${above} The balance is below ${money(change.threshold)} now, so approving charges ${money(facts.amount)} right away.`;
  return `${above} ${isCharged(facts) ? 'Nothing is charged until then.' : 'Nothing changes until then.'}`;
}

const notDone = (facts: Asked): string =>
  isCharged(facts) ? 'Nothing was charged.' : 'Nothing was changed.';
const notDoneToYou = (facts: Asked): string =>
  isCharged(facts) ? 'You weren’t charged.' : 'Nothing was changed.';

/** What comes of a yes. */
function outcome(facts: Asked): string {
  const { change } = facts;
  switch (change?.kind) {
    case undefined:
      return 'Processing payment. We’ll post the receipt when it’s done.';
    case 'bundle':
      return `Processing payment for ${escapeText(change.name)}. We’ll let you know when it’s active.`;
    case 'recurring':
      return 'Processing payment. We’ll let you know when the credits are added.';
    case 'bundle_change':
      return 'It starts with the next period.';
    case 'recharge':
      return 'Auto-recharge is updated.';
    case 'limit':
      return change.to === null
        ? 'The limit has been removed.'
        : `The approval limit is now ${money(change.to)}.`;
  }
}

/** Where the same is requested again. */
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

/** Why it ended without an answer. */
function closedBecause({ closedFor, byUserId }: Asked): string {
  switch (closedFor) {
    case 'requester':
      return `${byUserId === null ? 'The requester' : `<@${byUserId}>`} can no longer request this.`;
    case 'sharing':
      return 'Credit sharing was changed.';
    case 'closing':
      return 'Your provider closed the company’s account.';
    default:
      return 'The company moved to another workspace.';
  }
}

const reasonOf = ({ reason }: Asked): string => (reason === null ? '' : `\n> ${escapeText(reason)}`);

/** An approver who got the role for perhaps just this. */
const newApprover = ({ approverSince, decidedBy, decidedAt }: Asked): string =>
  approverSince === null || decidedBy === null || decidedAt === null
    ? ''
    : `\n:warning: <@${decidedBy}> has been an admin for ${formatHours(new Date(approverSince), new Date(decidedAt))}.`;

export const approvalCopy = {
  approve: 'Approve',
  decline: 'Decline',
  ask: 'Request approval',

  /** A click that charges asks once more, with the amount. */
  confirm: (facts: Asked): { title: string; text: string; yes: string; no: string } | null =>
    isCharged(facts)
      ? {
          title: 'Approve this charge?',
          text:
            facts.payBy.method === 'card'
              ? `Charge ${money(facts.amount)} to ${formatCard(facts.payBy)}?`
              : `Add ${money(facts.amount)} to the next invoice?`,
          yes: 'Approve',
          no: 'Cancel',
        }
      : null,

  /** An open question in a line. */
  question: (facts: Asked): string =>
    `:raised_hand: ${facts.byUserId === null ? 'Your provider' : `<@${facts.byUserId}>`} requests approval ${what(facts)}.`,
  /** Each message of a question, as it is now. */
  notice: (facts: Asked): string => {
    const asker = facts.byUserId === null ? 'Your provider' : `<@${facts.byUserId}>`;
    const request = `${asker} requested approval ${what(facts)}.`;
    const by = `by ${facts.decidedBy === null ? PROVIDER : `<@${facts.decidedBy}>`}${facts.decidedAt === null ? '' : ` at ${when(facts.decidedAt, facts)}`}`;
    switch (facts.state) {
      case 'open': {
        const pays =
          isCharged(facts) && facts.payBy.method === 'card'
            ? ` with ${formatCard(facts.payBy)}`
            : isCharged(facts)
              ? ' on the next invoice'
              : '';
        const who =
          facts.answererIds.length === 0
            ? ''
            : `\n${mentionAll(facts.answererIds, facts.moreAnswerers)} can approve.`;
        const until = formatMoment(new Date(facts.expiresAt), facts.timeZone);
        return `:raised_hand: *Approval needed:* ${asker} requests approval ${what(facts)}${pays}.\n${pending(facts)} Expires ${until}.${who}`;
      }
      case 'approved':
        return `:white_check_mark: *Approved* ${by}: ${request}${facts.change?.kind === 'limit' ? ` ${outcome(facts)}` : ''}${newApprover(facts)}${reasonOf(facts)}`;
      case 'declined':
        return `:x: *Declined* ${by}: ${request} ${notDone(facts)}${reasonOf(facts)}`;
      case 'expired':
        return `:hourglass: *Expired:* ${request} No one answered within 3 days. ${notDone(facts)}`;
      case 'overtaken':
        return `:heavy_minus_sign: *No longer needed:* ${request} It was changed in the meantime. ${notDone(facts)}`;
      case 'closed':
        return `:heavy_minus_sign: *Closed:* ${request} ${closedBecause(facts)} ${notDone(facts)}`;
    }
  },
  /** The outcome, to the requester. */
  answer: (facts: Asked): string => {
    const request = `your request ${what(facts)}`;
    const by = facts.decidedBy === null ? 'Your provider' : `<@${facts.decidedBy}>`;
    switch (facts.state) {
      case 'approved':
        return `:white_check_mark: ${by} approved ${request}. ${outcome(facts)}${reasonOf(facts)}`;
      case 'declined':
        return `:x: ${by} declined ${request}. ${notDoneToYou(facts)}${reasonOf(facts)}`;
      case 'closed':
        return `:heavy_minus_sign: Closed: ${request}. ${closedBecause(facts)} ${notDoneToYou(facts)}`;
      default:
        return `:hourglass: Expired: no one answered ${request} within 3 days. ${notDoneToYou(facts)} To request it again: \`${again(facts)}\``;
    }
  },

  /** In the review, before it is requested. */
  reviewNote: (limit: Money, approverIds: readonly string[]): string =>
    `Amounts over ${formatDollars(limit)} need a second admin. We’ll ask ${mentionAny(approverIds)}. Nothing is charged until someone approves.`,
  changeNote: (limit: Money, approverIds: readonly string[]): string =>
    `Amounts over ${formatDollars(limit)} need a second admin. We’ll ask ${mentionAny(approverIds)}. Nothing changes until someone approves.`,
  waiting: (order: OrderFacts): string =>
    `:raised_hand: *Waiting for approval* of ${formatDollars(order.amount)} for ${nameLines(order.lines)}. ${
      order.approval?.channelId == null
        ? 'Request sent to your admins.'
        : `Request sent to <#${order.approval.channelId}>.`
    } We’ll let you know when an admin responds. You weren’t charged.`,
  waitingMore: 'You can close this.',
  ended: ({ state, decidedBy }: ApprovalFacts): string => {
    if (state === 'declined')
      return `:x: ${decidedBy === null ? 'Your provider' : `<@${decidedBy}>`} declined this request. You weren’t charged.`;
    return state === 'closed'
      ? ':heavy_minus_sign: This request was closed. You weren’t charged.'
      : ':hourglass: This request expired: no one answered within 3 days. You weren’t charged.';
  },

  noApprover: (limit: Money): string =>
    `Amounts over ${formatDollars(limit)} need a second admin, and there is no other admin who can approve this. Choose a smaller amount, or ask your provider.`,
  /** What was changed above the limit: in a window, and below a button. */
  asked: (text: string): string =>
    `:raised_hand: *Waiting for approval.* ${text} Nothing changes until an admin approves. We’ll let you know.`,

  gone: 'This request is no longer available. You weren’t charged.',
  ownRequest: 'This is your own request, so another admin has to approve it. You weren’t charged.',
  notYours: (approvers: readonly string[], isCompanyWide: boolean): string =>
    `Only ${isCompanyWide ? 'company admins' : 'admins who can add these credits'} can answer this request. ${
      approvers.length === 0 ? 'Ask your provider' : `Ask ${mentionAny(approvers)}`
    }. You weren’t charged.`,
  askerMayNot: 'The requester can no longer do this, so you can only decline. You weren’t charged.',
  noCard: 'There is no card on file. Add one with `/credits card`, then approve. You weren’t charged.',
  aboveOperator: 'This is above your provider’s limit now, so you can only decline. Nothing was changed.',
  notNow: (why: string): string => `${why} You weren’t charged, and the request stays open.`,
  reviewAgain:
    'This would be paid differently now. The request shows how. Review it and approve again. You weren’t charged.',
  already: ({ state, decidedBy }: ApprovalFacts): string => {
    const by = decidedBy === null ? '' : ` by <@${decidedBy}>`;
    switch (state) {
      case 'approved':
      case 'declined':
        return `This request was already ${state}${by}. Your click changed nothing.`;
      case 'expired':
        return 'This request has expired. You weren’t charged.';
      default:
        return 'This request is no longer needed. You weren’t charged.';
    }
  },
};
