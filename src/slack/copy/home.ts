import type {
  CardFacts,
  OpenRequest,
  PaymentToVerify,
  Receipt,
  RechargeFacts,
  SetupState,
} from '../../billing/index.ts';
import { noonOf } from '../../calendar.ts';
import { formatBalance, formatDollars, type Money } from '../../money.ts';
import type { MonthSpend } from '../../usage/index.ts';
import { formatCard, formatDay, formatWhen } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';
import { usageCopy } from './usage.ts';

const name = (label: string): string => escapeText(shorten(label, 60));
const day = (of: string, now: Date): string => formatDay(noonOf(of), 'UTC', now);

/** Each step of setting up, what it is for, and the button that leads to it. */
const STEPS: Record<keyof Omit<SetupState, 'hasCredits'>, { text: string; next: string; button: string }> = {
  canPay: {
    text: 'Add a card',
    next: 'Add a card to pay for credits.',
    button: 'Add a card',
  },
  hasChannel: {
    text: 'Choose a channel for receipts and alerts',
    next: 'Choose the channel that gets receipts and alerts.',
    button: 'Choose channel',
  },
  hasPeople: {
    text: 'Give someone else a role',
    next: 'Give a second person a role, so that someone can step in for you.',
    button: 'Add people',
  },
  hasAutoRecharge: {
    text: 'Turn on auto-recharge',
    next: 'Turn on auto-recharge, so that credits never run out.',
    button: 'Turn on',
  },
};

export const homeCopy = {
  exportUsage: 'Export',
  invoices: 'Invoices',
  attention: 'Needs attention',
  offices: 'Offices',
  bundles: 'Bundles',
  recent: 'Recent transactions',
  change: 'Change',
  turnOff: 'Turn off',
  turnOn: 'Turn on',
  steps: STEPS,
  setup: (done: number, of: number): string => `Get started · ${done} of ${of} done`,

  /** What the chart of the balance shows, for those who hear it, and what its dots and its line are. */
  chart: (
    { high, low }: Record<'high' | 'low', { day: string; amount: Money }>,
    of: { days: number; forecastDays: number; level: Money | null; now: Date },
  ): string => {
    const at = (point: { day: string; amount: Money }): string =>
      `${formatBalance(point.amount)} on ${day(point.day, of.now)}`;
    const dots = of.forecastDays === 0 ? '' : ` · dots: the next ${of.forecastDays} days at the current rate`;
    const line = of.level === null ? '' : ` · line: the threshold of ${formatDollars(of.level)}`;
    return `Balance of the last ${of.days} days: high ${at(high)}, low ${at(low)}${dots}${line}`;
  },
  /** `Used this month: $412.36 · up 18% from the same period in October · about $520 by month end` */
  month: (month: MonthSpend): string => {
    const parts = [
      `*Used this month: ${formatDollars(month.cost)}*`,
      usageCopy.trend(month),
      month.perDay.isZero() ? null : `about ${formatDollars(month.byMonthEnd, 0)} by month end`,
    ];
    return parts.filter((part) => part !== null).join(' · ');
  },

  /** What the month's usage was, the dearest first. */
  kinds: (kinds: MonthSpend['kinds']): string =>
    kinds.map((kind) => `${usageCopy.kindName(kind)} ${formatDollars(kind.cost)}`).join(' · '),

  outOfCredits: (label: string): string =>
    `:no_entry: *${label} is out of credits.* Usage from now on is overdrawn and covered by the next credits.`,
  outOfCreditsEnforced: (label: string): string =>
    `:no_entry: *${label} is out of credits.* Texts and paid calls are paused. Add credits to resume.`,
  low: (label: string, left: Money, alertAt: Money | null): string =>
    `:warning: *${label} is low.* ${alertAt === null ? '' : `Less than the alert at ${formatDollars(alertAt)} is left: `}${formatBalance(left)}`,
  rechargePaused: (facts: RechargeFacts, why: string): string =>
    `:double_vertical_bar: *Auto-recharge for ${name(facts.label)} is paused:* ${why}.`,
  noCard: ':credit_card: *There is no card to charge.* Add one to buy credits.',
  card: {
    expired: (card: CardFacts): string =>
      `:credit_card: *${formatCard(card)} has expired.* Add another card.`,
    expires: (card: CardFacts): string =>
      `:credit_card: *${formatCard(card)} expires this month.* Add another card.`,
    needs_replacing: (card: CardFacts): string =>
      `:credit_card: *${formatCard(card)} needs replacing.* Its bank won’t accept it anymore.`,
    unconfirmed: (card: CardFacts): string =>
      `:credit_card: *${formatCard(card)} needs verification* before it can be charged.`,
    unclaimed: (card: CardFacts): string =>
      `:credit_card: *${formatCard(card)}* waits for the person who added it to confirm it.`,
    locked: (card: CardFacts): string =>
      `:lock: *${formatCard(card)} is locked* after too many wrong entries. Ask your provider to unlock it.`,
  },
  showCards: 'Show cards',
  request: ({ userId, amount, scopeLabel, reason }: OpenRequest): string =>
    `:raised_hand: ${userId === null ? 'Someone' : `<@${userId}>`} requests ${amount === null ? 'credits' : `*${formatDollars(amount)}*`} for ${name(scopeLabel)}${reason === '' ? '' : `: “${escapeText(shorten(reason, 80))}”`}`,
  verify: ({ amount, scopeLabel, card, verifyUntil }: PaymentToVerify, timeZone: string, now: Date): string =>
    `:bank: *Your bank needs you to verify ${formatDollars(amount)} for ${name(scopeLabel)}*${card === null ? '' : ` on ${formatCard(card)}`}. You won’t be charged until then. Verify it by ${formatWhen(verifyUntil, timeZone, now)}.`,
  more: (count: number): string => `… and ${count} more`,

  receipt: ({ at, description, amount, lines, number }: Receipt, timeZone: string, now: Date): string => {
    const [line, ...others] = lines;
    const where = line === undefined ? '' : ` · ${name(line.label)}`;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `${formatDay(at, timeZone, now)} · ${name(description)} · *${formatDollars(amount)}*${where}${more} · ${number}`;
  },
  own: 'Your latest calls and messages',
  noOwn: 'You have no calls or messages in the last 30 days.',
};
